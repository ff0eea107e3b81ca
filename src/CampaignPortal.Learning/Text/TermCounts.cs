using CampaignPortal.Learning.Data;

namespace CampaignPortal.Learning.Text;

/// <summary>The terms of each document in order of first sight, each once, with how often it occurs; terms are numbers of a table or columns.</summary>
internal sealed class TermCounts
{
    private const int ChunkRows = 512;

    private readonly List<int> _terms = [];
    private readonly List<float> _occurrences = [];
    private readonly int[] _starts;
    private readonly TermTable? _table; // of the numbers; null where they are columns

    private TermCounts(int documentCount, TermTable? table) => (_starts, _table) = (new int[documentCount + 1], table);

    /// <summary>Number of a term, or a negative one for a term that does not count.</summary>
    public delegate int Numbering(ReadOnlySpan<char> term);

    /// <summary>Counts the terms that have a number.</summary>
    public static TermCounts Of(IReadOnlyList<string> documents, TermOptions options, Numbering number) => Of(documents, options, number, null);

    /// <summary>Numbers and counts the terms whose hash leaves the remainder <paramref name="share"/> when divided by <paramref name="shareCount"/>.</summary>
    public static TermCounts OfShare(IReadOnlyList<string> documents, TermOptions options, int share, int shareCount)
    {
        var table = new TermTable();
        return Of(documents, options, term =>
        {
            var hash = TermTable.Hash(term);
            return hash % (ulong)shareCount == (ulong)share ? table.Add(term, hash) : -1;
        }, table);
    }

    /// <summary>Adds the terms of enough documents to <paramref name="known"/>.</summary>
    /// <returns>By number here: number there, or −1.</returns>
    public int[] KeepFrequent(int minDocumentCount, TermTable known)
    {
        if (_table is not { } table) throw new InvalidOperationException("These terms are columns already.");
        var documents = new int[table.Count];
        foreach (var term in _terms) documents[term]++;
        for (var term = 0; term < documents.Length; term++) documents[term] = documents[term] >= minDocumentCount ? known.Add(table[term]) : -1;
        return documents;
    }

    /// <summary>Documents × columns from counts of the same documents.</summary>
    /// <param name="shares">Counts of terms that have no column in common.</param>
    /// <param name="columnOf">By share: column of a number or −1; null where numbers are columns.</param>
    /// <param name="columnCount">Number of columns.</param>
    /// <param name="degree">Threads.</param>
    public static Csr ToRows(TermCounts[] shares, int[]?[] columnOf, int columnCount, int degree)
    {
        var starts = new int[shares[0]._starts.Length];
        for (var row = 0; row + 1 < starts.Length; row++)
        {
            starts[row + 1] = starts[row];
            for (var share = 0; share < shares.Length; share++) starts[row + 1] += shares[share].KnownIn(row, columnOf[share]);
        }
        var (columns, values) = (new int[starts[^1]], new float[starts[^1]]);
        ParallelRanges.For((starts.Length + ChunkRows - 1) / ChunkRows, degree, chunk =>
        {
            for (var row = chunk * ChunkRows; row < Math.Min(starts.Length - 1, (chunk + 1) * ChunkRows); row++)
            {
                var to = starts[row];
                for (var share = 0; share < shares.Length; share++) to = shares[share].Write(row, columnOf[share], columns, values, to);
                Array.Sort(columns, values, starts[row], to - starts[row]);
            }
        }, CancellationToken.None);
        return Csr.FromParts(columnCount, starts, columns, values);
    }

    private static TermCounts Of(IReadOnlyList<string> documents, TermOptions options, Numbering number, TermTable? table)
    {
        var counts = new TermCounts(documents.Count, table);
        var cutter = new TermCutter(options);
        var places = Array.Empty<int>(); // by term: 1 + its place in the lists when it was seen last
        for (var document = 0; document < documents.Count; document++)
        {
            cutter.Cut(documents[document]);
            for (var at = 0; at < cutter.Count; at++)
            {
                var term = number(cutter[at]);
                if (term < 0) continue;
                if (term >= places.Length) Array.Resize(ref places, Math.Max(2 * places.Length, term + 1024));
                counts.Add(term, ref places[term], counts._starts[document]);
            }
            counts._starts[document + 1] = counts._terms.Count;
        }
        return counts;
    }

    private void Add(int term, ref int place, int first)
    {
        if (place > first)
        {
            _occurrences[place - 1]++;
            return;
        }
        _terms.Add(term);
        _occurrences.Add(1);
        place = _terms.Count;
    }

    private int KnownIn(int row, int[]? columnOf)
    {
        if (columnOf is null) return _starts[row + 1] - _starts[row];
        var known = 0;
        for (var at = _starts[row]; at < _starts[row + 1]; at++) known += columnOf[_terms[at]] < 0 ? 0 : 1;
        return known;
    }

    private int Write(int row, int[]? columnOf, int[] columns, float[] values, int to)
    {
        for (var at = _starts[row]; at < _starts[row + 1]; at++)
        {
            var column = columnOf is null ? _terms[at] : columnOf[_terms[at]];
            if (column < 0) continue;
            columns[to] = column;
            values[to++] = _occurrences[at];
        }
        return to;
    }
}
