using System.IO.Compression;
using System.Text;

namespace CampaignPortal.Benchmarks.Ranking;

/// <summary>A streaming reader of comma-separated files (RFC 4180, gzip by the name's ending) that needs a header row; cells of the current row are spans.</summary>
internal sealed class CsvRows : IDisposable
{
    private readonly StreamReader _reader;
    private readonly string _path;
    private readonly StringBuilder _text = new();
    private readonly List<int> _ends = [];
    private readonly string[] _header;
    private char[] _row = new char[1024];

    public CsvRows(string path)
    {
        _path = path;
        Stream file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16, FileOptions.SequentialScan);
        if (path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase)) file = new GZipStream(file, CompressionMode.Decompress);
        _reader = new StreamReader(file, Encoding.UTF8, detectEncodingFromByteOrderMarks: true, 1 << 16);
        if (!Read()) throw new InvalidDataException($"{path} is empty; a header row was expected.");
        _header = [.. Enumerable.Range(0, _ends.Count).Select(cell => this[cell].ToString())];
    }

    /// <summary>Names of the columns.</summary>
    public IReadOnlyList<string> Header => _header;

    /// <summary>Number of the current row, the header being 1.</summary>
    public int RowNumber { get; private set; }

    public ReadOnlySpan<char> this[int cell]
    {
        get
        {
            var start = cell == 0 ? 0 : _ends[cell - 1];
            return _row.AsSpan(start, _ends[cell] - start);
        }
    }

    /// <summary>Which cell holds a column.</summary>
    public int Column(string name)
    {
        var column = Array.IndexOf(_header, name);
        return column >= 0 ? column : throw new InvalidDataException($"{_path} has no column '{name}'; it has {string.Join(", ", _header)}.");
    }

    /// <summary>Moves to the next row; false after the last.</summary>
    public bool Read()
    {
        _text.Clear();
        _ends.Clear();
        var (quoted, any) = (false, false);
        while (_reader.Read() is >= 0 and var next)
        {
            any = true;
            var c = (char)next;
            if (quoted)
            {
                if (c != '"') _text.Append(c);
                else if (_reader.Peek() == '"') _text.Append((char)_reader.Read());
                else quoted = false;
            }
            else if (c == '"')
            {
                quoted = true;
            }
            else if (c == ',')
            {
                _ends.Add(_text.Length);
            }
            else if (c == '\n')
            {
                break;
            }
            else if (c != '\r')
            {
                _text.Append(c);
            }
        }
        if (!any) return false;
        _ends.Add(_text.Length);
        if (_text.Length > _row.Length) _row = new char[2 * _text.Length];
        _text.CopyTo(0, _row, _text.Length);
        RowNumber++;
        if (_header is not null && _ends.Count != _header.Length)
            throw new InvalidDataException($"{_path} row {RowNumber} has {_ends.Count} cells; the header has {_header.Length}.");
        return true;
    }

    public void Dispose() => _reader.Dispose();
}
