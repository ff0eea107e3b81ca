using CampaignPortal.Marketing.Campaigns.Planning;
using CampaignPortal.Marketing.Delivery;
using CampaignPortal.Marketing.Events;
using CampaignPortal.Marketing.Experiments;
using CampaignPortal.Marketing.Insights.Campaigns;
using CampaignPortal.Marketing.Audit;
using CampaignPortal.Marketing.Settings;
using CampaignPortal.Statistics.Random;
using Microsoft.Extensions.DependencyInjection;

namespace CampaignPortal.Marketing.Tests.Campaigns;

/// <summary>Hundreds of campaigns through the product's own pipeline: drawn, planned, judged by what the log says.</summary>
public sealed class FalseWinnerTests
{
    private const int CustomerCount = 300;
    private const double ClickRate = 0.35;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>At a true rate of 5 %, more than 19 of 200 come in one of five hundred series; the seed is fixed.</summary>
    [Fact]
    public async Task Of_200_campaigns_without_any_difference_at_most_19_find_one()
    {
        var verdicts = await RunAsync(count: 200, effect: 0, seed: 11);
        Assert.All(verdicts, v => Assert.NotEqual(VerdictState.Collecting, v.State));
        Assert.InRange(verdicts.Count(v => v.State is VerdictState.Winner or VerdictState.FirstIsBest), 1, 19);
    }

    [Fact]
    public async Task Of_100_campaigns_with_a_planted_difference_the_interval_holds_it_as_often_as_promised()
    {
        const double Effect = 0.18;
        var verdicts = await RunAsync(count: 100, effect: Effect, seed: 12);
        var held = verdicts.Count(v => v.Deciding?.Absolute is { } interval && interval.Lower <= Effect && Effect <= interval.Upper);
        Assert.InRange(held, 90, 100); // 95 are promised; fewer than 90 come in one of a hundred series
        Assert.True(verdicts.Count(v => v is { State: VerdictState.Winner, Position: 1 }) >= 65, "A difference of eighteen points among 140 people a version is found most of the time.");
    }

    private static async Task<IReadOnlyList<TestVerdict>> RunAsync(int count, double effect, long seed)
    {
        await using var shop = await CampaignShop.OpenAsync(CustomerCount);
        await shop.Store.Get<SettingsHandler>().SaveAsync([new SettingChange(KnownSettings.CapCount, "2", "0"), new SettingChange(KnownSettings.GlobalHoldout, "5", "0")], new Actor("1", null), Ct);
        shop.Store.Get<DeliverySettingsStore>().Forget();
        var results = ActivatorUtilities.CreateInstance<ReadCampaignResultHandler>(shop.Store.Services, new SendingProgressReader(shop.Store.Database, shop.Store.Clock));
        var rng = new Rng(seed);
        var campaigns = new List<long>();
        for (var i = 0; i < count; i++)
        {
            var id = await shop.CreateAsync(s => s with { TestShare = 1, HoldoutShare = 0 }, "A", "B");
            await shop.LaunchAsync(id);
            await shop.Store.Get<RunPlanner>().PlanAsync(await shop.RunAsync(id), (_, _) => { }, Ct);
            campaigns.Add(id);
        }
        await shop.FollowAsync();
        foreach (var id in campaigns) await ReactAsync(shop, id, effect, rng);
        await shop.FollowAsync();
        shop.Store.Clock.Advance(TimeSpan.FromHours(5));
        var verdicts = new List<TestVerdict>();
        foreach (var id in campaigns) verdicts.Add((await results.HandleAsync(id, Ct))!.Test!.Verdict); // each has a test
        return verdicts;
    }

    private static async Task ReactAsync(CampaignShop shop, long id, double effect, Rng rng)
    {
        var variants = (await shop.ReadAsync(id)).Draft.Variants;
        var events = new List<NewEvent>();
        for (var position = 0; position < variants.Count; position++)
        {
            foreach (var customer in await shop.ArmAsync(id, variants[position].Id))
            {
                Add(KnownEvents.MessageSent, customer, variants[position].Id);
                if (rng.NextDouble() < ClickRate + position * effect) Add(KnownEvents.MessageClicked, customer, variants[position].Id);
            }
        }
        await shop.Store.Log.AppendAsync(new EventBatch("test", events), Ct);

        void Add(string type, string customer, long variant) => events.Add(new NewEvent
        {
            MessageId = FormattableString.Invariant($"{type[8]}-{id}-{customer}"), Type = type, OccurredAt = shop.Store.Clock.GetUtcNow(), Customer = customer,
            CampaignId = FormattableString.Invariant($"{id}"), VariantId = FormattableString.Invariant($"{variant}"),
        });
    }
}
