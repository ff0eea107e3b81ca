namespace CampaignPortal.Learning.Text;

/// <summary>What a text is cut into.</summary>
/// <remarks>
/// Texts are put into Unicode's compatibility form (full-width letters and digits become ordinary ones) and lower case. A unit is a run of letters and digits
/// (an apostrophe joins: "don't" is one word), a single character of a script written without blanks (Chinese, kana), or, with <see cref="Signs"/>, a sign.
/// </remarks>
public sealed record TermOptions
{
    /// <summary>1 for words, 2 to begin with pairs of neighbours, … Default 1.</summary>
    public int ShortestWordRun { get; init; } = 1;

    /// <summary>1 for words, 2 for words and pairs of neighbours, … Default 1.</summary>
    public int LongestWordRun { get; init; } = 1;

    /// <summary>The same for characters of scripts written without blanks. Default 2: characters and pairs.</summary>
    public int LongestCharacterRun { get; init; } = 2;

    /// <summary>Whether signs (! ? ,) are units of their own instead of only ends of words. Default false.</summary>
    public bool Signs { get; init; }

    /// <summary>Whether the words between a negation and the next sign, at most three of them, are marked ("not_good"). English only. Default false.</summary>
    public bool Negation { get; init; }

    /// <summary>Cuts into parts, runs of characters whatever they belong to, instead of into runs of units. Default null: units.</summary>
    public TermParts? Parts { get; init; }

    /// <summary>Throws where a choice makes no sense.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A length is below 1, or the longest part is shorter than the shortest.</exception>
    internal TermOptions Checked()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(ShortestWordRun, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(LongestWordRun, ShortestWordRun);
        ArgumentOutOfRangeException.ThrowIfLessThan(LongestCharacterRun, 1);
        if (Parts is not { } parts) return this;
        ArgumentOutOfRangeException.ThrowIfLessThan(parts.Shortest, 1, "Parts.Shortest");
        ArgumentOutOfRangeException.ThrowIfLessThan(parts.Longest, parts.Shortest, "Parts.Longest");
        return this;
    }
}

/// <summary>Runs of characters as terms; a blank stands before and after every word and counts as a character.</summary>
/// <param name="Shortest">Fewest characters of a part.</param>
/// <param name="Longest">Most characters of a part.</param>
/// <param name="AcrossWords">Whether parts may reach from one word into the next.</param>
public sealed record TermParts(int Shortest, int Longest, bool AcrossWords = true);
