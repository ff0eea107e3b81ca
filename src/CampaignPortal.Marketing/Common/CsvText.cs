using System.Buffers;
using System.Text;

namespace CampaignPortal.Marketing.Common;

/// <summary>Writes tables as comma-separated text (RFC 4180) that a spreadsheet opens as it was meant.</summary>
public static class CsvText
{
    private static readonly SearchValues<char> NeedQuotes = SearchValues.Create(",\"\r\n");
    private static readonly SearchValues<char> OfNumbers = SearchValues.Create("0123456789., %\u00A0\u202F");

    /// <summary>The whole table as a file: UTF-8 with a byte order mark, without which spreadsheets misread Chinese.</summary>
    public static byte[] File(IEnumerable<string> columns, IEnumerable<IEnumerable<string>> rows)
    {
        var text = new StringBuilder("\uFEFF");
        AppendRow(text, columns);
        foreach (var row in rows) AppendRow(text, row);
        return Encoding.UTF8.GetBytes(text.ToString());
    }

    /// <summary>One line with its line end.</summary>
    public static void AppendRow(StringBuilder text, IEnumerable<string> cells)
    {
        var isFirst = true;
        foreach (var cell in cells)
        {
            if (!isFirst) text.Append(',');
            isFirst = false;
            AppendCell(text, cell);
        }
        text.Append("\r\n");
    }

    private static void AppendCell(StringBuilder text, string cell)
    {
        var isFormula = LooksLikeFormula(cell);
        if (!isFormula && cell.AsSpan().IndexOfAny(NeedQuotes) < 0)
        {
            text.Append(cell);
            return;
        }
        text.Append('"');
        // A spreadsheet runs what begins like a formula, quoted or not; the apostrophe makes it text (OWASP, CSV injection).
        if (isFormula) text.Append('\'');
        text.Append(cell.Replace("\"", "\"\"", StringComparison.Ordinal)).Append('"');
    }

    private static bool LooksLikeFormula(string cell) => cell.Length > 0 && cell[0] switch
    {
        '=' or '@' or '\t' or '\r' => true,
        '+' or '-' => !IsNumber(cell),
        _ => false,
    };

    // "-12.50" and "+4 %" are figures; "-2+3" and "+cmd" are not.
    private static bool IsNumber(string cell) => cell.AsSpan(1).IndexOfAnyExcept(OfNumbers) < 0;
}
