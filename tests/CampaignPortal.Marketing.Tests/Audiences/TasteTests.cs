using System.Globalization;
using CampaignPortal.Marketing.Audiences;
using CampaignPortal.Marketing.Audiences.Membership;
using CampaignPortal.Marketing.Audiences.Rules;
using CampaignPortal.Marketing.Events;
using CampaignPortal.Marketing.Predictions;
using CampaignPortal.Testing;
using Microsoft.EntityFrameworkCore;

namespace CampaignPortal.Marketing.Tests.Audiences;

/// <summary>What people like, and what can be recommended to them.</summary>
public sealed class TasteTests
{
    private static readonly DateTimeOffset Now = AudienceShop.Now;
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(TasteOperator.Top, 1, new[] { "Garden", "Home" })] // equally often: they share the place
    [InlineData(TasteOperator.Top, 2, new[] { "Garden", "Home" })] // one of three that is third is not among two
    [InlineData(TasteOperator.Top, 3, new[] { "Garden", "Home", "Kitchen" })]
    [InlineData(TasteOperator.Share, 0.4, new[] { "Garden", "Home" })] // 2 of 5; the view of an item without a category is none
    [InlineData(TasteOperator.Share, 0.41, new string[0])]
    [InlineData(TasteOperator.Share, 0.2, new[] { "Garden", "Home", "Kitchen" })]
    public async Task A_category_has_a_place_and_a_share(TasteOperator op, double value, string[] expected)
    {
        await using var store = await ShopAsync();
        await ViewAsync(store, "c-1", Now, "i-0", "i-2", "i-1", "i-1", "i-4", "i-5");
        var liked = new List<string>();
        foreach (var category in new[] { "Garden", "Home", "Kitchen", "Bath" })
        {
            var rule = Rule(new TasteCondition("item_viewed", EventWindow.Ever, category, op, (decimal)value));
            if ((await store.Get<PreviewAudienceHandler>().HandleAsync(rule, Ct)).Value.Count is 1) liked.Add(category);
        }
        Assert.Equal(expected, liked);
    }

    [Fact]
    public async Task A_taste_changes_when_time_passes_without_any_event()
    {
        await using var store = await ShopAsync();
        await ViewAsync(store, "c-1", Now.AddDays(-20), "i-0", "i-0");
        await ViewAsync(store, "c-1", Now, "i-1");
        var garden = await SaveAsync(store, "Garden", new TasteCondition("item_viewed", EventWindow.Last(30), "Garden", TasteOperator.Top, 1));
        var home = await SaveAsync(store, "Home", new TasteCondition("item_viewed", EventWindow.Last(30), "Home", TasteOperator.Top, 1));
        Assert.Equal((1, 0), (await SizeAsync(store, garden), await SizeAsync(store, home)));

        store.Clock.Advance(TimeSpan.FromDays(10) + TimeSpan.FromSeconds(11));
        Assert.Equal(2, (await store.Get<AudienceKeeper>().TurnAsync(Ct)).Changed);
        Assert.Equal((0, 1), (await SizeAsync(store, garden), await SizeAsync(store, home)));
    }

    [Fact]
    public async Task The_preview_says_for_how_many_the_answer_is_missing_or_old()
    {
        await using var store = await ShopAsync();
        await ViewAsync(store, "c-1", Now, "i-0");
        await ViewAsync(store, "c-2", Now, "i-5"); // has no category
        await SaveListsAsync(store, Now.AddDays(-RuleLimits.StaleScoreDays - 1), (1, 10), (2, 10));
        await SaveListsAsync(store, Now, (2, 4));

        var rule = Rule(
            new TasteCondition("item_viewed", EventWindow.Ever, "Garden", TasteOperator.Top, 1), new TasteCondition("item_viewed", EventWindow.Ever, "gone", TasteOperator.Top, 1),
            new TasteCondition("cart_added", EventWindow.Ever, "Garden", TasteOperator.Top, 1), new RecommendableCondition("for-you", 3), new RecommendableCondition("buy-again", 1));
        var preview = (await store.Get<PreviewAudienceHandler>().HandleAsync(rule, Ct)).Value;

        Assert.Equal(
            [("who.0", RuleFindingKind.MissingTaste, 1, true), ("who.1", RuleFindingKind.UnknownCategory, 0, false), ("who.2", RuleFindingKind.UnknownEvent, 0, false), ("who.3", RuleFindingKind.StaleLists, 1, false), ("who.4", RuleFindingKind.NoLists, 0, false)],
            preview.Findings.Select(f => (f.Path, f.Kind, f.Count, f.IsNote)));
        Assert.Equal((1, 1), (preview.Matches["who.0"], preview.Matches["who.3"])); // the old list of ten counts as none
    }

    [Fact]
    public async Task Members_follow_new_lists_and_leave_when_these_grow_old()
    {
        await using var store = await ShopAsync();
        await ViewAsync(store, "c-1", Now, "i-0");
        await SaveListsAsync(store, Now, (1, 2));
        var id = await SaveAsync(store, "Three products", new RecommendableCondition("for-you", 3));
        Assert.Equal(0, await SizeAsync(store, id));

        await SaveListsAsync(store, Now, (1, 3));
        await store.Get<AudienceKeeper>().TurnAsync(Ct);
        Assert.Equal(1, await SizeAsync(store, id));

        store.Clock.Advance(TimeSpan.FromDays(RuleLimits.StaleScoreDays + 1));
        await store.Get<AudienceKeeper>().TurnAsync(Ct);
        Assert.Equal(0, await SizeAsync(store, id));
    }

    private static AudienceRule Rule(params Rule[] rules) => new(new RuleGroup(GroupKind.All, rules), []);

    private static async Task<TestStore> ShopAsync() => await AudienceShop.OpenAsync(customerCount: 0);

    private static async Task ViewAsync(TestStore store, string customer, DateTimeOffset at, params string[] items)
    {
        var views = items.Select((item, i) => An.Event(string.Create(CultureInfo.InvariantCulture, $"{customer}-{at.UtcTicks}-{i}"), customer: customer, at: at, item: item)).ToArray();
        await store.Log.AppendAsync(An.Batch(views) with { Items = AudienceShop.Drafts() }, Ct);
        await store.Get<ProjectionHost>().CatchUpAsync(Ct);
    }

    private static Task SaveListsAsync(TestStore store, DateTimeOffset asOf, params (long Customer, int Count)[] lists) =>
        store.Get<ScoreWriter>().SaveAsync(1, asOf, [.. lists.Select(l => new PreparedList(l.Customer, "for-you", "[]", l.Count))], Ct);

    private static async Task<long> SaveAsync(TestStore store, string name, Rule rule) =>
        (await store.Get<SaveAudienceHandler>().HandleAsync(new SaveAudience(null, name, null, Rule(rule), null, 1), Ct)).Value.Id;

    private static async Task<int> SizeAsync(TestStore store, long id)
    {
        await using var db = await store.ContextAsync();
        return await db.Audiences.Where(a => a.Id == id).Select(a => a.Size).SingleAsync(Ct);
    }
}
