namespace CampaignPortal.Learning.Text;

/// <summary>Texts as numbers of their terms in reading order. No text is empty: one without terms holds one unknown term.</summary>
internal sealed class TermSequences
{
    /// <summary>Stands where a window reaches past the end.</summary>
    public const int Padding = 0;

    /// <summary>Stands for every term that the vocabulary lacks.</summary>
    public const int Unknown = 1;

    /// <summary>Row of the vocabulary's first column.</summary>
    public const int FirstTerm = 2;

    private readonly int[] _starts;
    private readonly int[] _terms;

    private TermSequences(int[] starts, int[] terms) => (_starts, _terms) = (starts, terms);

    /// <summary>Rows that a table of vectors needs.</summary>
    public static int RowCount(Vocabulary vocabulary) => FirstTerm + vocabulary.ColumnCount;

    public int Count => _starts.Length - 1;

    public static TermSequences Of(Vocabulary vocabulary, IReadOnlyList<string> documents, int maxLength)
    {
        var cutter = new TermCutter(vocabulary.Options.Terms);
        var (starts, terms) = (new int[documents.Count + 1], new List<int>());
        for (var document = 0; document < documents.Count; document++)
        {
            cutter.Cut(documents[document]);
            for (var at = 0; at < Math.Min(cutter.Count, maxLength); at++)
            {
                var column = vocabulary.ColumnOf(cutter[at]);
                terms.Add(column < 0 ? Unknown : FirstTerm + column);
            }
            if (cutter.Count == 0) terms.Add(Unknown);
            starts[document + 1] = terms.Count;
        }
        return new TermSequences(starts, [.. terms]);
    }

    public int Length(int row) => _starts[row + 1] - _starts[row];

    public ReadOnlySpan<int> Row(int row) => _terms.AsSpan(_starts[row], Length(row));
}
