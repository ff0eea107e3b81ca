using System.Buffers;
using System.IO.Compression;
using CampaignPortal.Marketing.Common;

namespace CampaignPortal.Marketing.Imports.Reading;

/// <summary>What a first look at a file shows.</summary>
/// <param name="Columns">Names of the columns, each once: a repeated name gets a number, a missing one its position.</param>
/// <param name="Sample">The first rows, as texts.</param>
/// <param name="RepeatedColumns">Names that the header holds more than once.</param>
public sealed record FilePreview(FileFormat Format, IReadOnlyList<string> Columns, IReadOnlyList<string[]> Sample, IReadOnlyList<string> RepeatedColumns)
{
    /// <summary>Sheets of a workbook or tables of an archive, to choose one; empty where there is but one.</summary>
    public IReadOnlyList<string> Parts { get; init; } = [];
}

/// <summary>What a person says about a file instead of the guess; null leaves the guess.</summary>
/// <param name="Part">The sheet of a workbook or the file in an archive.</param>
public sealed record FormatOverride(string? Encoding = null, char? Delimiter = null, bool? HasHeader = null, string? Part = null)
{
    /// <summary>Settled for a plan that was made; null lets the start of the file tell.</summary>
    internal FileKind? Kind { get; init; }

    internal static FormatOverride Of(FileFormat format) => new(format.Encoding, format.Delimiter, format.HasHeader, format.Part) { Kind = format.Kind };
}

/// <summary>Looks at the start of a file.</summary>
public static class FileProbe
{
    private const int SampleByteCount = 1 << 18;
    private const int SampleRowCount = 1_000;

    /// <summary>Detects packing, encoding, delimiter and header, and reads the first rows; a problem when the file is no table of text.</summary>
    public static Result<FilePreview> Look(ImportSource source, FormatOverride? stated = null)
    {
        try
        {
            return LookAt(source, stated ?? new FormatOverride());
        }
        catch (FileNotFoundException)
        {
            return Problem.At("file", $"There is no file {source.Name}. Check the path.");
        }
        catch (InvalidDataException e)
        {
            return Problem.At("file", $"{source.Name} cannot be unpacked ({e.Message}) Pack or copy it again.");
        }
    }

    private static Result<FilePreview> LookAt(ImportSource source, FormatOverride stated)
    {
        if (!IsZip(source)) return LookAtText(source, stated, []);
        IReadOnlyList<string> tables;
        using (var stream = source.Open())
        using (var archive = new ZipArchive(stream, ZipArchiveMode.Read, leaveOpen: true))
        {
            if (WorkbookText.IsWorkbook(archive))
            {
                if (WorkbookText.WhyTooLarge(archive) is { } reason) return Problem.At("file", $"{source.Name} {reason}. Save the sheet as CSV (UTF-8) and import that file.");
                stream.Position = 0;
                return LookAtWorkbook(source, stated, WorkbookText.Sheets(stream));
            }
            tables = ZipFiles.Tables(archive);
        }
        if (tables.Count is 0) return Problem.At("file", $"{source.Name} holds no table of text (CSV, TSV or JSON lines). Unpack it and import its file.");
        if (stated.Part is { } part && !tables.Contains(part, StringComparer.Ordinal)) return Problem.At("part", $"{source.Name} holds no file {part}. It holds {string.Join(", ", tables.Take(20))}.");
        return LookAtText(source, stated with { Part = stated.Part ?? tables[0] }, tables);
    }

    private static bool IsZip(ImportSource source)
    {
        using var stream = source.Open();
        Span<byte> start = stackalloc byte[4];
        return ZipFiles.IsZip(start[..stream.ReadAtLeast(start, 4, throwOnEndOfStream: false)]);
    }

    private static Result<FilePreview> LookAtWorkbook(ImportSource source, FormatOverride stated, IReadOnlyList<string> sheets)
    {
        if (stated.Part is { } part && !sheets.Contains(part, StringComparer.Ordinal)) return Problem.At("part", $"{source.Name} has no sheet {part}. Its sheets are {string.Join(", ", sheets.Take(20))}.");
        var format = new FileFormat("utf-8", RowText.Delimiter, true) { Kind = FileKind.Workbook, Part = stated.Part ?? sheets[0] };
        using var reader = format.Open(source, out _);
        return PreviewOf(source, format, ReadRows(reader), stated, sheets);
    }

    private static Result<FilePreview> LookAtText(ImportSource source, FormatOverride stated, IReadOnlyList<string> parts)
    {
        var bytes = ReadSample(source, stated.Part, out var isWhole);
        if (bytes.Length is 0) return Problem.At("file", $"{source.Name} is empty. A table with a header and at least one row was expected.");
        if (TextDetection.NameBinary(bytes) is { } binary)
            return Problem.At("file", $"{source.Name} is {binary}, not text. Save the table as CSV (UTF-8) and import that file.");

        var (encoding, markLength) = TextDetection.Detect(bytes, isWhole);
        if (stated.Encoding is { } name)
        {
            if (TextDetection.Find(name) is not { } chosen) return Problem.At("encoding", $"The encoding {name} is not known. Use utf-8, utf-16, gb18030 or windows-1252.");
            (encoding, markLength) = (chosen, TextDetection.MarkLengthOf(bytes, chosen));
        }
        var sample = encoding.GetString(bytes, markLength, bytes.Length - markLength);
        if (string.IsNullOrWhiteSpace(sample)) return Problem.At("file", $"{source.Name} holds blank lines only. A table with a header and at least one row was expected.");
        if (!isWhole && sample.LastIndexOfAny(['\n', '\r']) is var end and > 0) sample = sample[..end]; // the last row is cut
        if (stated.Kind is FileKind.JsonLines || (stated.Kind is null && stated.Delimiter is null && JsonLinesText.LooksLike(sample)))
        {
            var lines = new FileFormat(encoding.WebName, RowText.Delimiter, true) { Kind = FileKind.JsonLines, Part = stated.Part };
            using var reader = lines.Open(source, out _);
            return PreviewOf(source, lines, ReadRows(reader), stated with { HasHeader = true }, parts);
        }
        var delimiter = stated.Delimiter ?? DelimiterDetection.Detect(sample);
        using var text = new CsvReader(new StringReader(sample), delimiter);
        return PreviewOf(source, new FileFormat(encoding.WebName, delimiter, true) { Part = stated.Part }, ReadRows(text), stated, parts);
    }

    private static Result<FilePreview> PreviewOf(ImportSource source, FileFormat format, List<string[]> rows, FormatOverride stated, IReadOnlyList<string> parts)
    {
        if (rows.Count is 0)
        {
            return Problem.At("file", $"The first lines of {source.Name} cannot be taken apart into cells: a quote is not closed, or a line is longer than {CsvLimits.Default.FieldLength:N0} characters. Is this a table of text?");
        }
        var hasHeader = stated.HasHeader ?? HeaderDetection.IsHeader(rows[0], rows.Skip(1).Take(20));
        var columns = HeaderDetection.Name(rows[0], hasHeader, out var repeated);
        if (hasHeader) rows.RemoveAt(0);
        return new FilePreview(format with { HasHeader = hasHeader }, columns, rows, repeated) { Parts = parts };
    }

    private static byte[] ReadSample(ImportSource source, string? part, out bool isWhole)
    {
        using var opened = source.Open();
        if (opened.Length is 0)
        {
            isWhole = true;
            return [];
        }
        using var stream = ImportSource.Unpack(opened, part);
        var buffer = ArrayPool<byte>.Shared.Rent(SampleByteCount);
        var count = stream.ReadAtLeast(buffer.AsSpan(0, SampleByteCount), SampleByteCount, throwOnEndOfStream: false);
        isWhole = count < SampleByteCount;
        var sample = buffer[..count];
        ArrayPool<byte>.Shared.Return(buffer);
        return sample;
    }

    private static List<string[]> ReadRows(CsvReader reader)
    {
        var rows = new List<string[]>();
        while (rows.Count < SampleRowCount && reader.Read())
        {
            if (reader.Fault is not CsvFault.None && reader.FieldCount is 0) continue;
            var row = new string[reader.FieldCount];
            for (var i = 0; i < row.Length; i++) row[i] = reader[i].Trim().ToString();
            rows.Add(row);
        }
        return rows;
    }
}
