namespace CampaignPortal.Marketing.Imports.Reading;

/// <summary>Finds the delimiter that cuts the sample into rows of the same width.</summary>
internal static class DelimiterDetection
{
    private static readonly char[] Candidates = [',', ';', '\t', '|'];
    private const int SampleRowCount = 200;

    /// <summary>The delimiter with the most rows as wide as the first one; of equals the one that makes more columns. A comma when none occurs.</summary>
    public static char Detect(string sample)
    {
        var (best, bestScore) = (',', 0.0);
        foreach (var delimiter in Candidates)
        {
            var score = Score(sample, delimiter);
            if (score > bestScore) (best, bestScore) = (delimiter, score);
        }
        return best;
    }

    private static double Score(string sample, char delimiter)
    {
        var reader = new CsvReader(new StringReader(sample), delimiter);
        if (!reader.Read() || reader.FieldCount < 2) return 0;
        var width = reader.FieldCount;
        int same = 1, rows = 1;
        while (rows < SampleRowCount && reader.Read())
        {
            rows++;
            if (reader.FieldCount == width) same++;
        }
        return (double)same / rows + 0.2 * (1 - 1.0 / width); // consistency first: a comma inside texts makes uneven rows
    }
}
