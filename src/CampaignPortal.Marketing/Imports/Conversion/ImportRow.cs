using CampaignPortal.Marketing.Events;
using CampaignPortal.Marketing.Imports.Reading;

namespace CampaignPortal.Marketing.Imports.Conversion;

/// <summary>A row on its way through an import: the cells as read, or as a person chose to mend them.</summary>
internal sealed class ImportRow(CsvReader reader, int columnCount)
{
    private readonly string?[] _mended = new string?[columnCount];
    private bool _isMended;

    public long LineNumber => reader.LineNumber;

    public string Raw => reader.Raw;

    public int Length => reader.RecordLength;

    /// <summary>A cell without surrounding blanks; empty for the column −1.</summary>
    public ReadOnlySpan<char> this[int column] => column < 0 ? default : _isMended && _mended[column] is { } value ? value : reader[column].Trim();

    /// <summary>Goes to the next row; false at the end.</summary>
    public bool Read()
    {
        if (_isMended)
        {
            Array.Clear(_mended);
            _isMended = false;
        }
        return reader.Read();
    }

    public void Mend(int column, string value) => (_mended[column], _isMended) = (value, true);

    /// <summary>Why the row cannot be taken apart into the file's columns, or null.</summary>
    public Refusal? CheckShape()
    {
        if (reader.Fault is not CsvFault.None) return Explain(reader.Fault);
        if (reader.FieldCount == columnCount) return null;
        for (var i = columnCount; i < reader.FieldCount; i++)
        {
            if (reader[i].Trim().Length > 0) return WrongWidth();
        }
        return reader.FieldCount < columnCount ? WrongWidth() : null; // empty cells at the end are harmless
    }

    private Refusal WrongWidth() => new(QuarantineReasons.FieldMissing, null, $"The row has {reader.FieldCount} cells where the header has {columnCount}; a delimiter or a quote may be missing.");

    private static Refusal Explain(CsvFault fault)
    {
        var limits = CsvLimits.Default;
        return fault switch
        {
            CsvFault.StrayQuote => new(QuarantineReasons.FieldType, null, "A quote is opened on this line and not closed where a cell ends. Double the quotes inside a quoted cell."),
            CsvFault.FieldTooLong => new(QuarantineReasons.FieldLength, null, $"A cell is longer than {limits.FieldLength:N0} characters."),
            CsvFault.RecordTooLong => new(QuarantineReasons.FieldLength, null, $"The line is longer than {limits.RecordLength:N0} characters."),
            CsvFault.TooManyColumns => new(QuarantineReasons.FieldLength, null, $"The line has more than {limits.ColumnCount:N0} cells."),
            CsvFault.Nul => new(QuarantineReasons.TextEncoding, null, "The line holds the character NUL, which is no text."),
            CsvFault.Undecodable => new(QuarantineReasons.TextEncoding, null, "The line holds bytes that are no text in the file's encoding. Check the encoding, or mend the line."),
            CsvFault.None => throw new ArgumentOutOfRangeException(nameof(fault)),
            _ => throw new ArgumentOutOfRangeException(nameof(fault)),
        };
    }
}

/// <summary>Why a row was refused.</summary>
/// <param name="Reason">One of <see cref="QuarantineReasons"/>.</param>
/// <param name="Field">The column, by its name in the file.</param>
internal sealed record Refusal(string Reason, string? Field, string Detail);
