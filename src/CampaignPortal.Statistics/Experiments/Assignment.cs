using CampaignPortal.Statistics.Random;

namespace CampaignPortal.Statistics.Experiments;

/// <summary>A half-open part of [0, 1).</summary>
/// <param name="Start">Included.</param>
/// <param name="End">Excluded.</param>
public readonly record struct BucketRange(double Start, double End)
{
    /// <summary>Whether a bucket lies inside.</summary>
    public bool Contains(double bucket) => Start <= bucket && bucket < End;
}

/// <summary>How an experiment assigns; frozen at launch.</summary>
/// <param name="Seed">Of the experiment.</param>
/// <param name="Weights">One per variation; they add up to 1.</param>
/// <param name="Coverage">Share of the units that take part, in [0, 1].</param>
/// <param name="BucketVersion">Phase of the experiment: a stored assignment of another phase is ignored.</param>
/// <param name="MinBucketVersion">Units with a stored assignment of an earlier phase are left out.</param>
/// <param name="Holdout">The global holdout, if there is one.</param>
/// <param name="Layer">The slot of a layer of mutually exclusive experiments, if it is in one.</param>
public sealed record AssignmentRule(
    string Seed, IReadOnlyList<double> Weights, double Coverage = 1, int BucketVersion = 0, int MinBucketVersion = 0,
    HoldoutRule? Holdout = null, LayerSlot? Layer = null);

/// <summary>Units whose bucket under the seed lies below the share receive nothing.</summary>
public sealed record HoldoutRule(string Seed, double Share);

/// <summary>The part of a layer that belongs to one experiment.</summary>
public sealed record LayerSlot(string Seed, double Start, double End);

/// <summary>What was written down at a unit's first exposure.</summary>
public sealed record StoredAssignment(int Variation, int BucketVersion);

/// <summary>Why a unit has its variation or none.</summary>
public enum AssignmentReason
{
    /// <summary>The unit has no id.</summary>
    NoUnitId,

    /// <summary>A preview; excluded from analysis.</summary>
    Override,

    /// <summary>In the global holdout.</summary>
    Holdout,

    /// <summary>In the slot of another experiment of the layer.</summary>
    OtherLayerSlot,

    /// <summary>Took part in an earlier phase that is blocked.</summary>
    BlockedByBucketVersion,

    /// <summary>Keeps the stored variation.</summary>
    Sticky,

    /// <summary>Decided by the hash.</summary>
    Hash,

    /// <summary>Outside the ranges of all variations.</summary>
    OutsideCoverage,
}

/// <summary>The variation of a unit.</summary>
/// <param name="Variation">Index, −1 for none.</param>
/// <param name="Reason">Why.</param>
/// <param name="Bucket">The bucket of the unit; null when the hash was not asked.</param>
public readonly record struct AssignedVariation(int Variation, AssignmentReason Reason, double? Bucket);

/// <summary>Decides which variation a unit sees: a pure function, without clock, draw or database.</summary>
public static class Assignment
{
    private const double WeightTolerance = 0.01;
    private const double RankSlack = 1e-12;

    /// <summary>The range of each variation: variation k owns [c_k, c_k + w_k · coverage) with c_k the sum of the weights before it.</summary>
    /// <remarks>Coverage is clamped to [0, 1]; weights of the wrong number or sum (by more than 0.01) fall back to equal ones, as the SDK does.</remarks>
    public static IReadOnlyList<BucketRange> Ranges(int variationCount, double coverage = 1, IReadOnlyList<double>? weights = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(variationCount);
        coverage = Math.Clamp(coverage, 0, 1);
        if (weights is null || weights.Count != variationCount || Math.Abs(weights.Sum() - 1) > WeightTolerance)
            weights = [.. Enumerable.Repeat(1.0 / variationCount, variationCount)];
        var ranges = new BucketRange[variationCount];
        double start = 0;
        for (var k = 0; k < variationCount; k++)
        {
            ranges[k] = new BucketRange(start, start + weights[k] * coverage);
            start += weights[k];
        }
        return ranges;
    }

    /// <summary>The first range that holds the bucket, −1 for none.</summary>
    public static int Choose(double bucket, IReadOnlyList<BucketRange> ranges)
    {
        for (var k = 0; k < ranges.Count; k++) if (ranges[k].Contains(bucket)) return k;
        return -1;
    }

    /// <summary>Whether a unit is in a namespace of the version-1 hash; for imported experiments only.</summary>
    public static bool InNamespace(string unit, string name, double start, double end) =>
        new BucketRange(start, end).Contains(StableHash.ToUnitVersion1("__" + name, unit));

    /// <summary>The variation of a unit, in the fixed order: id, override, holdout, layer, stored assignment, hash.</summary>
    /// <param name="rule">The experiment.</param>
    /// <param name="unitId">As stored; empty for a unit without id.</param>
    /// <param name="stored">What was written at the first exposure, if anything.</param>
    /// <param name="preview">A variation forced for a preview.</param>
    public static AssignedVariation Assign(AssignmentRule rule, string? unitId, StoredAssignment? stored = null, int? preview = null)
    {
        if (string.IsNullOrEmpty(unitId)) return None(AssignmentReason.NoUnitId);
        if (preview is { } forced) return new AssignedVariation(forced, AssignmentReason.Override, null);
        if (rule.Holdout is { } holdout && StableHash.ToUnit(holdout.Seed, unitId) < holdout.Share) return None(AssignmentReason.Holdout);
        if (rule.Layer is { } layer && !new BucketRange(layer.Start, layer.End).Contains(StableHash.ToUnit(layer.Seed, unitId)))
            return None(AssignmentReason.OtherLayerSlot);

        var bucket = StableHash.ToUnit(rule.Seed, unitId);
        if (stored is not null)
        {
            if (stored.BucketVersion < rule.MinBucketVersion) return None(AssignmentReason.BlockedByBucketVersion);
            if (stored.BucketVersion == rule.BucketVersion && stored.Variation >= 0 && stored.Variation < rule.Weights.Count)
                return new AssignedVariation(stored.Variation, AssignmentReason.Sticky, bucket);
        }
        var variation = Choose(bucket, Ranges(rule.Weights.Count, rule.Coverage, rule.Weights));
        return new AssignedVariation(variation, variation < 0 ? AssignmentReason.OutsideCoverage : AssignmentReason.Hash, bucket);

        static AssignedVariation None(AssignmentReason reason) => new(-1, reason, null);
    }

    /// <summary>Arms of the units of one stratum, every arm within one unit of its exact share.</summary>
    /// <remarks>
    /// Units in the order of their full hash, ties by ordinal id; the unit at position i of n gets the first arm whose cumulative weight exceeds
    /// (i + offset)/n, with an offset from the hash of the stratum's name. O(n log n).
    /// </remarks>
    /// <param name="seed">Of the experiment.</param>
    /// <param name="weights">One per arm; they add up to 1.</param>
    /// <param name="stratum">Name of the stratum.</param>
    /// <param name="unitIds">Its units, in any order.</param>
    /// <returns>The arm of each unit, in the order of <paramref name="unitIds"/>.</returns>
    public static int[] AssignStratum(string seed, IReadOnlyList<double> weights, string stratum, IReadOnlyList<string> unitIds)
    {
        var order = Enumerable.Range(0, unitIds.Count)
            .OrderBy(i => StableHash.ToWord(seed, unitIds[i])).ThenBy(i => unitIds[i], StringComparer.Ordinal).ToArray();
        var offset = StableHash.ToUnit(seed, "stratum:" + stratum);
        var arms = new int[unitIds.Count];
        for (var position = 0; position < order.Length; position++)
        {
            var share = (position + offset) / order.Length;
            var arm = 0;
            for (var cumulative = weights[0]; arm < weights.Count - 1 && cumulative <= share + RankSlack; cumulative += weights[arm]) arm++;
            arms[order[position]] = arm;
        }
        return arms;
    }
}
