namespace CampaignPortal.Marketing.Imports.Values;

/// <summary>Gives equal cells one string, so that a million lines of a thousand customers hold a thousand strings.</summary>
/// <remarks>Starts anew when it is full: at most about 8 MB, however many different cells come. Not thread-safe.</remarks>
internal sealed class TextPool
{
    private const int Capacity = 100_000;

    private readonly HashSet<string> _known = new(StringComparer.Ordinal);
    private readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> _byText;
    private string _last = "";

    public TextPool() => _byText = _known.GetAlternateLookup<ReadOnlySpan<char>>();

    public string Get(ReadOnlySpan<char> text)
    {
        if (text.SequenceEqual(_last)) return _last; // lines of one order follow each other
        if (_byText.TryGetValue(text, out var known)) return _last = known;
        if (_known.Count >= Capacity) _known.Clear();
        var added = text.ToString();
        _known.Add(added);
        return _last = added;
    }
}
