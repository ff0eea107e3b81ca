using System.Text;
using CampaignPortal.Marketing.Customers.Notes;
using CampaignPortal.Marketing.Privacy;
using CampaignPortal.Testing;
using Microsoft.EntityFrameworkCore;

namespace CampaignPortal.Marketing.Tests.Customers;

public sealed class CustomerNotesTests
{
    private const long Author = 7, Colleague = 8;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_note_is_written_changed_by_its_author_alone_and_comes_back_after_a_deletion()
    {
        await using var store = await OpenAsync();
        var notes = store.Get<CustomerNotes>();
        var id = (await notes.AddAsync(1, "  Prefers parcel shops. ", Author, Ct)).Value;
        Assert.Equal("Prefers parcel shops.", Assert.Single(await notes.ListAsync(1, Ct)).Text);

        Assert.False((await notes.EditAsync(id, "Something else", Colleague, Ct)).IsOk);
        Assert.False((await notes.DeleteAsync(id, Colleague, Ct)).IsOk);
        Assert.True((await notes.EditAsync(id, "Prefers lockers.", Author, Ct)).IsOk);
        Assert.Equal(("Prefers lockers.", true), (await notes.ListAsync(1, Ct)).Select(n => (n.Text, n.EditedAt is not null)).Single());

        Assert.True((await notes.DeleteAsync(id, Author, Ct)).IsOk);
        Assert.Empty(await notes.ListAsync(1, Ct));
        Assert.True((await notes.RestoreAsync(id, Author, Ct)).IsOk);
        Assert.Single(await notes.ListAsync(1, Ct));
    }

    [Fact]
    public async Task What_was_deleted_an_hour_ago_is_gone_for_good()
    {
        await using var store = await OpenAsync();
        var notes = store.Get<CustomerNotes>();
        var old = (await notes.AddAsync(1, "old", Author, Ct)).Value;
        var other = (await notes.AddAsync(1, "other", Author, Ct)).Value;
        await notes.DeleteAsync(old, Author, Ct);
        store.Clock.Advance(CustomerNotes.UndoTime + TimeSpan.FromSeconds(1));
        await notes.DeleteAsync(other, Author, Ct);
        await using var db = await store.ContextAsync();
        Assert.Equal([other], await db.CustomerNotes.Select(n => n.Id).ToListAsync(Ct));
    }

    [Theory]
    [InlineData(""), InlineData("   ")]
    public async Task An_empty_note_is_refused(string text)
    {
        await using var store = await OpenAsync();
        Assert.False((await store.Get<CustomerNotes>().AddAsync(1, text, Author, Ct)).IsOk);
        Assert.False((await store.Get<CustomerNotes>().AddAsync(99, "of nobody", Author, Ct)).IsOk);
    }

    [Fact]
    public async Task Notes_are_sealed_at_rest_and_unreadable_once_the_customer_is_erased()
    {
        using var folder = new TempFolder();
        await using (var store = await OpenAsync(folder.File("data")))
        {
            await store.Get<CustomerNotes>().AddAsync(1, "Canary words of a note", Author, Ct);
            byte[] copy;
            await using (var db = await store.ContextAsync()) copy = (await db.CustomerNotes.SingleAsync(Ct)).Sealed;
            Assert.Equal("Canary words of a note", store.Get<ContactVault>().OpenFor(1, copy));

            Assert.True(await store.Get<EraseCustomerHandler>().HandleAsync("c-1", "test", Ct));
            Assert.Empty(await store.Get<CustomerNotes>().ListAsync(1, Ct));
            Assert.Null(store.Get<ContactVault>().OpenFor(1, copy)); // an old backup holds no more than this copy
        }
        foreach (var file in Directory.EnumerateFiles(folder.Path, "*", SearchOption.AllDirectories))
            Assert.True((await File.ReadAllBytesAsync(file, Ct)).AsSpan().IndexOf(Encoding.UTF8.GetBytes("Canary words")) < 0, Path.GetFileName(file));
    }

    private static async Task<TestStore> OpenAsync(string? path = null)
    {
        var store = await TestStore.OpenAsync(path);
        await store.Log.AppendAsync(An.Batch(An.Event()), Ct);
        return store;
    }
}
