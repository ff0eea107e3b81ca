namespace CampaignPortal.Marketing.Imports.Reading;

/// <summary>What kind of table a file is.</summary>
public enum FileKind : byte
{
    /// <summary>Text with a delimiter: CSV, TSV.</summary>
    Delimited,
    /// <summary>An Excel workbook (XLSX).</summary>
    Workbook,
    /// <summary>One JSON object a line.</summary>
    JsonLines,
}

/// <summary>How a file is to be read; every part is a guess that a person may overrule before anything is written.</summary>
/// <param name="Encoding">Name of the encoding, such as <c>utf-8</c>, <c>utf-16</c>, <c>gb18030</c>.</param>
/// <param name="HasHeader">Whether the first record names the columns.</param>
public sealed record FileFormat(string Encoding, char Delimiter, bool HasHeader)
{
    public FileKind Kind { get; init; }

    /// <summary>The sheet of a workbook or the file in an archive; null where there is but one table.</summary>
    public string? Part { get; init; }

    /// <summary>Opens the text of the source, unpacked and decoded, behind its byte order mark.</summary>
    /// <param name="opened">The stream as it lies, whose position tells the progress.</param>
    /// <exception cref="InvalidDataException">The packed file is damaged.</exception>
    internal CsvReader Open(ImportSource source, out Stream opened, CsvLimits? limits = null)
    {
        opened = source.Open();
        switch (Kind)
        {
            case FileKind.Workbook:
                return new CsvReader(WorkbookText.Open(opened, Part), RowText.Delimiter, limits, countsRecords: true);
            case FileKind.JsonLines:
                IReadOnlyList<string> columns;
                using (var sample = OpenText(source.Open())) columns = JsonLinesText.ColumnsOf(sample);
                return new CsvReader(new JsonLinesText(OpenText(opened), columns), RowText.Delimiter, limits, countsRecords: true);
            default:
                return new CsvReader(OpenText(opened), Delimiter, limits);
        }
    }

    private StreamReader OpenText(Stream opened)
    {
        var encoding = TextDetection.Find(Encoding) ?? throw new InvalidOperationException($"The encoding {Encoding} is not known.");
        var stream = ImportSource.Unpack(opened, Part);
        var mark = new byte[4];
        var count = stream.ReadAtLeast(mark, mark.Length, throwOnEndOfStream: false);
        var head = mark.AsMemory(TextDetection.MarkLengthOf(mark.AsSpan(0, count), encoding)..count);
        return new StreamReader(new PrefixedStream(head, stream), encoding, detectEncodingFromByteOrderMarks: false, 1 << 16);
    }
}
