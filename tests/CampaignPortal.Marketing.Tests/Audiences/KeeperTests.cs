using CampaignPortal.Marketing.Audiences;
using CampaignPortal.Marketing.Audiences.Evaluation;
using CampaignPortal.Marketing.Audiences.Membership;
using CampaignPortal.Marketing.Audiences.Rules;
using CampaignPortal.Marketing.Events;
using CampaignPortal.Marketing.Privacy;
using CampaignPortal.Statistics.Random;
using CampaignPortal.Testing;
using Microsoft.EntityFrameworkCore;

namespace CampaignPortal.Marketing.Tests.Audiences;

/// <summary>Members follow what happens and what time does, and only those are asked whom a change can touch.</summary>
public sealed class KeeperTests
{
    private static readonly DateTimeOffset Now = AudienceShop.Now;
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_member_joins_with_the_event_and_leaves_when_its_window_has_passed()
    {
        await using var store = await TestStore.OpenAsync(now: Now);
        await ViewAsync(store, "c-1", Now.AddDays(-40));
        var id = await SaveAsync(store, "Viewed lately", new EventCondition(EventQuery.Of("item_viewed", EventWindow.Last(30)), NumberTest.AtLeast(1)));
        Assert.Empty(await MembersAsync(store, id));

        await ViewAsync(store, "c-1", Now);
        Assert.Equal(1, (await TurnAsync(store)).Changed);
        Assert.Equal(new long[] { 1 }, await MembersAsync(store, id));

        store.Clock.Advance(TimeSpan.FromDays(30));
        Assert.Equal(0, (await TurnAsync(store)).Changed); // 30 days to the tick are still within
        store.Clock.Advance(TimeSpan.FromSeconds(11));
        Assert.Equal(1, (await TurnAsync(store)).Changed);
        Assert.Empty(await MembersAsync(store, id));
    }

    [Fact]
    public async Task Who_has_not_ordered_for_thirty_days_joins_when_the_time_has_passed_without_any_event()
    {
        await using var store = await TestStore.OpenAsync(now: Now);
        await store.Log.AppendAsync(An.Batch(An.OrderLine("o-1", 1, at: Now.AddDays(-10))), Ct);
        var id = await SaveAsync(store, "Silent", new EventCondition(EventQuery.Of("order_placed", EventWindow.Last(30)), NumberTest.Never));
        Assert.Empty(await MembersAsync(store, id));

        store.Clock.Advance(TimeSpan.FromDays(20) + TimeSpan.FromSeconds(11));
        await TurnAsync(store);
        Assert.Equal(new long[] { 1 }, await MembersAsync(store, id));
    }

    [Fact]
    public async Task Who_says_who_they_are_joins_with_what_their_browser_did_before()
    {
        await using var store = await TestStore.OpenAsync(now: Now);
        await ViewAsync(store, "c-1", Now.AddDays(-90));
        await BrowseAsync(store, "v-1", null, Now.AddDays(-2), "a-1");
        await BrowseAsync(store, "v-1", null, Now.AddDays(-1), "a-2");
        var id = await SaveAsync(store, "Viewed twice lately", new EventCondition(EventQuery.Of("item_viewed", EventWindow.Last(30)), NumberTest.AtLeast(2)));
        await TurnAsync(store);
        Assert.Empty(await MembersAsync(store, id));

        await store.Log.AppendAsync(An.Batch(An.Event("sign-in", KnownEvents.ProfileUpdated, customer: "c-1", at: Now, item: null) with { Visitor = "v-1" }), Ct);
        Assert.Equal((0, 1, 1), await TurnAsync(store) is var turn ? (turn.Counted, turn.Touched, turn.Changed) : default);
        Assert.Equal(new long[] { 1 }, await MembersAsync(store, id));

        store.Clock.Advance(TimeSpan.FromDays(28) + TimeSpan.FromSeconds(11)); // the first of the two has left the window, with no event at all
        await TurnAsync(store);
        Assert.Empty(await MembersAsync(store, id));
    }

    [Fact]
    public async Task Only_touched_customers_are_asked_again()
    {
        await using var store = await AudienceShop.OpenAsync();
        await SaveAsync(store, "Viewed", new EventCondition(EventQuery.Of("item_viewed", EventWindow.Ever), NumberTest.AtLeast(3)));
        await ViewAsync(store, "c-7", Now);
        await ViewAsync(store, "c-9", Now);

        var turn = await TurnAsync(store);

        Assert.Equal((0, 2), (turn.Counted, turn.Touched));
        Assert.Equal(new KeeperTurn(0, 0, 0), await TurnAsync(store));
    }

    [Fact]
    public async Task Members_that_were_followed_equal_members_that_are_counted_anew()
    {
        await using var store = await AudienceShop.OpenAsync(customerCount: 60);
        var rules = new List<(long Id, AudienceRule Rule)>();
        for (var seed = 0; seed < 25; seed++)
        {
            var rule = RandomRules.Rule(new Rng(seed));
            var saved = await store.Get<SaveAudienceHandler>().HandleAsync(new SaveAudience(null, $"Audience {seed}", null, rule, null, 1), Ct);
            rules.Add((saved.Value.Id, rule));
        }
        var rng = new Rng(5);
        var engine = store.Get<AudienceEngine>();
        for (var step = 0; step < 6; step++)
        {
            store.Clock.Advance(TimeSpan.FromHours(1 + rng.NextInt(72)));
            for (var i = 0; i < 15; i++) await ViewAsync(store, $"c-{rng.NextInt(70)}", store.Clock.GetUtcNow(), $"s{step}-{i}");
            for (var i = 0; i < 15; i++) await BrowseAsync(store, $"v-{rng.NextInt(20)}", i % 3 is 0 ? $"c-{rng.NextInt(70)}" : null, store.Clock.GetUtcNow().AddHours(-rng.NextInt(900)), $"a{step}-{i}");
            await TurnAsync(store);
            foreach (var (id, rule) in rules)
            {
                using var evaluation = engine.Begin(Ct);
                evaluation.WithoutBook = true;
                var stored = await MembersAsync(store, id);
                Assert.True(evaluation.Of(rule, Ct).ToArray().SequenceEqual(stored), $"Step {step}, audience {id}: {RuleJson.Write(rule)}");
            }
        }
    }

    [Fact]
    public async Task An_audience_that_names_another_one_follows_in_the_same_turn()
    {
        await using var store = await TestStore.OpenAsync(now: Now);
        await ViewAsync(store, "c-1", Now);
        var viewers = await SaveAsync(store, "Viewers", new EventCondition(EventQuery.Of("item_viewed", EventWindow.Ever), NumberTest.AtLeast(2)));
        var others = await SaveAsync(store, "Others", new MembershipCondition(viewers, IsIn: false));
        Assert.Equal(new long[] { 1 }, await MembersAsync(store, others));

        await ViewAsync(store, "c-1", Now, "again");
        await TurnAsync(store);

        Assert.Equal(new long[] { 1 }, await MembersAsync(store, viewers));
        Assert.Empty(await MembersAsync(store, others));
    }

    [Fact]
    public async Task A_rule_that_comes_back_to_itself_is_refused_with_the_way()
    {
        await using var store = await TestStore.OpenAsync(now: Now);
        var first = await SaveAsync(store, "First", new ReachCondition("email", true));
        var second = await SaveAsync(store, "Second", new MembershipCondition(first, true));

        var refused = await store.Get<SaveAudienceHandler>().HandleAsync(new SaveAudience(first, "First", null, Rule(new MembershipCondition(second, true)), null, 1), Ct);

        Assert.Equal((AudienceProblems.Cycle, "First → Second → First"), (refused.Problem!.Field, refused.Problem.Message));
    }

    [Fact]
    public async Task The_second_of_two_editors_is_told()
    {
        await using var store = await TestStore.OpenAsync(now: Now);
        var id = await SaveAsync(store, "Mine", new ReachCondition("email", true));
        var save = store.Get<SaveAudienceHandler>();
        Assert.True((await save.HandleAsync(new SaveAudience(id, "Yours", null, AudienceRule.Everyone, 1, 2), Ct)).IsOk);

        Assert.Equal(AudienceProblems.Changed, (await save.HandleAsync(new SaveAudience(id, "Mine too", null, AudienceRule.Everyone, 1, 1), Ct)).Problem!.Field);
    }

    [Fact]
    public async Task Erased_people_are_in_no_audience_and_in_no_resolution_at_once()
    {
        await using var store = await AudienceShop.OpenAsync(customerCount: 10);
        var id = await SaveAsync(store, "All", new EventCondition(EventQuery.Of("item_viewed", EventWindow.Ever), NumberTest.AtLeast(0)));
        var before = await store.Get<ResolveAudience>().HandleAsync(new AudienceSelection([id], []), Ct);

        await store.Get<EraseCustomerHandler>().HandleAsync("c-3", "test", Ct);

        Assert.Equal(before.Customers.Except([4]), (await store.Get<ResolveAudience>().HandleAsync(new AudienceSelection([id], []), Ct)).Customers);
        await TurnAsync(store);
        Assert.Equal(9, await SizeAsync(store, id));
    }

    [Fact]
    public async Task An_audience_that_cannot_be_counted_says_so_blocks_and_heals()
    {
        await using var store = await AudienceShop.OpenAsync(customerCount: 10);
        var id = await SaveAsync(store, "Broken", new ReachCondition("email", true));
        await BreakAsync(store, id);
        await TurnAsync(store);
        var blocked = await store.Get<ResolveAudience>().HandleAsync(new AudienceSelection([id], []), Ct);
        Assert.Equal(("Broken", StaleReason.Failed), (blocked.StaleBecause?.Name, blocked.StaleBecause?.Reason));

        await using (var db = await store.ContextAsync())
        {
            var audience = await db.Audiences.SingleAsync(a => a.Id == id, Ct);
            (audience.RuleJson, audience.Revision) = (RuleJson.Write(AudienceRule.Everyone), 3);
            await db.SaveChangesAsync(Ct);
        }
        store.Clock.Advance(TimeSpan.FromMinutes(1));
        await TurnAsync(store);
        var healed = await store.Get<ResolveAudience>().HandleAsync(new AudienceSelection([id], []), Ct);
        Assert.Null(healed.StaleBecause);
        Assert.Equal(10, healed.Customers.Length);
    }

    [Fact]
    public async Task An_audience_whose_new_rule_cannot_be_counted_is_not_ready_again_on_its_old_one()
    {
        await using var store = await AudienceShop.OpenAsync(customerCount: 10);
        var id = await SaveAsync(store, "Viewers", new EventCondition(EventQuery.Of("item_viewed", EventWindow.Ever), NumberTest.AtLeast(1)));
        await BreakAsync(store, id);
        await TurnAsync(store);
        var members = await MembersAsync(store, id);

        await ViewAsync(store, "c-new", Now); // would join by the old rule, within the minute before the next try
        await TurnAsync(store);

        Assert.Equal(members, await MembersAsync(store, id));
        Assert.Equal(StaleReason.Failed, (await store.Get<ResolveAudience>().HandleAsync(new AudienceSelection([id], []), Ct)).StaleBecause?.Reason);
    }

    [Fact]
    public async Task Members_are_only_of_the_moment_that_the_projections_have_reached()
    {
        await using var store = await AudienceShop.OpenAsync(customerCount: 10);
        var id = await SaveAsync(store, "Viewers", new EventCondition(EventQuery.Of("item_viewed", EventWindow.Ever), NumberTest.AtLeast(1)));
        var (keeper, resolve) = (store.Get<AudienceKeeper>(), store.Get<ResolveAudience>());
        store.Clock.Advance(TimeSpan.FromMinutes(2));
        var arrived = store.Clock.GetUtcNow();
        await ViewAsync(store, "c-new", arrived); // no projection reads it
        for (var minute = 0; minute < 6; minute++)
        {
            store.Clock.Advance(TimeSpan.FromMinutes(1));
            await keeper.TurnAsync(Ct);
        }
        Assert.Equal(new StaleAudience("Viewers", StaleReason.Late, arrived), (await resolve.HandleAsync(new AudienceSelection([id], []), Ct)).StaleBecause);

        await TurnAsync(store);
        var (now, caughtUp) = (store.Clock.GetUtcNow(), await resolve.HandleAsync(new AudienceSelection([id], []), Ct));
        Assert.Equal((null, now), (caughtUp.StaleBecause, caughtUp.AsOf));
    }

    [Fact]
    public async Task Members_that_nobody_confirmed_for_long_are_late_and_a_fixed_list_never_is()
    {
        await using var store = await AudienceShop.OpenAsync(customerCount: 10);
        var id = await SaveAsync(store, "Live", new ReachCondition("email", true));
        var list = await store.Get<FixAudienceHandler>().HandleAsync(new FixAudience("List", [1, 2, 9_999], null, 1), Ct);
        store.Clock.Advance(ResolveAudience.Late + TimeSpan.FromSeconds(1));
        var resolve = store.Get<ResolveAudience>();

        Assert.Equal(new StaleAudience("Live", StaleReason.Late, Now), (await resolve.HandleAsync(new AudienceSelection([id], []), Ct)).StaleBecause);
        var fixedList = await resolve.HandleAsync(new AudienceSelection([list.Value], []), Ct);
        Assert.Equal((null, 2), (fixedList.StaleBecause, fixedList.Customers.Length));

        await TurnAsync(store);
        Assert.Null((await resolve.HandleAsync(new AudienceSelection([id], [list.Value]), Ct)).StaleBecause);
    }

    [Fact]
    public async Task An_audience_over_a_chain_with_a_broken_one_is_late_itself_and_names_the_culprit()
    {
        await using var store = await AudienceShop.OpenAsync(customerCount: 10);
        var culprit = await SaveAsync(store, "Broken", new ReachCondition("email", true));
        var middle = await SaveAsync(store, "Middle", new MembershipCondition(culprit, false));
        var outer = await SaveAsync(store, "Outer", new MembershipCondition(middle, true));
        var alone = await SaveAsync(store, "Alone", new ReachCondition("sms", true));
        var (resolve, list) = (store.Get<ResolveAudience>(), store.Get<ListAudiencesHandler>());
        Assert.All((await list.HandleAsync(new ListAudiences(), Ct)).Rows, row => Assert.Null(row.Stale));

        await BreakAsync(store, culprit);
        store.Clock.Advance(TimeSpan.FromMinutes(2));
        await TurnAsync(store);

        var blocked = await resolve.HandleAsync(new AudienceSelection([alone], [outer]), Ct);
        Assert.Equal(("Broken", StaleReason.Failed, "Outer"), (blocked.StaleBecause?.Name, blocked.StaleBecause?.Reason, blocked.StaleBecause?.NamedBy));
        Assert.Equal(Now, blocked.AsOf); // the members of the broken one are two minutes old
        Assert.StartsWith("Outer relies on another audience: Broken: ", blocked.StaleBecause!.ToString(), StringComparison.Ordinal);
        var rows = (await list.HandleAsync(new ListAudiences(), Ct)).Rows.Where(row => row.Kind is AudienceKind.Live);
        Assert.Equal([("Alone", null, null), ("Broken", "Broken", null), ("Middle", "Broken", "Middle"), ("Outer", "Broken", "Outer")], rows.Select(row => (row.Name, row.Stale?.Name, row.Stale?.NamedBy)));
        Assert.Equal("Outer", (await store.Get<ReadAudienceHandler>().HandleAsync(outer, Ct))?.Stale?.NamedBy);
        var preview = await store.Get<PreviewAudienceHandler>().HandleAsync(Rule(new MembershipCondition(outer, true), new MembershipCondition(culprit, true), new MembershipCondition(alone, true)), Ct);
        Assert.Equal([("who.0", RuleFindingKind.LateAudience, "Broken"), ("who.1", RuleFindingKind.FailedAudience, "Broken")], preview.Value.Findings.Select(f => (f.Path, f.Kind, f.Name)));

        await using (var db = await store.ContextAsync())
            await db.Audiences.Where(a => a.Id == culprit).ExecuteUpdateAsync(a => a.SetProperty(x => x.RuleJson, RuleJson.Write(AudienceRule.Everyone)).SetProperty(x => x.Revision, 9), Ct);
        await TurnAsync(store);
        var healed = await resolve.HandleAsync(new AudienceSelection([outer], []), Ct);
        Assert.Null(healed.StaleBecause);
        Assert.Equal(store.Clock.GetUtcNow(), healed.AsOf);
    }

    [Fact]
    public async Task Audiences_that_name_each_other_in_a_circle_are_still_answered()
    {
        await using var store = await AudienceShop.OpenAsync(customerCount: 10);
        var first = await SaveAsync(store, "First", new ReachCondition("email", true));
        var second = await SaveAsync(store, "Second", new MembershipCondition(first, true));
        await using (var db = await store.ContextAsync()) // as if somebody had changed the store
            await db.Audiences.Where(a => a.Id == first).ExecuteUpdateAsync(a => a.SetProperty(x => x.RuleJson, RuleJson.Write(Rule(new MembershipCondition(second, true)))), Ct);

        Assert.Null((await store.Get<ResolveAudience>().HandleAsync(new AudienceSelection([first, second], []), Ct)).StaleBecause);
    }

    private static AudienceRule Rule(params Rule[] rules) => new(new RuleGroup(GroupKind.All, rules), []);

    private static async Task<long> SaveAsync(TestStore store, string name, params Rule[] rules)
    {
        await store.Get<ProjectionHost>().CatchUpAsync(Ct);
        var id = (await store.Get<SaveAudienceHandler>().HandleAsync(new SaveAudience(null, name, null, Rule(rules), null, 1), Ct)).Value.Id;
        await using var db = await store.ContextAsync();
        Assert.Null((await db.Audiences.SingleAsync(a => a.Id == id, Ct)).Failure);
        return id;
    }

    // A rule that says nothing, as if somebody had changed the store.
    private static async Task BreakAsync(TestStore store, long id)
    {
        await using var db = await store.ContextAsync();
        var audience = await db.Audiences.SingleAsync(a => a.Id == id, Ct);
        (audience.RuleJson, audience.Revision) = ("{}", audience.Revision + 1);
        await db.SaveChangesAsync(Ct);
    }

    private static async Task ViewAsync(TestStore store, string customer, DateTimeOffset at, string? id = null) =>
        await store.Log.AppendAsync(An.Batch(An.Event($"{customer}-{at.UtcTicks}-{id}", customer: customer, at: at)), Ct);

    private static async Task BrowseAsync(TestStore store, string visitor, string? customer, DateTimeOffset at, string id) =>
        await store.Log.AppendAsync(An.Batch(An.Event(id, customer: customer, at: at) with { Visitor = visitor }), Ct);

    private static async Task<KeeperTurn> TurnAsync(TestStore store)
    {
        await store.Get<ProjectionHost>().CatchUpAsync(Ct);
        return await store.Get<AudienceKeeper>().TurnAsync(Ct);
    }

    private static async Task<long[]> MembersAsync(TestStore store, long id)
    {
        await using var db = await store.ContextAsync();
        return await db.AudienceMembers.Where(m => m.AudienceId == id).OrderBy(m => m.CustomerId).Select(m => m.CustomerId).ToArrayAsync(Ct);
    }

    private static async Task<int> SizeAsync(TestStore store, long id)
    {
        await using var db = await store.ContextAsync();
        return await db.Audiences.Where(a => a.Id == id).Select(a => a.Size).SingleAsync(Ct);
    }
}
