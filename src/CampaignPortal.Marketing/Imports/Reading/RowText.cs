using System.Text;
using CampaignPortal.Marketing.Common;

namespace CampaignPortal.Marketing.Imports.Reading;

/// <summary>A table of another format, read as the delimited text that it would be: everything behind the reader treats all formats alike.</summary>
/// <remarks>One row is one record, an empty row a blank line; so line numbers are the numbers of rows.</remarks>
internal abstract class RowText : TextReader
{
    public const char Delimiter = ',';

    private readonly StringBuilder _line = new();
    private int _at;

    public override int Read(char[] buffer, int index, int count)
    {
        if (_at == _line.Length)
        {
            _line.Clear();
            _at = 0;
            if (!WriteRow(_line)) return 0;
            _line.Append('\n');
        }
        var taken = Math.Min(count, _line.Length - _at);
        _line.CopyTo(_at, buffer, index, taken);
        _at += taken;
        return taken;
    }

    /// <summary>Writes the next row without its line end; false when there is none.</summary>
    protected abstract bool WriteRow(StringBuilder line);

    protected static void WriteCell(StringBuilder line, string text) => line.Append(CsvText.Quoted(text, Delimiter));
}
