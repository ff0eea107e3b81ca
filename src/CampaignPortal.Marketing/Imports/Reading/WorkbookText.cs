using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Xml;
using ExcelDataReader;

namespace CampaignPortal.Marketing.Imports.Reading;

/// <summary>One sheet of an Excel workbook (XLSX), row by row.</summary>
/// <remarks>
/// Numbers are written with a decimal point and dates as ISO, whatever the cell's format shows: the value counts, not its looks. The cells of a
/// merged range all hold its value, because a merged order number belongs to each of its rows. An error such as <c>#N/A</c> is an empty cell.
/// </remarks>
internal sealed class WorkbookText : RowText
{
    // The reader keeps all shared texts in memory; sheets are streamed.
    private const long LargestTexts = 512L << 20, LargestUnpacked = 8L << 30, LeastSuspicious = 64L << 20;
    private const int LargestRatio = 200;
    private const string Contents = "xl/workbook.xml", SharedTexts = "xl/sharedStrings.xml";

    private readonly IExcelDataReader _reader;
    private readonly Dictionary<(int Row, int Column), CellRange> _mergedCells = [];
    private readonly Dictionary<CellRange, string> _mergedValues = [];
    private int _row = -1;

    static WorkbookText() => CodePages.Register(); // the package asks for Windows-1252 before it looks at the file

    private WorkbookText(IExcelDataReader reader)
    {
        _reader = reader;
        foreach (var range in reader.MergeCells ?? [])
        {
            for (var row = range.FromRow; row <= Math.Min(range.ToRow, range.FromRow + 10_000); row++)
            {
                for (var column = range.FromColumn; column <= Math.Min(range.ToColumn, range.FromColumn + 1_000); column++) _mergedCells[(row, column)] = range;
            }
        }
    }

    /// <summary>Whether the archive is a workbook and no other packed file.</summary>
    public static bool IsWorkbook(ZipArchive archive) => archive.GetEntry(Contents) is not null;

    /// <summary>Why the workbook must not be opened: it would unpack to more than memory and patience hold. Null when it may.</summary>
    public static string? WhyTooLarge(ZipArchive archive)
    {
        // Entries never unpack to more than their directory states: the framework ends them there.
        if (archive.Entries.Sum(e => e.Length) > LargestUnpacked || archive.GetEntry(SharedTexts) is { Length: > LargestTexts }) return "unpacks to more than a workbook should hold";
        return archive.Entries.Any(e => e.Length > LeastSuspicious && e.Length / Math.Max(1, e.CompressedLength) > LargestRatio)
            ? "is packed so densely that it can hardly be a table"
            : null;
    }

    /// <summary>Names of the sheets, in order.</summary>
    /// <exception cref="InvalidDataException">The file is damaged or protected by a password.</exception>
    public static IReadOnlyList<string> Sheets(Stream stream) => Guard(() =>
    {
        using var reader = ExcelReaderFactory.CreateOpenXmlReader(stream, new ExcelReaderConfiguration { LeaveOpen = true });
        var names = new List<string>();
        do
        {
            names.Add(reader.Name);
        }
        while (reader.NextResult());
        return names;
    });

    /// <summary>Opens the sheet of that name, the first when there is none; the stream is closed with it.</summary>
    /// <exception cref="InvalidDataException">The file is damaged or protected by a password.</exception>
    public static WorkbookText Open(Stream stream, string? sheet) => Guard(() =>
    {
        var reader = ExcelReaderFactory.CreateOpenXmlReader(stream);
        if (sheet is not null)
        {
            while (reader.Name != sheet && reader.NextResult())
            {
            }
        }
        return new WorkbookText(reader);
    });

    protected override bool WriteRow(StringBuilder line)
    {
        if (!Guard(_reader.Read)) return false;
        _row++;
        var hasText = false;
        for (var column = 0; column < _reader.FieldCount; column++)
        {
            if (column > 0) line.Append(Delimiter);
            var text = TextAt(column);
            hasText |= text.Length > 0;
            WriteCell(line, text);
        }
        if (!hasText) line.Clear();
        return true;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing) _reader.Dispose();
        base.Dispose(disposing);
    }

    private string TextAt(int column)
    {
        var text = Write(_reader.GetValue(column));
        if (!_mergedCells.TryGetValue((_row, column), out var range)) return text;
        if (text.Length > 0) _mergedValues.TryAdd(range, text);
        return _mergedValues.GetValueOrDefault(range, "");
    }

    private static string Write(object? value) => value switch
    {
        null => "",
        string text => text,
        double number => WriteNumber(number),
        DateTime at when at.TimeOfDay == TimeSpan.Zero => at.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        DateTime at => Rounded(at).ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture),
        TimeSpan time => time.ToString("c", CultureInfo.InvariantCulture),
        bool flag => flag ? "true" : "false",
        _ => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "",
    };

    // Numbers of 15 digits are all that a sheet holds: 19.900000000000002 was 19.9, and 17850 is no 1.785E+04.
    private static string WriteNumber(double number) =>
        Math.Abs(number) < 1e15 ? ((decimal)number).ToString("0.##########", CultureInfo.InvariantCulture) : number.ToString("F0", CultureInfo.InvariantCulture);

    // A day is a number in a sheet, so 14:30 may come as 14:29:59.9999.
    private static DateTime Rounded(DateTime at) => new((at.Ticks + TimeSpan.TicksPerMillisecond * 500) / TimeSpan.TicksPerSecond * TimeSpan.TicksPerSecond);

    private static T Guard<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception e) when (e is ExcelDataReader.Exceptions.ExcelReaderException or XmlException or FormatException or ArgumentException or NullReferenceException or IndexOutOfRangeException)
        {
            throw new InvalidDataException("The workbook is damaged or protected by a password.", e); // the package lets its own slips through, so they are caught here too
        }
    }
}
