using System.Text;
using CampaignPortal.Marketing.Audiences;
using CampaignPortal.Marketing.Audiences.Membership;
using CampaignPortal.Marketing.Audiences.Rules;
using CampaignPortal.Marketing.Events;
using CampaignPortal.Marketing.Privacy;
using CampaignPortal.Testing;
using Microsoft.EntityFrameworkCore;

namespace CampaignPortal.Marketing.Tests.Audiences;

/// <summary>Customers whom people name: lists from outside, and single ones on top of rules.</summary>
public sealed class ListTests
{
    private static readonly DateTimeOffset Now = AudienceShop.Now;
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("c-1\nc-2\n\nc-2\r\nghost", 2, 4, "ghost")]
    [InlineData("\uFEFFName;E-mail;Town\nAnna;C-1@Example.com;\"Bonn; Germany\"\nBert;nobody@example.com;Köln\nCleo;c-3@example.com;x", 2, 3, "nobody@example.com")]
    [InlineData("c-1, the best one\n\"c-3\",\"a, b\"", 2, 2, null)]
    [InlineData("'; drop table \"Customers\";--", 0, 1, "'")]
    public async Task Numbers_and_addresses_are_found_and_what_is_missing_is_named(string text, int found, int lines, string? missing)
    {
        await using var store = await ShopAsync();
        var matched = (await store.Get<MatchCustomersHandler>().HandleAsync(new MemoryStream(Encoding.UTF8.GetBytes(text)), Ct)).Value;

        Assert.Equal((found, lines), (matched.Customers.Count, matched.LineCount));
        Assert.Equal(missing is null ? 0 : 1, matched.NotFoundCount);
        if (missing is not null) Assert.Equal([missing], matched.NotFound);
    }

    [Fact]
    public async Task What_is_no_list_or_too_large_is_refused_with_its_reason()
    {
        await using var store = await ShopAsync();
        var match = store.Get<MatchCustomersHandler>();

        Assert.Equal(AudienceProblems.ListEmpty, (await match.HandleAsync("customer\n\n", Ct)).Problem!.Field);
        Assert.Equal(AudienceProblems.ListUnreadable, (await match.HandleAsync(new MemoryStream([0x50, 0x4B, 3, 4, 0, 0]), Ct)).Problem!.Field);
        Assert.Equal(AudienceProblems.ListTooLarge, (await match.HandleAsync(new MemoryStream(new byte[MatchCustomersHandler.MaxBytes + 1]), Ct)).Problem!.Field);
        Assert.Equal(AudienceProblems.ListTooLarge, (await match.HandleAsync(string.Concat(Enumerable.Repeat("a\n", MatchCustomersHandler.MaxLines + 1)), Ct)).Problem!.Field);
    }

    [Fact]
    public async Task Who_was_added_or_taken_out_stays_so_while_the_rule_follows_events_and_erasure_still_wins()
    {
        await using var store = await ShopAsync();
        var rule = new AudienceRule(new RuleGroup(GroupKind.All, [new EventCondition(EventQuery.Of("item_viewed", EventWindow.Ever), NumberTest.AtLeast(1))]), []) { Added = [3], Removed = [1] };
        var id = (await store.Get<SaveAudienceHandler>().HandleAsync(new SaveAudience(null, "Viewers", null, rule, null, 1), Ct)).Value.Id;
        Assert.Equal(new long[] { 3 }, await MembersAsync(store, id));

        await store.Log.AppendAsync(An.Batch(An.Event("v-1", customer: "c-1", at: Now), An.Event("v-2", customer: "c-2", at: Now), An.Event("v-3", customer: "c-3", at: Now)), Ct);
        await TurnAsync(store);
        Assert.Equal(new long[] { 2, 3 }, await MembersAsync(store, id)); // followed, not counted anew

        await store.Get<EraseCustomerHandler>().HandleAsync("c-3", "test", Ct);
        await TurnAsync(store);
        Assert.Equal(new long[] { 2 }, await MembersAsync(store, id));
        Assert.Equal(rule, RuleJson.Read(RuleJson.Write(rule)).Value);
        Assert.Contains("\"removed\":[1]", RuleJson.Write(rule), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_preview_counts_as_the_audience_does_and_shows_the_hand_as_a_step()
    {
        await using var store = await ShopAsync();
        var rule = new AudienceRule(new RuleGroup(GroupKind.All, [new ListCondition([1, 2])]), []) { Added = [3], Removed = [1] };
        var preview = (await store.Get<PreviewAudienceHandler>().HandleAsync(rule, Ct)).Value;

        Assert.Equal(2, preview.Count);
        Assert.Equal([("who.0", 2), (PreviewAudienceHandler.Added, 3), (PreviewAudienceHandler.Removed, 2)], preview.Narrowing.Select(s => (s.Path, s.Count)));
    }

    [Fact]
    public async Task A_frozen_audience_keeps_its_members_and_the_rule_that_they_came_from()
    {
        await using var store = await ShopAsync();
        var rule = new AudienceRule(new RuleGroup(GroupKind.All, [new EventCondition(EventQuery.Of("item_viewed", EventWindow.Ever), NumberTest.Never)]), []);
        var live = (await store.Get<SaveAudienceHandler>().HandleAsync(new SaveAudience(null, "Silent", null, rule, null, 1), Ct)).Value.Id;
        var frozen = (await store.Get<FixAudienceHandler>().HandleAsync(new FixAudience("Frozen", null, live, 1), Ct)).Value;

        await store.Log.AppendAsync(An.Batch(An.Event("v-1", customer: "c-1", at: Now)), Ct);
        await TurnAsync(store);
        Assert.Equal(new long[] { 2, 3, 4 }, await MembersAsync(store, live));
        Assert.Equal(new long[] { 1, 2, 3, 4 }, await MembersAsync(store, frozen));
    }

    [Fact]
    public async Task A_list_is_changed_by_hand_and_renamed_and_audiences_that_name_it_follow()
    {
        await using var store = await ShopAsync();
        var list = (await store.Get<FixAudienceHandler>().HandleAsync(new FixAudience("List", [1, 2], null, 1), Ct)).Value;
        var others = (await store.Get<SaveAudienceHandler>().HandleAsync(new SaveAudience(null, "Others", null, new AudienceRule(new RuleGroup(GroupKind.All, [new MembershipCondition(list, false)]), []), null, 1), Ct)).Value.Id;
        Assert.Equal(new long[] { 3, 4 }, await MembersAsync(store, others));
        var change = store.Get<ChangeListHandler>();

        var added = (await change.HandleAsync(new ChangeList(list, [2, 3, 9_999], IsOut: false, 1), Ct)).Value;
        Assert.Equal((3, 3), (Assert.Single(added.Changed), added.Size));
        Assert.Equal(new long[] { 4 }, await MembersAsync(store, others));
        var removed = (await change.HandleAsync(new ChangeList(list, [1, 4], IsOut: true, 1), Ct)).Value;
        Assert.Equal((1, 2), (Assert.Single(removed.Changed), removed.Size));
        Assert.Equal(new long[] { 1, 4 }, await MembersAsync(store, others));

        Assert.True((await store.Get<SaveAudienceHandler>().HandleAsync(new SaveAudience(list, "Better name", null, AudienceRule.Everyone, 1, 1), Ct)).IsOk);
        Assert.Equal(new long[] { 2, 3 }, await MembersAsync(store, list));
        await using var db = await store.ContextAsync();
        Assert.Equal(("Better name", 2), await db.Audiences.Where(a => a.Id == list).Select(a => ValueTuple.Create(a.Name, a.Size)).SingleAsync(Ct));
        // A rule's members are not a list: they change by the rule.
        Assert.Equal(AudienceProblems.Gone, (await change.HandleAsync(new ChangeList(others, [1], IsOut: true, 1), Ct)).Problem!.Field);
    }

    [Fact]
    public async Task A_copy_of_a_list_has_its_members_not_everybody()
    {
        await using var store = await ShopAsync();
        var list = (await store.Get<FixAudienceHandler>().HandleAsync(new FixAudience("List", [1, 2], null, 1), Ct)).Value;
        var copy = (await store.Get<DuplicateAudienceHandler>().HandleAsync(new DuplicateAudience(list, "Copy", 1), Ct)).Value.Id;
        Assert.Equal(new long[] { 1, 2 }, await MembersAsync(store, copy));
    }

    private static async Task<TestStore> ShopAsync()
    {
        var store = await TestStore.OpenAsync(now: Now);
        string[] ids = ["c-1", "c-2", "c-3", "c-4"];
        await store.Log.AppendAsync(
            new EventBatch("shop", [.. ids.Select(id => An.Event(id + "-first", "page_viewed", id, Now.AddDays(-9), item: null))]) { Contacts = [.. ids.Select(id => new ContactDraft(id) { Email = id + "@example.com" })] }, Ct);
        await store.Get<ProjectionHost>().CatchUpAsync(Ct);
        return store;
    }

    private static async Task TurnAsync(TestStore store)
    {
        await store.Get<ProjectionHost>().CatchUpAsync(Ct);
        await store.Get<AudienceKeeper>().TurnAsync(Ct);
    }

    private static async Task<long[]> MembersAsync(TestStore store, long id)
    {
        await using var db = await store.ContextAsync();
        return await db.AudienceMembers.Where(m => m.AudienceId == id).OrderBy(m => m.CustomerId).Select(m => m.CustomerId).ToArrayAsync(Ct);
    }
}
