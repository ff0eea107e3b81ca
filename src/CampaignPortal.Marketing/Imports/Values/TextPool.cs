namespace CampaignPortal.Marketing.Imports.Values;

/// <summary>Gives equal cells one string, so that a million lines of a thousand customers hold a thousand strings.</summary>
/// <remarks>Starts anew when it is full: at most about 8 MB, however many different cells come. Not thread-safe.</remarks>
internal sealed class TextPool
{
    private const int Capacity = 100_000;

    private readonly HashSet<string> _known = new(StringComparer.Ordinal);
    private readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> _byText;

    public TextPool() => _byText = _known.GetAlternateLookup<ReadOnlySpan<char>>();

    public string Get(ReadOnlySpan<char> text)
    {
        if (_byText.TryGetValue(text, out var known)) return known;
        if (_known.Count >= Capacity) _known.Clear();
        var added = text.ToString();
        _known.Add(added);
        return added;
    }

    /// <summary>The same, for a column whose cells often repeat the one above, as orders, customers and countries do.</summary>
    /// <param name="last">What the column held in the row before.</param>
    public string Get(ReadOnlySpan<char> text, ref string last) => text.SequenceEqual(last) ? last : last = Get(text);
}
