using CampaignPortal.Marketing.Audiences;
using CampaignPortal.Marketing.Audiences.Evaluation;
using CampaignPortal.Marketing.Audiences.Rules;
using CampaignPortal.Marketing.Customers;

namespace CampaignPortal.Marketing.Insights;

public enum AudienceFeature
{
    OrdersPerCustomer, AverageOrder, ChanceToBuy, ExpectedValue,
}

/// <summary>A feature of the audience beside everybody's.</summary>
/// <param name="Members">Null where no member has it.</param>
public sealed record FeatureComparison(AudienceFeature Feature, double? Members, double? Everyone);

/// <param name="Row">Who nearly is a member.</param>
/// <param name="Path">The step of the rule that decides.</param>
public sealed record NearMissRow(CustomerRow Row, string Path);

/// <param name="Features">Empty for fewer than <see cref="DescribeAudienceHandler.FewestMembers"/> members: figures of so few are figures of persons.</param>
public sealed record AudienceDescription(int Count, IReadOnlyList<FeatureComparison> Features, IReadOnlyList<CustomerRow> Members, IReadOnlyList<NearMissRow> NearMisses);

/// <summary>What distinguishes the members of a rule from everybody, a few of them, and a few who nearly are.</summary>
public sealed class DescribeAudienceHandler(SampleAudienceHandler samples, CustomerColumnsStore columns, CustomerRowReader rows)
{
    public const int FewestMembers = 10;

    public async Task<AudienceDescription> HandleAsync(AudienceRule rule, CustomerScope scope, CancellationToken ct)
    {
        var sample = await samples.HandleAsync(rule, ct);
        var known = columns.Read();
        var count = sample.All.Count;
        var shown = rows.Read(sample.Members, known.AsOf, scope);
        var near = rows.Read([.. sample.NearMisses.Select(m => m.CustomerId)], known.AsOf, scope).ToDictionary(r => r.Id);
        return new AudienceDescription(
            count, count < FewestMembers ? [] : Compare(known, sample.All), shown,
            [.. sample.NearMisses.Where(m => near.ContainsKey(m.CustomerId)).Select(m => new NearMissRow(near[m.CustomerId], m.Path))]);
    }

    private static FeatureComparison[] Compare(CustomerColumns known, CustomerSet members)
    {
        var (mine, all) = (new Sums(), new Sums());
        for (var row = 0; row < known.Count; row++)
        {
            all.Add(known, row);
            if (members.Contains(known.Ids[row])) mine.Add(known, row);
        }
        return
        [
            new(AudienceFeature.OrdersPerCustomer, mine.Orders.Mean, all.Orders.Mean),
            new(AudienceFeature.AverageOrder, mine.AverageOrder, all.AverageOrder),
            new(AudienceFeature.ChanceToBuy, mine.Chance.Mean, all.Chance.Mean),
            new(AudienceFeature.ExpectedValue, mine.Expected.Mean, all.Expected.Mean),
        ];
    }

    private struct Sum
    {
        private double _sum;
        private int _count;

        public readonly double? Mean => _count is 0 ? null : _sum / _count;

        public void Add(double value)
        {
            if (double.IsNaN(value)) return;
            (_sum, _count) = (_sum + value, _count + 1);
        }
    }

    private sealed class Sums
    {
        public Sum Orders, Chance, Expected;
        private double _spent;
        private long _orderCount;

        public double? AverageOrder => _orderCount is 0 ? null : _spent / _orderCount;

        public void Add(CustomerColumns known, int row)
        {
            Orders.Add(known.OrderCount[row]);
            Chance.Add(known.Purchase[row]);
            Expected.Add(known.Expected[row]);
            (_spent, _orderCount) = (_spent + known.Spent[row] / 10_000.0, _orderCount + known.OrderCount[row]);
        }
    }
}
