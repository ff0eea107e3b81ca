using CampaignPortal.Marketing.Predictions;
using CampaignPortal.Testing;

namespace CampaignPortal.Marketing.Tests.Predictions;

/// <summary>Counts of scored customers are kept, and counted anew after a scoring.</summary>
public sealed class ScoredCountsTests
{
    [Fact]
    public async Task They_follow_each_scoring()
    {
        await using var store = await TestStore.OpenAsync();
        var (scores, counts) = (store.Get<ScoreWriter>(), store.Get<ScoredCounts>());
        Assert.Empty(await counts.ReadAsync(TestContext.Current.CancellationToken));

        await scores.SaveAsync(ModelNames.Purchase, 1, ManualClock.Noon, [new ScoreRow(1, null, 0.2, 0.5), new ScoreRow(2, null, 0.4, 0.9)], TestContext.Current.CancellationToken);
        await scores.SaveAsync(1, ManualClock.Noon, [new PreparedList(1, "for-you", "[]", 0), new PreparedList(1, "buy-again", "[]", 0)], TestContext.Current.CancellationToken);
        var known = await counts.ReadAsync(TestContext.Current.CancellationToken);
        Assert.Equal(new ScoredCount(2, ManualClock.Noon), known[ModelNames.Purchase]);
        Assert.Equal(new ScoredCount(1, ManualClock.Noon), known[ModelNames.Recommendations]); // one customer, two lists

        await scores.SaveAsync(ModelNames.Purchase, 2, ManualClock.Noon.AddDays(1), [new ScoreRow(2, null, 0.4, 0.9)], TestContext.Current.CancellationToken);
        await scores.RemoveOlderAsync(ModelNames.Purchase, 2, TestContext.Current.CancellationToken);
        Assert.Equal(new ScoredCount(1, ManualClock.Noon.AddDays(1)), (await counts.ReadAsync(TestContext.Current.CancellationToken))[ModelNames.Purchase]);
    }
}
