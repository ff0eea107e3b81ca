namespace CampaignPortal.Marketing.Imports.Reading;

/// <summary>Why a record could not be taken as it stands.</summary>
public enum CsvFault : byte
{
    None,
    /// <summary>A quote was opened and never closed, or closed in the middle of a text on a later line.</summary>
    StrayQuote,
    FieldTooLong,
    RecordTooLong,
    TooManyColumns,
    /// <summary>The record holds the character NUL.</summary>
    Nul,
    /// <summary>The record holds bytes that the encoding does not know.</summary>
    Undecodable,
}

/// <summary>What a record may be at most, in characters and columns.</summary>
public sealed record CsvLimits
{
    public static CsvLimits Default { get; } = new();

    public int FieldLength { get; init; } = 1 << 20;
    public int RecordLength { get; init; } = 10_000_000;
    public int ColumnCount { get; init; } = 10_000;
    /// <summary>Characters that are kept of a record that is refused.</summary>
    public int RawLength { get; init; } = 1 << 15;
}

/// <summary>Reads delimited text (RFC 4180, forgiving) record by record from a buffer that only an oversized record enlarges.</summary>
/// <remarks>
/// <para>Lines end with LF, CRLF or CR; blank lines are skipped; a quote counts only at the start of a field, and text behind a closing quote is
/// kept as it stands.</para>
/// <para>A record with a fault never swallows its neighbours: it ends with the line on which it began, and reading goes on with the next
/// line. So a stray quote in one row costs that row.</para>
/// <para>Not thread-safe. Spans live until the next <see cref="Read"/>.</para>
/// </remarks>
/// <param name="text">The delimited text.</param>
/// <param name="delimiter">Between two fields.</param>
/// <param name="limits">What a record may be at most.</param>
/// <param name="countsRecords">Line numbers count records, as in a sheet whose cells hold line breaks, and not lines.</param>
public sealed class CsvReader(TextReader text, char delimiter, CsvLimits? limits = null, bool countsRecords = false) : IDisposable
{
    /// <summary>What the decoder puts in the place of bytes that it does not know: a character that no text may hold.</summary>
    internal const char UndecodableMark = '\uFFFF';

    private const int FirstBufferLength = 1 << 16;

    private readonly CsvLimits _limits = limits ?? CsvLimits.Default;
    private char[] _buffer = new char[FirstBufferLength];
    private Range[] _fields = new Range[16];
    private int _start, _recordEnd, _next, _end; // the record, the character after its line end, the end of what was read
    private bool _isAtEnd, _isSuspicious;
    private long _nextLine = 1;
    private string? _keptRaw;

    private enum Scan : byte
    {
        Complete,
        Incomplete,
        Faulty,
    }

    /// <summary>Fields of the record; 0 when a fault kept it from being taken apart.</summary>
    public int FieldCount { get; private set; }

    public CsvFault Fault { get; private set; }

    /// <summary>Line of the file on which the record begins, from 1.</summary>
    public long LineNumber { get; private set; }

    /// <summary>Characters of the record, or of what is kept of it.</summary>
    public int RecordLength => _keptRaw?.Length ?? _recordEnd - _start;

    /// <summary>The text of a field, without its quotes.</summary>
    public ReadOnlySpan<char> this[int index]
    {
        get
        {
            if ((uint)index >= (uint)FieldCount) throw new ArgumentOutOfRangeException(nameof(index));
            ref readonly var field = ref _fields[index];
            var raw = _buffer.AsSpan(_start + field.From, field.Length);
            return field.NeedsUnquoting ? Unquote(raw) : raw;
        }
    }

    /// <summary>The record as it came, without its line end; at most <see cref="CsvLimits.RawLength"/> characters of it.</summary>
    public string Raw => _keptRaw ?? Kept(_buffer.AsSpan(_start, _recordEnd - _start));

    /// <summary>Goes to the next record; false at the end of the text.</summary>
    public bool Read()
    {
        _keptRaw = null;
        while (true)
        {
            SkipBlankLines();
            if (_next == _end)
            {
                if (!Fill()) return false;
                continue;
            }
            _start = _next;
            LineNumber = _nextLine;
            switch (ScanRecord())
            {
                case Scan.Incomplete:
                    Fill();
                    continue;
                case Scan.Faulty:
                    EndWithFirstLine();
                    return true;
                default:
                    if (_isSuspicious) Fault = FaultOf(_buffer.AsSpan(_start, _recordEnd - _start));
                    return true;
            }
        }
    }

    public void Dispose() => text.Dispose();

    private void SkipBlankLines()
    {
        for (; _next < _end && _buffer[_next] is '\n' or '\r'; _next++)
        {
            // Of CRLF the CR counts, wherever the buffer was cut: its LF is not a line of its own.
            if (_buffer[_next] is '\r' || _next == 0 || _buffer[_next - 1] is not '\r') _nextLine++;
        }
    }

    /// <summary>Takes the record at <see cref="_start"/> apart; a scan that runs out of characters is repeated with more of them.</summary>
    private Scan ScanRecord()
    {
        var data = _buffer.AsSpan(0, _end);
        var at = _start;
        var innerLines = 0;
        (FieldCount, Fault) = (0, CsvFault.None);
        while (true)
        {
            var from = at;
            var isQuoted = at < data.Length && data[at] is '"';
            var needsUnquoting = false;
            if (isQuoted)
            {
                var closed = FindClosingQuote(data, at + 1, out var hasDoubled);
                if (closed < 0) return _isAtEnd ? Refuse(CsvFault.StrayQuote) : IncompleteFrom(from);
                if (closed + 1 == data.Length && !_isAtEnd) return IncompleteFrom(from); // a doubled quote may have been cut
                var lines = CountLineEnds(data[(at + 1)..closed]);
                at = closed + 1;
                var isClean = at == data.Length || data[at] == delimiter || data[at] is '\n' or '\r';
                if (!isClean && lines > 0) return Refuse(CsvFault.StrayQuote);
                innerLines += lines;
                needsUnquoting = hasDoubled || !isClean;
            }

            var length = data[at..].IndexOfAny(delimiter, '\n', '\r'); // 0 behind a closing quote
            if (length < 0 && !_isAtEnd) return IncompleteFrom(from);
            at = length < 0 ? data.Length : at + length;
            var trimmed = isQuoted && !needsUnquoting ? 1 : 0;
            if (!Add(from + trimmed, at - trimmed, needsUnquoting)) return Scan.Faulty;
            if (at - _start > _limits.RecordLength) return Refuse(CsvFault.RecordTooLong);
            if (at < data.Length && data[at] == delimiter)
            {
                at++;
                continue;
            }
            _recordEnd = at;
            if (at < data.Length)
            {
                if (data[at] is '\r' && at + 1 == data.Length && !_isAtEnd) return Scan.Incomplete; // CRLF may have been cut
                at += data[at] is '\r' && at + 1 < data.Length && data[at + 1] is '\n' ? 2 : 1;
                innerLines++;
            }
            _next = at;
            _nextLine = LineNumber + (countsRecords ? 1 : innerLines);
            return Scan.Complete;
        }
    }

    private bool Add(int from, int to, bool needsUnquoting)
    {
        if (to - from > _limits.FieldLength)
        {
            Refuse(CsvFault.FieldTooLong);
            return false;
        }
        if (FieldCount == _limits.ColumnCount)
        {
            Refuse(CsvFault.TooManyColumns);
            return false;
        }
        if (FieldCount == _fields.Length) Array.Resize(ref _fields, FieldCount * 2);
        _fields[FieldCount++] = new Range(from - _start, to - from, needsUnquoting);
        return true;
    }

    private Scan Refuse(CsvFault fault)
    {
        (Fault, FieldCount) = (fault, 0);
        return Scan.Faulty;
    }

    private Scan IncompleteFrom(int fieldStart)
    {
        if (_end - fieldStart > _limits.FieldLength)
        {
            var isStray = _buffer[fieldStart] is '"' && _buffer.AsSpan(fieldStart, _end - fieldStart).IndexOfAny('\n', '\r') >= 0; // likelier than a cell of many lines
            return Refuse(isStray ? CsvFault.StrayQuote : CsvFault.FieldTooLong);
        }
        return _end - _start > _limits.RecordLength ? Refuse(CsvFault.RecordTooLong) : Scan.Incomplete;
    }

    private static int FindClosingQuote(ReadOnlySpan<char> data, int at, out bool hasDoubled)
    {
        hasDoubled = false;
        while (true)
        {
            var offset = data[at..].IndexOf('"');
            if (offset < 0) return -1;
            at += offset;
            if (at + 1 == data.Length || data[at + 1] is not '"') return at;
            hasDoubled = true;
            at += 2;
        }
    }

    private static int CountLineEnds(ReadOnlySpan<char> text)
    {
        var count = 0;
        while (true)
        {
            var at = text.IndexOfAny('\n', '\r');
            if (at < 0) return count;
            count++;
            at += text[at] is '\r' && at + 1 < text.Length && text[at + 1] is '\n' ? 2 : 1;
            text = text[at..];
        }
    }

    /// <summary>Ends a faulty record with the line on which it began; an endless line is read past without being kept.</summary>
    private void EndWithFirstLine()
    {
        var data = _buffer.AsSpan(_start, _end - _start);
        var length = data.IndexOfAny('\n', '\r');
        _keptRaw = Kept(length < 0 ? data : data[..length]);
        _nextLine = LineNumber;
        if (length >= 0)
        {
            _next = _recordEnd = _start + length; // its line end is skipped, and counted, with the blank lines
            return;
        }
        while (length < 0 && !_isAtEnd)
        {
            _next = _end;
            Fill();
            length = _buffer.AsSpan(0, _end).IndexOfAny('\n', '\r');
        }
        _next = _recordEnd = length < 0 ? _end : length;
    }

    /// <summary>Reads on behind what is kept of the buffer; false when nothing is left.</summary>
    private bool Fill()
    {
        if (_isAtEnd) return false;
        var kept = _end - _next;
        if (_next == 0 && kept == _buffer.Length) Array.Resize(ref _buffer, _buffer.Length * 2);
        else if (_next > 0)
        {
            // The character before stays, so that a cut CRLF is known as one line end.
            var from = _next - 1;
            _buffer.AsSpan(from, kept + 1).CopyTo(_buffer);
            (_next, _end) = (1, kept + 1);
        }
        var before = _end;
        if (_end == _buffer.Length) Array.Resize(ref _buffer, _buffer.Length * 2);
        while (_end < _buffer.Length)
        {
            var count = text.Read(_buffer, _end, _buffer.Length - _end);
            if (count == 0)
            {
                _isAtEnd = true;
                break;
            }
            _end += count;
        }
        _isSuspicious = _buffer.AsSpan(0, _end).IndexOfAny('\0', UndecodableMark) >= 0;
        return _end > before;
    }

    private static CsvFault FaultOf(ReadOnlySpan<char> record)
    {
        if (record.Contains('\0')) return CsvFault.Nul;
        return record.Contains(UndecodableMark) ? CsvFault.Undecodable : CsvFault.None;
    }

    private string Kept(ReadOnlySpan<char> raw)
    {
        var kept = raw[..Math.Min(raw.Length, _limits.RawLength)];
        return kept.Contains(UndecodableMark) ? kept.ToString().Replace(UndecodableMark, '\uFFFD') : kept.ToString();
    }

    private static string Unquote(ReadOnlySpan<char> raw)
    {
        var result = new System.Text.StringBuilder(raw.Length);
        var at = 1;
        for (; at < raw.Length; at++)
        {
            if (raw[at] is '"')
            {
                if (at + 1 >= raw.Length || raw[at + 1] is not '"') break; // the closing one
                at++;
            }
            result.Append(raw[at]);
        }
        if (at < raw.Length) result.Append(raw[(at + 1)..]);
        return result.ToString();
    }

    private readonly record struct Range(int From, int Length, bool NeedsUnquoting);
}
