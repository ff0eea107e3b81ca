using System.Security.Cryptography;
using System.Text;
using CampaignPortal.Marketing.Audit;
using CampaignPortal.Marketing.Events;
using CampaignPortal.Marketing.Privacy;
using CampaignPortal.Testing;
using Microsoft.EntityFrameworkCore;

namespace CampaignPortal.Marketing.Tests.Privacy;

/// <summary>The list of those who are never written to, as people keep it.</summary>
public sealed class SuppressionPageTests
{
    private static readonly Actor Ada = new("1", null);
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Addresses_domains_and_hashes_hold_before_anybody_is_a_customer_and_after_erasure()
    {
        await using var store = await TestStore.OpenAsync();
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes("handed@over.example")));
        var added = (await store.Get<ManageSuppressionsHandler>().AddAsync($"Anna@Example.com\n@rivals.example; {hash}\nno address", "from the old shop", 1, Ada, Ct)).Value;
        Assert.Equal((3, 0, "no address"), (added.Added, added.Known, Assert.Single(added.Refused)));

        await store.Log.AppendAsync(
            new EventBatch("shop", [An.Event("e", "page_viewed", "c-1", store.Clock.GetUtcNow(), item: null)]) { Contacts = [new ContactDraft("c-1") { Email = "anna@example.com" }] }, Ct);
        foreach (var address in new[] { "ANNA@example.com", "boss@mail.rivals.example", "Handed@Over.example" }) Assert.Equal(SuppressionReasons.Manual, ReasonFor(store, address));
        Assert.Null(ReasonFor(store, "bert@example.com"));

        await store.Get<EraseCustomerHandler>().HandleAsync("c-1", "test", Ct);
        Assert.Equal(SuppressionReasons.Manual, ReasonFor(store, "anna@example.com"));
    }

    [Fact]
    public async Task The_page_finds_an_address_without_keeping_it_and_taking_it_off_is_audited()
    {
        await using var store = await TestStore.OpenAsync();
        var handler = store.Get<ManageSuppressionsHandler>();
        await handler.AddAsync(string.Join('\n', Enumerable.Range(0, ManageSuppressionsHandler.PageSize + 5).Select(i => $"person{i}@example.com")), null, 1, Ada, Ct);

        var first = await handler.ListAsync(null, null, Ct);
        Assert.Equal((ManageSuppressionsHandler.PageSize, ManageSuppressionsHandler.PageSize + 5), (first.Rows.Count, first.Total));
        Assert.Equal(5, (await handler.ListAsync(null, first.Next, Ct)).Rows.Count);
        var row = Assert.Single((await handler.ListAsync("Person3@example.com", null, Ct)).Rows);
        Assert.Equal((null, 8), (row.Domain, row.Mark!.Length));

        Assert.True(await handler.RemoveAsync(row.Id, Ada, Ct));
        Assert.False(await handler.RemoveAsync(row.Id, Ada, Ct));
        Assert.Null(ReasonFor(store, "person3@example.com"));
        await using var db = await store.ContextAsync();
        Assert.Equal(["suppressions.write add", "suppressions.write remove"], await db.AuditEntries.OrderBy(a => a.Id).Select(a => a.Action).ToListAsync(Ct));
    }

    [Theory]
    [InlineData("", null, "lines")]
    [InlineData("a@example.com", "call anna@example.com first", "note")]
    public async Task Nothing_to_add_and_a_note_that_holds_an_address_are_refused(string lines, string? note, string field)
    {
        await using var store = await TestStore.OpenAsync();
        var refused = await store.Get<ManageSuppressionsHandler>().AddAsync(lines, note, 1, Ada, Ct);
        Assert.Equal(field, refused.Problem!.Field);
        Assert.Equal(0, (await store.Get<ManageSuppressionsHandler>().ListAsync(null, null, Ct)).Total);
    }

    private static string? ReasonFor(TestStore store, string address)
    {
        using var connection = store.Database.OpenReader();
        using var snapshot = store.Database.BeginSnapshot(connection);
        return store.Get<SuppressionList>().ReasonFor(snapshot, address, 1, "email", store.Clock.GetUtcNow());
    }
}
