namespace CampaignPortal.Learning.Text;

/// <summary>Cuts text into terms: runs of letters and digits in lower case; scripts written without blanks (Chinese, kana) as single characters and pairs of neighbours.</summary>
public static class Tokenizer
{
    /// <summary>The terms of a text, in order, with repetitions.</summary>
    /// <param name="text">Any text.</param>
    /// <param name="longestWordRun">1 gives words; 2 adds pairs of neighbouring words joined by a blank, and so on.</param>
    public static IReadOnlyList<string> Terms(string text, int longestWordRun = 1) => Terms(text, new TermOptions { LongestWordRun = longestWordRun });

    /// <summary>The terms of a text, in order, with repetitions.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A length of the options is below 1.</exception>
    public static IReadOnlyList<string> Terms(string text, TermOptions options)
    {
        var cutter = new TermCutter(options);
        cutter.Cut(text);
        var terms = new string[cutter.Count];
        for (var term = 0; term < terms.Length; term++) terms[term] = cutter[term].ToString();
        return terms;
    }
}
