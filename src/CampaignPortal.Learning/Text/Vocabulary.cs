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
    /// <param name="degree">Threads; the result does not depend on it.</param>
    public static Vocabulary Fit(IReadOnlyList<string> documents, VocabularyOptions options, out Csr counts, int degree = 1)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(degree);
        options.Checked();
        if (options.HashBits > 0)
        {
            var hashed = new Vocabulary(new TermTable(), options);
            counts = hashed.CountTerms(documents);
            return hashed;
        }
        // Every thread reads all documents, which is cheap, and numbers the terms of one class of hashes, which is not.
        var shares = new TermCounts[degree];
        ParallelRanges.For(degree, degree, share => shares[share] = TermCounts.OfShare(documents, options.Terms, share, degree), CancellationToken.None);
        var known = new TermTable();
        var columns = Array.ConvertAll(shares, share => share.KeepFrequent(options.MinDocumentCount, known));
        var order = InOrdinalOrder(known);
        var table = new TermTable();
        var columnOf = new int[order.Length];
        foreach (var term in order) columnOf[term] = table.Add(known[term]);
        foreach (var own in columns)
        {
            for (var term = 0; term < own.Length; term++) own[term] = own[term] < 0 ? -1 : columnOf[own[term]];
        }
        counts = TermCounts.ToRows(shares, columns, table.Count, degree);
        return new Vocabulary(table, options);
    }

    /// <summary>Column of a term, or −1 where it is unknown.</summary>
    public int ColumnOf(ReadOnlySpan<char> term) => Options.HashBits > 0 ? (int)(TermTable.Hash(term) >> (64 - Options.HashBits)) : _table.Find(term);

    /// <summary>Term of a column, or "#" and its number where columns are hashed.</summary>
    public string TermOf(int column) => Options.HashBits > 0 ? string.Create(CultureInfo.InvariantCulture, $"#{column}") : _table[column].ToString();

    /// <summary>Documents × terms: how often each known term occurs; unknown terms are left out.</summary>
    public Csr CountTerms(IReadOnlyList<string> documents)
    {
        var counts = TermCounts.Of(documents, Options.Terms, term => ColumnOf(term));
        return TermCounts.ToRows([counts], [null], ColumnCount, degree: 1);
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

    // Most terms are told apart by their first four characters, which compare as one number; the others are sorted within their equals.
    private static int[] InOrdinalOrder(TermTable table)
    {
        int[] known = [.. Enumerable.Range(0, table.Count)];
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
}
