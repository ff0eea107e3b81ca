using CampaignPortal.Marketing.Campaigns;
using CampaignPortal.Marketing.Campaigns.Planning;
using CampaignPortal.Marketing.Content;

namespace CampaignPortal.Marketing.Tests.Campaigns;

/// <summary>Versions of different size: how shares are entered, and what follows them.</summary>
public sealed class VersionShareTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public void Shares_are_entered_from_the_first_to_the_last_and_always_make_a_whole()
    {
        var draft = Draft(3).WithShare(0, 0.5);
        Assert.Equal([0.5, 0.25, 0.25], Rounded(draft));
        draft = draft.WithShare(1, 0.3);
        Assert.Equal([0.5, 0.3, 0.2], Rounded(draft));
        Assert.Equal([0.5, 0.3, 0.2], Rounded(draft.WithShare(2, 0.2))); // as it stands already
        Assert.Equal([0.25, 0.15, 0.6], Rounded(draft.WithShare(2, 0.6)));
        Assert.False(draft.HasEqualShares);
        Assert.True(draft.WithEqualShares().HasEqualShares);
        Assert.Equal([0.2, 0.8], Rounded(Draft(2).WithShare(1, 0.8)));
    }

    [Theory]
    [InlineData(0, 5.0), InlineData(1, 5.0), InlineData(2, 5.0), InlineData(0, -1.0), InlineData(1, 0.0), InlineData(2, -3.0)]
    public void No_share_takes_everything_or_becomes_nothing(int position, double share)
    {
        var shares = Draft(3).WithShare(position, share).Shares;
        Assert.All(shares, s => Assert.InRange(s, CampaignDraft.LeastShare - 1e-9, 1 - 2 * CampaignDraft.LeastShare + 1e-9));
        Assert.Equal(1, shares.Sum(), 9);
    }

    [Fact]
    public void Versions_without_any_weight_divide_the_remainder_equally()
    {
        var none = Draft(3) with { Variants = [.. Draft(3).Variants.Select(v => v with { Weight = 0 })] };
        Assert.Equal([0, 0, 0], none.Shares);
        Assert.Equal([0.4, 0.3, 0.3], Rounded(none.WithShare(0, 0.4)));
    }

    [Fact]
    public async Task People_power_and_checks_follow_the_shares()
    {
        await using var shop = await CampaignShop.OpenAsync(2_000);
        var equal = (await shop.ReadAsync(await shop.CreateAsync(s => s with { TestShare = 1, HoldoutShare = 0 }, "A", "B"))).Draft;
        var uneven = equal.WithShare(1, 0.1);
        var (fair, one) = (await CheckAsync(shop, equal), await CheckAsync(shop, uneven));
        Assert.InRange(one.Reach.VariantCounts[1] / (double)one.Reach.Funnel.Planned, 0.07, 0.13);
        Assert.Equal((false, true), (fair.Power?.IsUneven, one.Power?.IsUneven));
        Assert.Equal(one.Reach.VariantCounts[1], one.Power?.PerArm);
        // 1,800 against 200 find as much as 360 against 360, not as 200 against 200, and less than 1,000 against 1,000.
        var small = await CheckAsync(shop, equal with { Settings = equal.Settings with { TestShare = 0.2 } });
        Assert.InRange(one.Power!.SmallestEffect!.Value, fair.Power!.SmallestEffect!.Value * 1.3, small.Power!.SmallestEffect!.Value * 0.95); // a test of this size has them
        Assert.DoesNotContain(one.Checks, c => c.Code is CheckCodes.VersionSmall);

        var tiny = (await CheckAsync(shop, equal.WithShare(0, 0.03))).Checks.Where(c => c.Code is CheckCodes.VersionSmall).ToList();
        Assert.Equal([(CheckLevel.Warning, ComposerStep.Test, 0)], tiny.Select(c => (c.Level, c.Step, c.Position)));
        Assert.Equal(0.03, tiny[0].Number!.Value, 6); // set with the check
    }

    [Fact]
    public async Task A_run_and_a_copy_keep_the_shares()
    {
        await using var shop = await CampaignShop.OpenAsync(1_000);
        var id = await shop.CreateAsync(s => s with { TestShare = 1, HoldoutShare = 0 }, "A", "B");
        var stored = await shop.ReadAsync(id);
        Assert.True((await shop.Store.Get<SaveCampaignHandler>().HandleAsync(new SaveCampaign(id, stored.Version, stored.Draft.WithShare(0, 0.8), "1"), Ct)).IsOk);
        var copy = await shop.Store.Get<CopyCampaignHandler>().HandleAsync(id, "Copy", "1", Ct);
        var copied = (await shop.ReadAsync(copy!.Value)).Draft; // the original is there
        Assert.Equal([0.8, 0.2], Rounded(copied));

        var expected = (await shop.Store.Get<EstimateReachHandler>().HandleAsync(id, (await shop.ReadAsync(id)).Draft, Ct)).VariantCounts;
        await shop.LaunchAsync(id);
        await shop.PlanAsync(id);
        var versions = (await shop.ReadAsync(id)).Draft.Variants;
        var (a, b) = ((await shop.ArmAsync(id, versions[0].Id)).Count, (await shop.ArmAsync(id, versions[1].Id)).Count);
        Assert.Equal([a, b], expected);
        Assert.InRange(expected[0] / (double)expected.Sum(), 0.76, 0.84);
    }

    private static Task<PreFlightReport> CheckAsync(CampaignShop shop, CampaignDraft draft) => shop.Store.Get<PreFlightHandler>().HandleAsync(draft, Ct);

    private static CampaignDraft Draft(int versions) => new("Spring", new CampaignSettings(), [.. Enumerable.Range(1, versions).Select(i => new DraftVariant(i, 1, new MessageContent()))]);

    private static double[] Rounded(CampaignDraft draft) => [.. draft.Shares.Select(s => Math.Round(s, 9))];
}
