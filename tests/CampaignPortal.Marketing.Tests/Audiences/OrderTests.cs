using CampaignPortal.Marketing.Audiences;
using CampaignPortal.Marketing.Audiences.Membership;
using CampaignPortal.Marketing.Audiences.Rules;
using CampaignPortal.Marketing.Common;
using CampaignPortal.Marketing.Events;
using CampaignPortal.Testing;
using Microsoft.EntityFrameworkCore;

namespace CampaignPortal.Marketing.Tests.Audiences;

/// <summary>An order makes audiences exclusive, and whoever uses an audience is named before it goes.</summary>
public sealed class OrderTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task In_order_nobody_is_in_two_and_the_order_can_be_turned_and_dissolved()
    {
        await using var store = await AudienceShop.OpenAsync(customerCount: 40);
        var (all, viewers) = (await SaveAsync(store, "Everyone"), await SaveAsync(store, "Viewers", new EventCondition(EventQuery.Of("item_viewed", EventWindow.Ever), NumberTest.AtLeast(2))));
        var before = await MembersAsync(store, viewers);
        Assert.InRange(before.Length, 5, 39);

        Assert.Equal(2, (await OrderAsync(store, viewers, all)).Value);
        Assert.Equal(before, await MembersAsync(store, viewers));
        Assert.Empty((await MembersAsync(store, all)).Intersect(before));
        Assert.Equal(40, (await MembersAsync(store, all)).Length + before.Length);
        Assert.Equal([viewers, all], (await store.Get<ListAudiencesHandler>().HandleAsync(new ListAudiences(), Ct)).Order.Select(a => a.Id));

        // A customer who moves between them is followed in both.
        var joining = Enumerable.Range(0, 2).Select(i => An.Event($"view-{i}", customer: "c-0", at: AudienceShop.Now)).ToArray();
        await store.Log.AppendAsync(An.Batch(joining), Ct);
        await store.Get<ProjectionHost>().CatchUpAsync(Ct);
        await store.Get<AudienceKeeper>().TurnAsync(Ct);
        Assert.Contains(1, await MembersAsync(store, viewers));
        Assert.DoesNotContain(1, await MembersAsync(store, all));

        Assert.Equal(2, (await OrderAsync(store, all, viewers)).Value);
        Assert.Equal((40, 0), ((await MembersAsync(store, all)).Length, (await MembersAsync(store, viewers)).Length));

        Assert.True((await OrderAsync(store)).IsOk);
        Assert.Equal((40, true), ((await MembersAsync(store, all)).Length, (await MembersAsync(store, viewers)).Length >= before.Length));
        Assert.Empty((await store.Get<ListAudiencesHandler>().HandleAsync(new ListAudiences(), Ct)).Order);
    }

    [Fact]
    public async Task An_order_that_comes_back_to_itself_or_cannot_hold_changes_nothing()
    {
        await using var store = await AudienceShop.OpenAsync(customerCount: 10);
        var some = await SaveAsync(store, "Some", new ListCondition([1, 2]));
        var others = await SaveAsync(store, "Others", new MembershipCondition(some, false));

        var cycle = await OrderAsync(store, others, some);
        Assert.Equal((AudienceProblems.Cycle, "Some → Others → Some"), (cycle.Problem!.Field, cycle.Problem.Message));
        Assert.Equal(AudienceProblems.ListNotFirst, (await OrderAsync(store, some, 1)).Problem!.Field); // the shop's fixed list
        Assert.Equal(AudienceProblems.Gone, (await OrderAsync(store, some, 4_711)).Problem!.Field);
        Assert.Equal(AudienceProblems.Gone, (await OrderAsync(store, some, some)).Problem!.Field);
        Assert.Equal(8, (await MembersAsync(store, others)).Length);
    }

    [Fact]
    public async Task An_audience_in_order_is_named_by_those_behind_it_and_a_copy_stands_outside()
    {
        await using var store = await AudienceShop.OpenAsync(customerCount: 10);
        var (first, second) = (await SaveAsync(store, "First", new ListCondition([1])), await SaveAsync(store, "Second", new ListCondition([1, 2])));
        await OrderAsync(store, first, second);

        var refused = await store.Get<ArchiveAudienceHandler>().HandleAsync(new ArchiveAudience(first, true, 1), Ct);
        Assert.Equal((AudienceProblems.InUse, "Second"), (refused.Problem!.Field, refused.Problem.Message));
        var copy = (await store.Get<DuplicateAudienceHandler>().HandleAsync(new DuplicateAudience(second, "Copy", 1), Ct)).Value.Id;
        Assert.Equal(new long[] { 1, 2 }, await MembersAsync(store, copy));
        Assert.Equal(new long[] { 2 }, await MembersAsync(store, second));
    }

    private static Task<Result<int>> OrderAsync(TestStore store, params long[] ids) => store.Get<OrderAudiencesHandler>().HandleAsync(new OrderAudiences(ids, 1), Ct);

    private static async Task<long> SaveAsync(TestStore store, string name, params Rule[] rules) =>
        (await store.Get<SaveAudienceHandler>().HandleAsync(new SaveAudience(null, name, null, new AudienceRule(new RuleGroup(GroupKind.All, rules), []), null, 1), Ct)).Value.Id;

    private static async Task<long[]> MembersAsync(TestStore store, long id)
    {
        await using var db = await store.ContextAsync();
        return await db.AudienceMembers.Where(m => m.AudienceId == id).OrderBy(m => m.CustomerId).Select(m => m.CustomerId).ToArrayAsync(Ct);
    }
}
