using System.Security.Cryptography;
using System.Text;
using CampaignPortal.Marketing.Events;
using CampaignPortal.Marketing.Privacy;
using CampaignPortal.Testing;
using Microsoft.Data.Sqlite;

namespace CampaignPortal.Marketing.Tests.Privacy;

public sealed class ContactVaultTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private static EventBatch Contacts(params ContactDraft[] contacts) => new("shop", []) { Contacts = contacts };

    [Fact]
    public async Task Contact_data_come_back_merge_and_are_found_by_exact_address_and_number()
    {
        await using var store = await TestStore.OpenAsync();
        var vault = store.Get<ContactVault>();
        await store.Log.AppendAsync(Contacts(new ContactDraft("c-1") { Email = "Lena.Marten@Example.com", Name = "Lena Marten" }), Ct);
        await store.Log.AppendAsync(Contacts(new ContactDraft("c-1") { Phone = "+49 (30) 1234-5" }), Ct);

        Assert.Equal(new ContactData("Lena.Marten@Example.com", "+49 (30) 1234-5", "Lena Marten", null), vault.Read(1));
        Assert.Equal([1L], vault.FindByEmail(" lena.marten@example.COM "));
        Assert.Equal([1L], vault.FindByPhone("+49 30 12345"));
        Assert.Empty(vault.FindByEmail("lena@example.com"));
    }

    [Fact, Trait("Promise", "P-10")]
    public async Task Without_the_key_and_in_another_row_the_data_stay_closed()
    {
        await using var store = await TestStore.OpenAsync();
        await store.Log.AppendAsync(Contacts(new ContactDraft("c-1") { Email = "a@example.com" }, new ContactDraft("c-2") { Email = "b@example.com" }), Ct);
        var vault = store.Get<ContactVault>();

        // The two rows change places: each is authenticated with its customer's number.
        await using (var db = await store.ContextAsync())
        {
            var swap = (await store.Database.WriteAsync(
                transaction => Marketing.Database.SqlCommands.Execute(transaction, "update \"Contacts\" set \"Sealed\" = (select c.\"Sealed\" from \"Contacts\" c where c.\"CustomerId\" = 3 - \"Contacts\".\"CustomerId\")"), Ct));
            Assert.Equal(2, swap);
        }
        Assert.ThrowsAny<CryptographicException>(() => vault.Read(1));

        Assert.True(vault.Destroy(2));
        Assert.Null(vault.Read(2));
    }

    [Fact]
    public async Task Neither_data_nor_log_nor_keys_hold_readable_contact_data()
    {
        using var folder = new TempFolder();
        await using (var store = await TestStore.OpenAsync(folder.File("data")))
        {
            await store.Log.AppendAsync(Contacts(new ContactDraft("c-1") { Email = "canary-71@example.com", Phone = "+4930555000111", Name = "Canary Seventyone", Address = "Canary Street 71" }), Ct);
            foreach (var file in Directory.EnumerateFiles(folder.Path, "*", SearchOption.AllDirectories))
            {
                if (Path.GetFileName(file) is "portal.lock") continue;
                await using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
                using var reader = new StreamReader(stream, Encoding.Latin1);
                var text = await reader.ReadToEndAsync(Ct);
                Assert.DoesNotContain("anary-71", text, StringComparison.OrdinalIgnoreCase);
                Assert.DoesNotContain("Seventyone", text, StringComparison.OrdinalIgnoreCase);
                Assert.DoesNotContain("555000111", text, StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public async Task A_destroyed_key_is_gone_from_its_file()
    {
        using var folder = new TempFolder();
        await using var store = await TestStore.OpenAsync(folder.File("data"));
        await store.Log.AppendAsync(Contacts(new ContactDraft("c-1") { Email = "a@example.com" }), Ct);
        var keysFile = folder.File("data/customer-keys.db");
        byte[] wrapped;
        await using (var connection = new SqliteConnection($"Data Source={keysFile};Mode=ReadOnly;Pooling=False"))
        {
            await connection.OpenAsync(Ct);
            await using var command = connection.CreateCommand();
            command.CommandText = "select Wrapped from Keys";
            wrapped = (byte[])(await command.ExecuteScalarAsync(Ct))!;
        }
        Assert.True((await File.ReadAllBytesAsync(keysFile, Ct)).AsSpan().IndexOf(wrapped) > 0);

        store.Get<ContactVault>().Destroy(1);

        Assert.True((await File.ReadAllBytesAsync(keysFile, Ct)).AsSpan().IndexOf(wrapped) < 0);
    }

    [Fact]
    public async Task The_master_key_lies_outside_the_data_and_belongs_to_its_owner_alone()
    {
        await using var store = await TestStore.OpenAsync();
        store.Get<ContactVault>();
        var file = Path.Combine(store.Directory.KeysPath, "master.key");
        Assert.False(file.StartsWith(store.Directory.Path + Path.DirectorySeparatorChar, StringComparison.Ordinal));
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
    }

    [Fact]
    public async Task The_directory_finds_fragments_of_everything_and_follows_changes()
    {
        await using var store = await TestStore.OpenAsync();
        var directory = store.Get<ContactDirectory>();
        await store.Log.AppendAsync(Contacts(new ContactDraft("shop-17") { Email = "Lena.Marten@example.com", Name = "李娜 Marten", Phone = "+49 30 12345" }), Ct);

        Assert.Equal([1L], await directory.FindAsync("A.MART", 10, Ct));
        Assert.Equal([1L], await directory.FindAsync("李娜 ", 10, Ct).ContinueWith(_ => directory.FindAsync("李娜 m", 10, Ct), TaskScheduler.Default).Unwrap());
        Assert.Equal([1L], await directory.FindAsync("3012345", 10, Ct));
        Assert.Equal([1L], await directory.FindAsync("hop-1", 10, Ct));
        Assert.Empty(await directory.FindAsync("le", 10, Ct)); // too short

        await store.Log.AppendAsync(Contacts(new ContactDraft("shop-17") { Email = "new@example.com" }), Ct);
        await store.Log.AppendAsync(An.Batch(An.Event("e", customer: "shop-18")), Ct);
        Assert.Empty(await directory.FindAsync("lena.marten", 10, Ct));
        Assert.Equal([1L], await directory.FindAsync("new@ex", 10, Ct));
        Assert.Equal([2L], await directory.FindAsync("shop-18", 10, Ct));
    }

    [Fact]
    public void The_fragment_index_agrees_with_a_plain_search()
    {
        var index = new FragmentIndex();
        var plain = new Dictionary<long, string>();
        var rng = new Statistics.Random.Rng(3);
        for (var step = 0; step < 30_000; step++)
        {
            var id = 1 + rng.NextInt(4_000);
            if (rng.NextInt(10) is 0)
            {
                index.Remove(id);
                plain.Remove(id);
                continue;
            }
            plain[id] = string.Concat(Enumerable.Range(0, 3 + rng.NextInt(12)).Select(_ => (char)('a' + rng.NextInt(4))));
            index.Put(id, plain[id]);
        }
        foreach (var fragment in new[] { "abc", "ddd", "abcda", "bbbbbb" })
            Assert.Equal(plain.Where(p => p.Value.Contains(fragment, StringComparison.Ordinal)).Select(p => p.Key).Order(), index.Find(fragment, int.MaxValue).Order());
        Assert.Equal(plain.Count, index.Count);
    }
}
