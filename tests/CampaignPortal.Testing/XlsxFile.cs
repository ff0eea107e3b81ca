using System.Globalization;
using System.IO.Compression;
using System.Security;
using System.Text;

namespace CampaignPortal.Testing;

/// <summary>Writes the smallest workbooks that a test needs: texts, numbers, dates, truth values, merged cells, several sheets.</summary>
public sealed class XlsxFile
{
    private const string Sheets = "http://schemas.openxmlformats.org/spreadsheetml/2006/main", Relations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";

    private readonly List<(string Name, string Rows, string Merged)> _sheets = [];

    /// <summary>Adds a sheet; a cell is a text, a number, a moment, a truth value or null.</summary>
    /// <param name="merged">Ranges such as <c>A2:A3</c>.</param>
    public XlsxFile Sheet(string name, IEnumerable<object?[]> rows, params string[] merged)
    {
        var text = new StringBuilder();
        var number = 0;
        foreach (var row in rows)
        {
            number++;
            text.Append(CultureInfo.InvariantCulture, $"<row r=\"{number}\">");
            for (var i = 0; i < row.Length; i++) text.Append(Cell(row[i], $"{(char)('A' + i)}{number}"));
            text.Append("</row>");
        }
        _sheets.Add((name, text.ToString(), merged.Length is 0 ? "" : $"<mergeCells>{string.Concat(merged.Select(m => $"<mergeCell ref=\"{m}\"/>"))}</mergeCells>"));
        return this;
    }

    public byte[] ToBytes()
    {
        using var file = new MemoryStream();
        using (var archive = new ZipArchive(file, ZipArchiveMode.Create, leaveOpen: true))
        {
            Add(archive, "[Content_Types].xml", "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\"><Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/><Default Extension=\"xml\" ContentType=\"application/xml\"/></Types>");
            Add(archive, "_rels/.rels", $"<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\"><Relationship Id=\"r1\" Type=\"{Relations}/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>");
            Add(archive, "xl/workbook.xml", $"<workbook xmlns=\"{Sheets}\" xmlns:r=\"{Relations}\"><sheets>{string.Concat(_sheets.Select((s, i) => $"<sheet name=\"{s.Name}\" sheetId=\"{i + 1}\" r:id=\"s{i + 1}\"/>"))}</sheets></workbook>");
            Add(archive, "xl/_rels/workbook.xml.rels", $"<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">{string.Concat(_sheets.Select((_, i) => $"<Relationship Id=\"s{i + 1}\" Type=\"{Relations}/worksheet\" Target=\"worksheets/sheet{i + 1}.xml\"/>"))}<Relationship Id=\"st\" Type=\"{Relations}/styles\" Target=\"styles.xml\"/></Relationships>");
            // Style 0 is general, 1 a date (format 14), 2 a moment (22), 3 a number with thousands and two decimals (4).
            Add(archive, "xl/styles.xml", $"<styleSheet xmlns=\"{Sheets}\"><cellXfs count=\"4\"><xf numFmtId=\"0\"/><xf numFmtId=\"14\" applyNumberFormat=\"1\"/><xf numFmtId=\"22\" applyNumberFormat=\"1\"/><xf numFmtId=\"4\" applyNumberFormat=\"1\"/></cellXfs></styleSheet>");
            for (var i = 0; i < _sheets.Count; i++) Add(archive, $"xl/worksheets/sheet{i + 1}.xml", $"<worksheet xmlns=\"{Sheets}\"><sheetData>{_sheets[i].Rows}</sheetData>{_sheets[i].Merged}</worksheet>");
        }
        return file.ToArray();
    }

    private static string Cell(object? value, string at) => value switch
    {
        null => "",
        string text => $"<c r=\"{at}\" t=\"inlineStr\"><is><t xml:space=\"preserve\">{SecurityElement.Escape(text)}</t></is></c>",
        bool flag => $"<c r=\"{at}\" t=\"b\"><v>{(flag ? 1 : 0)}</v></c>",
        DateTime day => string.Create(CultureInfo.InvariantCulture, $"<c r=\"{at}\" s=\"{(day.TimeOfDay == TimeSpan.Zero ? 1 : 2)}\"><v>{day.ToOADate()}</v></c>"),
        decimal money => string.Create(CultureInfo.InvariantCulture, $"<c r=\"{at}\" s=\"3\"><v>{(double)money:R}</v></c>"),
        _ => string.Create(CultureInfo.InvariantCulture, $"<c r=\"{at}\"><v>{value}</v></c>"),
    };

    private static void Add(ZipArchive archive, string name, string content)
    {
        using var writer = new StreamWriter(archive.CreateEntry(name).Open());
        writer.Write("<?xml version=\"1.0\" encoding=\"UTF-8\"?>" + content);
    }
}
