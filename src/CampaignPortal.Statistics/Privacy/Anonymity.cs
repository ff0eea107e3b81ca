namespace CampaignPortal.Statistics.Privacy;

/// <summary>How well rows hide in their group.</summary>
/// <param name="KAnonymity">Size of the smallest group of equal quasi-identifiers.</param>
/// <param name="Classes">Number of groups.</param>
/// <param name="DistinctLDiversity">Fewest distinct sensitive values in a group.</param>
/// <param name="EntropyLDiversity">exp of the smallest entropy of a group's sensitive values.</param>
/// <param name="TCloseness">Largest total-variation distance of a group's sensitive values to those of all rows.</param>
public sealed record AnonymityResult(int KAnonymity, int Classes, int DistinctLDiversity, double EntropyLDiversity, double TCloseness);

/// <summary>Anonymity of published rows.</summary>
public static class Anonymity
{
    /// <summary>k-anonymity, l-diversity and t-closeness; O(rows).</summary>
    /// <remarks>Sweeney 2002; Machanavajjhala et al. 2007; Li, Li and Venkatasubramanian 2007 with equal distances.</remarks>
    /// <param name="rows">Cells as text.</param>
    /// <param name="quasiIdentifiers">Columns that could identify a person together.</param>
    /// <param name="sensitive">Column that must not be learnt.</param>
    public static Outcome<AnonymityResult> Of(IReadOnlyList<IReadOnlyList<string>> rows, IReadOnlyList<int> quasiIdentifiers, int sensitive)
    {
        if (rows.Count is 0) return Refusal.Insufficient(Reasons.NoUnits);
        var width = rows[0].Count;
        if (rows.Any(row => row.Count != width)) return Refusal.Invalid(Reasons.LengthMismatch);
        foreach (var column in quasiIdentifiers.Append(sensitive))
        {
            ArgumentOutOfRangeException.ThrowIfNegative(column, nameof(quasiIdentifiers));
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(column, width, nameof(quasiIdentifiers));
        }
        var overall = Shares(rows.Select(row => row[sensitive]));
        // Cells may hold any text: their lengths keep ("a", "bc") and ("ab", "c") apart.
        var groups = rows.GroupBy(row => string.Concat(quasiIdentifiers.Select(c => FormattableString.Invariant($"{row[c].Length}:{row[c]}"))))
            .Select(group => (Size: group.Count(), Shares: Shares(group.Select(row => row[sensitive])))).ToArray();
        return new AnonymityResult(
            groups.Min(g => g.Size), groups.Length, groups.Min(g => g.Shares.Count),
            Math.Exp(groups.Min(g => -g.Shares.Values.Sum(p => p * Math.Log(p)))),
            groups.Max(g => overall.Sum(o => Math.Abs(o.Value - g.Shares.GetValueOrDefault(o.Key))) / 2));
    }

    private static Dictionary<string, double> Shares(IEnumerable<string> values)
    {
        var all = values.ToArray();
        return all.GroupBy(v => v).ToDictionary(g => g.Key, g => (double)g.Count() / all.Length);
    }
}
