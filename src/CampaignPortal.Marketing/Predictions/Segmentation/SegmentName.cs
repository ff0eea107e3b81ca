namespace CampaignPortal.Marketing.Predictions.Segmentation;

/// <summary>A name as words that every language puts together in its own way: qualities first, then a noun.</summary>
/// <param name="Tokens">Keys of <see cref="SegmentWords"/>, and of the resource files.</param>
public sealed record SegmentName(params IReadOnlyList<string> Tokens)
{
    public bool Equals(SegmentName? other) => other is not null && Tokens.SequenceEqual(other.Tokens);

    public override int GetHashCode() => Tokens.Aggregate(17, (hash, token) => HashCode.Combine(hash, token));

    /// <summary>"Frequent big spenders".</summary>
    public string English
    {
        get
        {
            var text = string.Join(' ', Tokens.Select(t => SegmentWords.Of(t).English));
            return char.ToUpperInvariant(text[0]) + text[1..];
        }
    }

    /// <summary>"高频高消费客户".</summary>
    public string Chinese => string.Concat(Tokens.Select(t => SegmentWords.Of(t).Chinese));

    public override string ToString() => English;
}

/// <summary>The words that names are made of.</summary>
public static class SegmentWords
{
    public const string Recent = "recent", Lapsed = "lapsed", Frequent = "frequent", Occasional = "occasional", OneTime = "one-time",
        BigSpenders = "big-spenders", SmallSpenders = "small-spenders", Buyers = "buyers",
        MoreRecent = "more-recent", LongerAgo = "longer-ago", MoreFrequent = "more-frequent", LessFrequent = "less-frequent",
        HigherValue = "higher-value", LowerValue = "lower-value", Regular = "regular";

    private static readonly Dictionary<string, (string English, string Chinese)> Words = new(StringComparer.Ordinal)
    {
        [Recent] = ("recent", "近期"), [Lapsed] = ("lapsed", "沉睡"), [Frequent] = ("frequent", "高频"), [Occasional] = ("occasional", "低频"),
        [OneTime] = ("one-time", "单次"), [Regular] = ("regular", "常规"), [BigSpenders] = ("big spenders", "高消费客户"), [SmallSpenders] = ("small spenders", "低消费客户"), [Buyers] = ("buyers", "客户"),
        [MoreRecent] = ("more recent", "较近"), [LongerAgo] = ("longer absent", "较久未购"), [MoreFrequent] = ("more frequent", "较高频"),
        [LessFrequent] = ("less frequent", "较低频"), [HigherValue] = ("higher-value", "较高价值"), [LowerValue] = ("lower-value", "较低价值"),
    };

    /// <summary>All keys, for the test that compares the resource files.</summary>
    public static IReadOnlyCollection<string> Keys => Words.Keys;

    /// <summary>The words of a key; a number stands for itself.</summary>
    public static (string English, string Chinese) Of(string token) => Words.TryGetValue(token, out var words) ? words : (token, token);
}

/// <summary>Gives every segment a name of its own from what sets it apart.</summary>
internal static class SegmentNaming
{
    private const double Clear = 0.5, OneTimeOrders = 1.4;

    /// <param name="centres">Standardised recency, frequency and value of each segment.</param>
    /// <param name="meanOrders">Mean number of orders of each segment.</param>
    /// <param name="taken">Names that other segments keep from before.</param>
    public static SegmentName[] Name(double[][] centres, double[] meanOrders, IReadOnlyCollection<SegmentName> taken)
    {
        var names = centres.Select((centre, i) => new SegmentName(Qualities(centre, meanOrders[i]))).ToArray();
        foreach (var same in Enumerable.Range(0, names.Length).GroupBy(i => names[i]).Where(g => g.Count() > 1).Select(g => g.ToArray()).ToArray())
            TellApart(names, same, centres);
        return MakeUnique(names, taken);
    }

    private static List<string> Qualities(double[] centre, double orders)
    {
        List<string> tokens = [];
        if (centre[0] <= -Clear) tokens.Add(SegmentWords.Recent);
        else if (centre[0] >= Clear) tokens.Add(SegmentWords.Lapsed);
        if (orders < OneTimeOrders) tokens.Add(SegmentWords.OneTime);
        else if (centre[1] >= Clear) tokens.Add(SegmentWords.Frequent);
        else if (centre[1] <= 0) tokens.Add(SegmentWords.Occasional);
        if (tokens.Count == 0) tokens.Add(SegmentWords.Regular);
        tokens.Add(centre[2] >= Clear ? SegmentWords.BigSpenders : centre[2] <= -Clear ? SegmentWords.SmallSpenders : SegmentWords.Buyers);
        return tokens;
    }

    /// <summary>Segments of one name get a comparison in the quality in which they differ most.</summary>
    private static void TellApart(SegmentName[] names, int[] same, double[][] centres)
    {
        string[] more = [SegmentWords.LongerAgo, SegmentWords.MoreFrequent, SegmentWords.HigherValue];
        string[] less = [SegmentWords.MoreRecent, SegmentWords.LessFrequent, SegmentWords.LowerValue];
        var quality = Enumerable.Range(0, 3).MaxBy(q => same.Max(i => centres[i][q]) - same.Min(i => centres[i][q]));
        var ordered = same.OrderBy(i => centres[i][quality]).ThenBy(i => i).ToArray();
        names[ordered[0]] = Compared(names[ordered[0]], less[quality], quality);
        names[ordered[^1]] = Compared(names[ordered[^1]], more[quality], quality);
    }

    /// <summary>The comparison takes the place of the plain word: "more frequent", not "more frequent frequent".</summary>
    private static SegmentName Compared(SegmentName name, string comparison, int quality)
    {
        string[][] plain = [[SegmentWords.Recent, SegmentWords.Lapsed], [SegmentWords.Frequent, SegmentWords.Occasional], []];
        return new SegmentName([comparison, .. name.Tokens.Except(plain[quality]).Except([SegmentWords.Regular])]);
    }

    /// <summary>The last resort is a number.</summary>
    private static SegmentName[] MakeUnique(SegmentName[] names, IReadOnlyCollection<SegmentName> taken)
    {
        var used = taken.ToHashSet();
        for (var i = 0; i < names.Length; i++)
        {
            var name = names[i];
            for (var number = 2; !used.Add(name); number++)
                name = new SegmentName([.. names[i].Tokens, number.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
            names[i] = name;
        }
        return names;
    }
}
