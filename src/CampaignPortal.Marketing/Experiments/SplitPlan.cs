using CampaignPortal.Statistics.Experiments;
using CampaignPortal.Statistics.Random;

namespace CampaignPortal.Marketing.Experiments;

/// <summary>Where chance put a customer.</summary>
/// <param name="IsTest">In the test group; otherwise in the rest, which gets the winner.</param>
/// <param name="IsHoldout">Receives nothing, to measure the effect.</param>
/// <param name="Variant">Position of the version; −1 for holdouts and for the rest.</param>
/// <param name="Probability">Of this place, among the eligible.</param>
public readonly record struct Draw(bool IsTest, bool IsHoldout, int Variant, double Probability);

/// <summary>Draws customers into test, rest, holdout and versions: a pure function of seed and the customer's own id, the same for ever and on every machine.</summary>
/// <param name="Seed">Of the campaign; three seeds are made of it, so that the draws are independent of each other.</param>
/// <param name="Weights">Of the versions; they add up to 1.</param>
/// <param name="TestShare">Share of the test group, in (0, 1].</param>
/// <param name="HoldoutShare">Share that receives nothing, in [0, 1).</param>
public sealed record SplitPlan(string Seed, IReadOnlyList<double> Weights, double TestShare, double HoldoutShare)
{
    private readonly string _holdoutSeed = Seed + ":holdout", _partSeed = Seed + ":part";
    private readonly AssignmentRule _rule = new(Seed + ":version", Weights);

    /// <summary>Makes weights of any scale add up to 1.</summary>
    /// <exception cref="ArgumentException">There is none, or one is negative, or all are 0.</exception>
    public static IReadOnlyList<double> Normalise(IReadOnlyList<double> weights)
    {
        var sum = weights.Sum();
        if (weights.Count is 0 || weights.Any(w => !(w >= 0)) || !(sum > 0) || !double.IsFinite(sum)) throw new ArgumentException("Weights are not negative and not all zero.", nameof(weights));
        return [.. weights.Select(w => w / sum)];
    }

    public bool IsHoldout(string customer) => HoldoutShare > 0 && StableHash.ToUnit(_holdoutSeed, customer) < HoldoutShare;

    public Draw Of(string customer)
    {
        var isTest = TestShare >= 1 || StableHash.ToUnit(_partSeed, customer) < TestShare;
        var part = isTest ? Math.Min(1, TestShare) : 1 - TestShare;
        if (IsHoldout(customer)) return new Draw(isTest, IsHoldout: true, -1, part * HoldoutShare);
        if (!isTest) return new Draw(IsTest: false, IsHoldout: false, -1, part * (1 - HoldoutShare));
        var variant = Weights.Count is 1 ? 0 : Assignment.Assign(_rule, customer).Variation;
        return new Draw(IsTest: true, IsHoldout: false, variant, part * (1 - HoldoutShare) * Weights[variant]);
    }
}

/// <summary>Customers who receive no campaign at all for a quarter, so that the whole programme can be measured.</summary>
/// <param name="Share">In [0, 1); 0 holds out nobody.</param>
public sealed record GlobalHoldout(double Share)
{
    public bool Holds(string customer, DateTimeOffset at) => Share > 0 && HoldoutQuarter.Of(at).DrawOf(customer) < Share;
}
