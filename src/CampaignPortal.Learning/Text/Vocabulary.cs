using System.Globalization;
using System.Text;
using CampaignPortal.Learning.Data;
using CampaignPortal.Learning.Persistence;

namespace CampaignPortal.Learning.Text;

/// <summary>Choices of <see cref="Vocabulary"/>.</summary>
public sealed record VocabularyOptions
{
    /// <summary>What texts are cut into.</summary>
    public TermOptions Terms { get; init; } = new();

    /// <summary>Terms of fewer documents are left out. Default 2.</summary>
    public int MinDocumentCount { get; init; } = 2;

    /// <summary>With b &gt; 0 no terms are kept: a term is counted in column hash mod 2ᵇ, the same for ever (Weinberger et al. 2009, without signs). At most 24; default 0, a dictionary.</summary>
    public int HashBits { get; init; }

    internal VocabularyOptions Checked()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(MinDocumentCount, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(HashBits);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(HashBits, 24);
        Terms.Checked();
        return this;
    }
}

/// <summary>The terms that became columns: a dictionary in ordinal order, or hashed columns. Immutable and safe for concurrent use.</summary>
public sealed class Vocabulary : IStorable<Vocabulary>
{
    private readonly TermTable _table;

    private Vocabulary(TermTable table, VocabularyOptions options) => (_table, Options) = (table, options);

    /// <summary>A dictionary of given terms.</summary>
    /// <param name="terms">Terms by column, without repetition.</param>
    /// <param name="options">How texts are cut.</param>
    /// <exception cref="ArgumentException">A term occurs twice.</exception>
    public Vocabulary(ReadOnlySpan<string> terms, VocabularyOptions options) : this(new TermTable(), options.Checked())
    {
        foreach (var term in terms) _table.Add(term);
        if (_table.Count != terms.Length) throw new ArgumentException($"{terms.Length} terms hold {terms.Length - _table.Count} repetitions.", nameof(terms));
    }

    /// <inheritdoc/>
    public static string Kind => "vocabulary";

    /// <summary>How texts are cut and which terms count.</summary>
    public VocabularyOptions Options { get; }

    /// <summary>Number of columns.</summary>
    public int ColumnCount => Options.HashBits > 0 ? 1 << Options.HashBits : _table.Count;

    /// <summary>Terms by column, in ordinal order; empty for hashed columns.</summary>
    public string[] Terms => [.. Enumerable.Range(0, _table.Count).Select(term => _table[term].ToString())];

    /// <summary>Learns the terms of documents and counts them.</summary>
    /// <param name="documents">Texts.</param>
    /// <param name="options">How texts are cut and which terms count.</param>
    /// <param name="counts">Documents × terms: how often each known term occurs.</param>
    public static Vocabulary Fit(IReadOnlyList<string> documents, VocabularyOptions options, out Csr counts)
    {
        options.Checked();
        if (options.HashBits > 0)
        {
            var hashed = new Vocabulary(new TermTable(), options);
            counts = hashed.CountTerms(documents);
            return hashed;
        }
        var all = new TermTable();
        var (starts, terms, occurrences) = Scan(documents, options.Terms, term => all.Add(term));
        var documentCounts = new int[all.Count];
        foreach (var term in terms) documentCounts[term]++;
        var known = InOrdinalOrder(all, documentCounts, options.MinDocumentCount);
        var table = new TermTable();
        var columns = new int[all.Count];
        Array.Fill(columns, -1);
        foreach (var term in known) columns[term] = table.Add(all[term]);
        var vocabulary = new Vocabulary(table, options);
        counts = vocabulary.ToRows(starts, terms, occurrences, columns);
        return vocabulary;
    }

    /// <summary>Column of a term, or −1 where it is unknown.</summary>
    public int ColumnOf(ReadOnlySpan<char> term) => Options.HashBits > 0 ? (int)(TermTable.Hash(term) >> (64 - Options.HashBits)) : _table.Find(term);

    /// <summary>Term of a column, or "#" and its number where columns are hashed.</summary>
    public string TermOf(int column) => Options.HashBits > 0 ? string.Create(CultureInfo.InvariantCulture, $"#{column}") : _table[column].ToString();

    /// <summary>Documents × terms: how often each known term occurs; unknown terms are left out.</summary>
    public Csr CountTerms(IReadOnlyList<string> documents)
    {
        var (starts, columns, occurrences) = Scan(documents, Options.Terms, term => ColumnOf(term));
        return ToRows(starts, columns, occurrences, null);
    }

    /// <inheritdoc/>
    public void Store(ModelPart part)
    {
        var terms = Options.Terms;
        part.Settings["shortest_word_run"] = terms.ShortestWordRun;
        part.Settings["longest_word_run"] = terms.LongestWordRun;
        part.Settings["longest_character_run"] = terms.LongestCharacterRun;
        part.Settings["signs"] = terms.Signs;
        part.Settings["negation"] = terms.Negation;
        part.Settings["shortest_part"] = terms.Parts?.Shortest ?? 0;
        part.Settings["longest_part"] = terms.Parts?.Longest ?? 0;
        part.Settings["across_words"] = terms.Parts?.AcrossWords ?? false;
        part.Settings["min_document_count"] = Options.MinDocumentCount;
        part.Settings["hash_bits"] = Options.HashBits;
        // Terms hold no line break: it ends a word.
        part.Put("terms", Encoding.UTF8.GetBytes(string.Join('\n', Terms)));
    }

    /// <inheritdoc/>
    public static Vocabulary Restore(ModelPart part)
    {
        var longest = part.Setting<int>("longest_part");
        var options = new VocabularyOptions
        {
            Terms = new TermOptions
            {
                ShortestWordRun = part.Setting<int>("shortest_word_run"),
                LongestWordRun = part.Setting<int>("longest_word_run"),
                LongestCharacterRun = part.Setting<int>("longest_character_run"),
                Signs = part.Setting<bool>("signs"),
                Negation = part.Setting<bool>("negation"),
                Parts = longest == 0 ? null : new TermParts(part.Setting<int>("shortest_part"), longest, part.Setting<bool>("across_words")),
            },
            MinDocumentCount = part.Setting<int>("min_document_count"),
            HashBits = part.Setting<int>("hash_bits"),
        };
        var text = Encoding.UTF8.GetString(part.Get<byte>("terms"));
        try
        {
            return new Vocabulary(text.Length == 0 ? [] : text.Split('\n'), options);
        }
        catch (ArgumentException e)
        {
            throw new InvalidDataException($"The stored vocabulary makes no sense: {e.Message}", e);
        }
    }

    private delegate int Numbering(ReadOnlySpan<char> term);

    // Terms of each document in order of first sight, each once, with how often it occurs.
    private static (int[] Starts, List<int> Terms, List<float> Occurrences) Scan(IReadOnlyList<string> documents, TermOptions options, Numbering number)
    {
        var cutter = new TermCutter(options);
        var (starts, terms, occurrences) = (new int[documents.Count + 1], new List<int>(), new List<float>());
        var places = Array.Empty<int>(); // by term: 1 + its place in the lists when it was seen last
        for (var document = 0; document < documents.Count; document++)
        {
            cutter.Cut(documents[document]);
            var first = terms.Count;
            for (var at = 0; at < cutter.Count; at++)
            {
                var term = number(cutter[at]);
                if (term < 0) continue;
                if (term >= places.Length) Array.Resize(ref places, Math.Max(2 * places.Length, term + 1024));
                if (places[term] > first)
                {
                    occurrences[places[term] - 1]++;
                    continue;
                }
                terms.Add(term);
                occurrences.Add(1);
                places[term] = terms.Count;
            }
            starts[document + 1] = terms.Count;
        }
        return (starts, terms, occurrences);
    }

    // Most terms are told apart by their first four characters, which compare as one number; the others are sorted within their equals.
    private static int[] InOrdinalOrder(TermTable table, int[] documentCounts, int minDocumentCount)
    {
        int[] known = [.. Enumerable.Range(0, table.Count).Where(term => documentCounts[term] >= minDocumentCount)];
        var beginnings = Array.ConvertAll(known, term => Beginning(table[term]));
        Array.Sort(beginnings, known);
        for (int first = 0, end; first < known.Length; first = end)
        {
            end = first + 1;
            while (end < known.Length && beginnings[end] == beginnings[first]) end++;
            if (end - first > 1) known.AsSpan(first, end - first).Sort((x, y) => table[x].SequenceCompareTo(table[y]));
        }
        return known;
    }

    private static ulong Beginning(ReadOnlySpan<char> term)
    {
        ulong key = 0;
        for (var at = 0; at < 4; at++) key = key << 16 | (at < term.Length ? term[at] : 0ul);
        return key;
    }

    private Csr ToRows(int[] starts, List<int> terms, List<float> occurrences, int[]? columnOf)
    {
        var (rowStarts, columns, values) = (new int[starts.Length], new int[terms.Count], new float[terms.Count]);
        var to = 0;
        for (var row = 0; row + 1 < starts.Length; row++)
        {
            for (var at = starts[row]; at < starts[row + 1]; at++)
            {
                var column = columnOf is null ? terms[at] : columnOf[terms[at]];
                if (column < 0) continue;
                columns[to] = column;
                values[to++] = occurrences[at];
            }
            Array.Sort(columns, values, rowStarts[row], to - rowStarts[row]);
            rowStarts[row + 1] = to;
        }
        return Csr.FromParts(ColumnCount, rowStarts, columns[..to], values[..to]);
    }
}
