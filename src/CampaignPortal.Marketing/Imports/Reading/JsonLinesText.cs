using System.Text;
using System.Text.Json;

namespace CampaignPortal.Marketing.Imports.Reading;

/// <summary>One JSON object a line, as a table: a column for each property, those of inner objects named <c>outer.inner</c>; lists stay JSON.</summary>
/// <remarks>
/// The columns are the properties of the first lines. A later object with a property of its own is wider than the header, and a line that is no
/// object is narrower: both are refused and kept, nothing is lost in silence.
/// </remarks>
internal sealed class JsonLinesText(TextReader text, IReadOnlyList<string> columns) : RowText
{
    private const int SampleLineCount = 1_000;

    private readonly Dictionary<string, int> _index = columns.Select((name, i) => (name, i)).ToDictionary(x => x.name, x => x.i, StringComparer.Ordinal);
    private readonly string[] _cells = new string[columns.Count];
    private bool _hasHeader;

    /// <summary>Whether a text begins as one JSON object a line does.</summary>
    public static bool LooksLike(string sample)
    {
        var first = sample.AsSpan().Trim();
        var end = first.IndexOfAny('\n', '\r');
        return first.StartsWith("{") && TryRead(end < 0 ? first.ToString() : first[..end].ToString(), (_, _) => { });
    }

    /// <summary>Columns that the first lines name, in order of appearance.</summary>
    public static IReadOnlyList<string> ColumnsOf(TextReader text)
    {
        var columns = new List<string>();
        var known = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < SampleLineCount && text.ReadLine() is { } line; i++)
        {
            TryRead(line, (name, _) =>
            {
                if (known.Add(name)) columns.Add(name);
            });
        }
        return columns;
    }

    protected override bool WriteRow(StringBuilder line)
    {
        if (!_hasHeader)
        {
            _hasHeader = true;
            Write(line, columns);
            return true;
        }
        if (text.ReadLine() is not { } json) return false;
        if (string.IsNullOrWhiteSpace(json)) return true;
        Array.Fill(_cells, "");
        var others = new List<string>();
        if (!TryRead(json, (name, value) =>
            {
                if (_index.TryGetValue(name, out var column)) _cells[column] = value;
                else others.Add($"{name}={value}");
            }))
        {
            WriteCell(line, json);
            return true;
        }
        Write(line, [.. _cells, .. others]);
        return true;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing) text.Dispose();
        base.Dispose(disposing);
    }

    private static void Write(StringBuilder line, IReadOnlyList<string> cells)
    {
        for (var i = 0; i < cells.Count; i++)
        {
            if (i > 0) line.Append(Delimiter);
            WriteCell(line, cells[i]);
        }
    }

    private static bool TryRead(string json, Action<string, string> add)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            if (document.RootElement.ValueKind is not JsonValueKind.Object) return false;
            AddAll(document.RootElement, "", add);
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static void AddAll(JsonElement element, string prefix, Action<string, string> add)
    {
        foreach (var property in element.EnumerateObject())
        {
            var name = prefix + property.Name;
            switch (property.Value.ValueKind)
            {
                case JsonValueKind.Object: AddAll(property.Value, name + ".", add); break;
                case JsonValueKind.Null: add(name, ""); break;
                case JsonValueKind.String: add(name, property.Value.GetString()!); break; // a string has its text
                default: add(name, property.Value.GetRawText()); break;
            }
        }
    }
}
