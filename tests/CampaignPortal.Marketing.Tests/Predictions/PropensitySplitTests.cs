using CampaignPortal.Marketing.Events;
using CampaignPortal.Marketing.Predictions.Propensity;
using CampaignPortal.Testing;

namespace CampaignPortal.Marketing.Tests.Predictions;

/// <summary>A large shop learns from a share of its customers.</summary>
public sealed class PropensitySplitTests
{
    private static readonly DateTimeOffset Begin = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly PropensityDefinition Purchase = PropensityDefinition.Purchase();

    private static PropensityFeatures Features()
    {
        var builder = new EventTableBuilder { AsOf = Begin.AddDays(300) };
        var item = builder.Item("x");
        for (var customer = 0; customer < 400; customer++)
        {
            for (var day = customer % 29; day < 300; day += 11 + customer % 60)
                builder.Add($"c{customer}", Begin.AddDays(day), EventKind.OrderPlaced, item, $"o{customer}-{day}", 1, 20);
        }
        return PropensityFeatures.Build(builder.Build(), Purchase, ct: TestContext.Current.CancellationToken);
    }

    [Fact]
    public void It_keeps_all_rows_of_some_customers_and_tests_on_everybody()
    {
        var features = Features();
        var whole = PropensitySplit.Of(Purchase, features)!;
        var thinned = PropensitySplit.Of(Purchase, features, maxTrainingRows: whole.Training.Length / 4)!;

        Assert.InRange(thinned.Training.Length, whole.Training.Length / 6, whole.Training.Length / 3);
        Assert.Equal(whole.Test, thinned.Test);
        var kept = thinned.Training.Select(row => features.Features.Customers[row]).ToHashSet();
        Assert.Equal(whole.Training.Where(row => kept.Contains(features.Features.Customers[row])), thinned.Training);
        Assert.All(thinned.Folds, fold => Assert.NotEmpty(fold.Validation));
    }

    [Fact]
    public void Whoever_is_kept_stays_when_more_fit_in()
    {
        var features = Features();
        var few = PropensitySplit.Of(Purchase, features, maxTrainingRows: 300)!;
        var more = PropensitySplit.Of(Purchase, features, maxTrainingRows: 900)!;
        Assert.Subset(more.Training.ToHashSet(), few.Training.ToHashSet());
    }
}
