using CampaignPortal.Learning.Metrics;
using CampaignPortal.Marketing.FeatureStore;

namespace CampaignPortal.Marketing.Predictions.Propensity;

/// <summary>Quality of a propensity within groups of people, on the test rows. Groups come from traits that are allowed as features, and from how long somebody is a customer.</summary>
internal static class GroupReport
{
    public const string Country = "country", Age = "age", Tenure = "tenure", OtherValue = "other", UnknownValue = "unknown";

    /// <summary>Fewer cases of either answer say nothing of a ranking.</summary>
    private const int MinOfEach = 10;

    public static IReadOnlyList<GroupQuality> Of(PropensityFeatures features, int[] rows, float[] labels, double[] probabilities)
    {
        var selected = Enumerable.Range(0, rows.Length).OrderByDescending(i => probabilities[i]).ThenBy(i => i).Take(Math.Max(1, rows.Length / 10)).ToHashSet();
        List<GroupQuality> groups = [];
        foreach (var (trait, groupOf) in Traits(features.Features.Schema))
        {
            var members = Enumerable.Range(0, rows.Length).GroupBy(i => groupOf(features.Features.Row(rows[i])), StringComparer.Ordinal)
                .Where(g => g.Count() >= GroupQuality.MinCount).OrderByDescending(g => g.Count()).ThenBy(g => g.Key, StringComparer.Ordinal).ToArray();
            if (members.Length < 2) continue; // one group is everybody
            groups.AddRange(members.Select(g => Measure(trait, g.Key, [.. g], labels, probabilities, selected)));
        }
        return groups;
    }

    private static GroupQuality Measure(string trait, string value, int[] members, float[] labels, double[] probabilities, HashSet<int> selected)
    {
        var own = Array.ConvertAll(members, i => labels[i]);
        var scores = Array.ConvertAll(members, i => (float)probabilities[i]);
        var yes = own.Count(y => y == 1);
        var observed = PropensityQuality.Proportion(yes, members.Length);
        var auc = Math.Min(yes, members.Length - yes) >= MinOfEach ? AucInterval.DeLong(own, scores) : (Statistics.Estimate?)null;
        return new GroupQuality(
            trait, value, members.Length, members.Average(i => probabilities[i]), new MeasuredShare(observed.Point, observed.Lower, observed.Upper),
            auc is { } a ? new MeasuredShare(a.Point, a.Lower, a.Upper) : null, (double)members.Count(selected.Contains) / members.Length);
    }

    private delegate string GroupOf(ReadOnlySpan<float> row);

    private static IEnumerable<(string Trait, GroupOf Of)> Traits(FeatureSchema schema)
    {
        if (OneHot(schema, name => name.StartsWith(ProfileFeatures.Country + ":", StringComparison.Ordinal)) is { } country) yield return (Country, country);
        if (OneHot(schema, name => name.StartsWith(ProfileFeatures.Age + "_group:", StringComparison.Ordinal) || name.StartsWith(ProfileFeatures.BirthDate + "_group:", StringComparison.Ordinal)) is { } age)
            yield return (Age, age);
        if (!schema.Contains("tenure_days")) yield break;
        var tenure = schema.IndexOf("tenure_days");
        yield return (Tenure, row => row[tenure] switch { < 90 => "0-90", < 365 => "90-365", _ => "365" });
    }

    /// <summary>Which of a trait's columns says 1; null when the schema has none or a sensitive one.</summary>
    private static GroupOf? OneHot(FeatureSchema schema, Func<string, bool> isOwn)
    {
        var columns = Enumerable.Range(0, schema.Features.Count).Where(i => isOwn(schema.Features[i].Name) && !schema.Features[i].IsSensitive).ToArray();
        if (columns.Length == 0) return null;
        return row =>
        {
            var isKnown = false;
            foreach (var column in columns)
            {
                if (row[column] > 0) return schema.Features[column].Argument ?? OtherValue;
                isKnown |= !float.IsNaN(row[column]);
            }
            return isKnown ? OtherValue : UnknownValue;
        };
    }
}
