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

    /// <summary>The cell as it stands in a file that a program reads: quoted where it must be, otherwise untouched.</summary>
    /// <param name="delimiter">Between two cells of the file.</param>
    public static string Quoted(string cell, char delimiter = ',') =>
        cell.AsSpan().IndexOfAny(NeedQuotes) < 0 && !cell.Contains(delimiter, StringComparison.Ordinal) ? cell : $"\"{cell.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    /// <summary>One line with its line end, for people: what a spreadsheet would run as a formula becomes text.</summary>
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

    // A spreadsheet runs what begins like a formula, quoted or not; the apostrophe makes it text (OWASP, CSV injection).
    private static void AppendCell(StringBuilder text, string cell)
    {
        if (LooksLikeFormula(cell)) text.Append("\"'").Append(cell.Replace("\"", "\"\"", StringComparison.Ordinal)).Append('"');
        else text.Append(Quoted(cell));
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
