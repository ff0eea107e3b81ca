using System.Diagnostics;
using CampaignPortal.Marketing.Audiences;
using CampaignPortal.Marketing.Audiences.Membership;
using CampaignPortal.Marketing.Audiences.Rules;
using CampaignPortal.Marketing.Events;
using CampaignPortal.Testing;
using Microsoft.EntityFrameworkCore;

namespace CampaignPortal.Marketing.Tests.Audiences;

/// <summary>What people and programs get wrong: each has its message, and nothing else suffers.</summary>
[Trait("Promise", "S-49")]
public sealed class BadRuleTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("(a+)+$")]
    [InlineData("(a|aa)+$")]
    [InlineData("(.*a){25}$")]
    [InlineData("((a{1,50}){1,50}){1,50}b")]
    [InlineData("(?:x?){200}x{200}")]
    public async Task A_pattern_made_to_take_forever_is_answered_or_refused_within_a_moment(string pattern)
    {
        await using var store = await ShopAsync(new string('a', 5_000) + "!");
        var clock = Stopwatch.StartNew();
        var preview = await store.Get<PreviewAudienceHandler>().HandleAsync(Rule(new AttributeCondition("note", new TextTest(TextOperator.Pattern, [pattern]))), Ct);
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(5), $"{pattern} took {clock.Elapsed}.");
        if (!preview.IsOk) Assert.Contains("pattern", preview.Problem!.Message, StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData("(", "")]
    [InlineData("(a)\\1", "")]
    [InlineData("(?=a)", "")]
    public void A_pattern_that_cannot_be_asked_is_refused_with_the_place(string pattern, string start)
    {
        var read = RuleJson.Read(RuleJson.Write(Rule(new AttributeCondition("note", new TextTest(TextOperator.Pattern, [pattern])))));
        Assert.Equal("who.0", read.Problem!.Field);
        Assert.StartsWith(start, read.Problem.Message, StringComparison.Ordinal);
        Assert.NotEmpty(read.Problem.Message);
    }

    [Fact]
    public async Task A_rule_that_fails_holds_up_no_other_audience()
    {
        await using var store = await ShopAsync("quiet");
        var broken = await SaveAsync(store, "Broken", new ReachCondition("email", true));
        var healthy = await SaveAsync(store, "Healthy", new EventCondition(EventQuery.Of("item_viewed", EventWindow.Ever), NumberTest.AtLeast(1)));
        await using (var db = await store.ContextAsync())
        {
            var audience = await db.Audiences.SingleAsync(a => a.Id == broken, Ct);
            (audience.RuleJson, audience.Revision) = ("""{"version":1,"who":{"kind":"sql"},"leaveOut":[]}""", 2);
            await db.SaveChangesAsync(Ct);
        }
        await store.Log.AppendAsync(An.Batch(An.Event("v", customer: "c-1", at: AudienceShop.Now)), Ct);
        await store.Get<ProjectionHost>().CatchUpAsync(Ct);
        await store.Get<AudienceKeeper>().TurnAsync(Ct);

        await using var after = await store.ContextAsync();
        Assert.Equal(AudienceState.Failed, (await after.Audiences.SingleAsync(a => a.Id == broken, Ct)).State);
        Assert.Equal((AudienceState.Ready, 1), await after.Audiences.Where(a => a.Id == healthy).Select(a => new ValueTuple<AudienceState, int>(a.State, a.Size)).SingleAsync(Ct));
    }

    [Fact]
    public async Task What_a_rule_names_and_nobody_has_any_more_is_found_with_its_place()
    {
        await using var store = await AudienceShop.OpenAsync(customerCount: 10);
        var gone = await SaveAsync(store, "Gone", new ListCondition([1]));
        Assert.True((await store.Get<ArchiveAudienceHandler>().HandleAsync(new ArchiveAudience(gone, true, 1), Ct)).IsOk);

        var never = Measure.Count(EventQuery.Of("never_happened", EventWindow.Ever));
        var preview = (await store.Get<PreviewAudienceHandler>().HandleAsync(
            Rule(
                new SegmentCondition([77], true), new MembershipCondition(gone, true), new MembershipCondition(4_711, true), new AttributeCondition("nobody-has-this", new KnownTest(true)),
                new RatioCondition(never, Measure.Count(EventQuery.Of("order_placed", EventWindow.Ever)), NumberTest.AtLeast(1))),
            Ct)).Value;

        Assert.Equal(
            [("who.0", RuleFindingKind.UnknownSegment, "77"), ("who.1", RuleFindingKind.UnknownAudience, "Gone"), ("who.2", RuleFindingKind.UnknownAudience, "4711"), ("who.3", RuleFindingKind.UnknownAttribute, "nobody-has-this"), ("who.4", RuleFindingKind.UnknownEvent, "never_happened")],
            preview.Findings.Select(f => (f.Path, f.Kind, f.Name)));
    }

    [Fact]
    public void Depth_1000_and_10_000_nodes_and_huge_lists_are_refused_with_their_limit()
    {
        var deep = string.Concat(Enumerable.Repeat("""{"kind":"group","join":"all","rules":[""", 1_000)) + string.Concat(Enumerable.Repeat("]}", 1_000));
        Assert.False(RuleJson.Read("{\"version\":1,\"who\":" + deep + ",\"leaveOut\":[]}").IsOk);

        Rule nine = new ListCondition([1]);
        for (var depth = 0; depth < 9; depth++) nine = new RuleGroup(GroupKind.All, [nine]);
        Assert.Contains("8 deep", Message(new AudienceRule((RuleGroup)nine, [])), StringComparison.Ordinal);
        Assert.Contains("at most 200 parts", Message(Rule([.. Enumerable.Repeat<Rule>(new ListCondition([1]), 10_000)])), StringComparison.Ordinal);
        Assert.Contains("At most 10000", Message(Rule(new ListCondition([.. Enumerable.Range(1, 10_001).Select(i => (long)i)]))), StringComparison.Ordinal);
        Assert.Contains("At most 10000", Message(AudienceRule.Everyone with { Added = [.. Enumerable.Range(1, 10_001).Select(i => (long)i)] }), StringComparison.Ordinal);
        Assert.Contains("At most 500", Message(Rule(new AttributeCondition("a", new TextTest(TextOperator.Is, [.. Enumerable.Range(0, 501).Select(i => $"v{i}")])))), StringComparison.Ordinal);
        Assert.Contains("at most 500 characters", Message(Rule(new AttributeCondition("a", new TextTest(TextOperator.Is, [new string('x', 501)])))), StringComparison.Ordinal);
    }

    [Fact]
    public void Each_new_question_says_what_is_wrong_with_it()
    {
        var orders = EventQuery.Of("order_placed", EventWindow.Ever);
        Assert.Contains("at most 100%", Message(Rule(new AttributeCondition(RuleFigures.Spent, new RankTest(RankSide.Top, 0)))), StringComparison.Ordinal);
        Assert.Contains("by a date", Message(Rule(new AttributeCondition(RuleFigures.LastOrder, new RankTest(RankSide.Top, 10)))), StringComparison.Ordinal);
        Assert.Contains("events have none", Message(Rule(new EventCondition(orders with { Where = [new PropertyFilter("amount", new RankTest(RankSide.Top, 10))] }, NumberTest.AtLeast(1)))), StringComparison.Ordinal);
        Assert.Contains("Hours are", Message(Rule(new AttributeCondition(RuleFigures.LastOrder, new DateTest(DateOperator.Hours) { FromHour = 8, ToHour = 8 }))), StringComparison.Ordinal);
        Assert.Contains("no other end", Message(Rule(new EventCondition(orders with { Window = new EventWindow(LastDays: 3, SinceCampaign: "1") }, NumberTest.AtLeast(1)))), StringComparison.Ordinal);
        Assert.Contains("latitude", Message(Rule(new PlaceCondition(91, 0, 10))), StringComparison.Ordinal);
        Assert.Contains("km", Message(Rule(new PlaceCondition(50, 8, 0))), StringComparison.Ordinal);
        Assert.Contains("Hours are", Message(Rule(new LocalHourCondition(24, 8))), StringComparison.Ordinal);
        Assert.Contains("told by one of", Message(Rule(new TasteCondition("order_returned", EventWindow.Ever, "Garden", TasteOperator.Top, 1))), StringComparison.Ordinal);
        Assert.Contains("1 to 20", Message(Rule(new TasteCondition("order_placed", EventWindow.Ever, "Garden", TasteOperator.Top, 1.5m))), StringComparison.Ordinal);
        Assert.Contains("at most 100%", Message(Rule(new TasteCondition("order_placed", EventWindow.Ever, "Garden", TasteOperator.Share, 1.5m))), StringComparison.Ordinal);
        Assert.Contains("A list is one of", Message(Rule(new RecommendableCondition("best-sellers", 1))), StringComparison.Ordinal);
        Assert.Contains("1 to 10 products", Message(Rule(new RecommendableCondition("for-you", 11))), StringComparison.Ordinal);
        Assert.Contains("different ones", Message(Rule(new RatioCondition(new Measure(orders, AggregateKind.Sum, "item"), Measure.Count(orders), NumberTest.AtLeast(1)))), StringComparison.Ordinal);
    }

    private static string Message(AudienceRule rule) => RuleJson.Read(RuleJson.Write(rule)).Problem!.Message;

    private static AudienceRule Rule(params Rule[] rules) => new(new RuleGroup(GroupKind.All, rules), []);

    private static async Task<long> SaveAsync(TestStore store, string name, params Rule[] rules) => (await store.Get<SaveAudienceHandler>().HandleAsync(new SaveAudience(null, name, null, Rule(rules), null, 1), Ct)).Value.Id;

    private static async Task<TestStore> ShopAsync(string note)
    {
        var store = await TestStore.OpenAsync(now: AudienceShop.Now);
        await store.Log.AppendAsync(An.Batch(An.Event("t", "profile_updated", "c-1", AudienceShop.Now, item: null) with { Properties = $"{{\"traits\":{{\"note\":\"{note}\"}}}}" }), Ct);
        await store.Get<ProjectionHost>().CatchUpAsync(Ct);
        return store;
    }
}
