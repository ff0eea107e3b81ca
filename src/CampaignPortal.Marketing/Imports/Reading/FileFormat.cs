using System.Buffers;
using CampaignPortal.Marketing.Common;

namespace CampaignPortal.Marketing.Imports.Reading;

/// <summary>How a file is to be read; every part is a guess that a person may overrule before anything is written.</summary>
/// <param name="Encoding">Name of the encoding, such as <c>utf-8</c>, <c>utf-16</c>, <c>gb18030</c>.</param>
/// <param name="HasHeader">Whether the first record names the columns.</param>
public sealed record FileFormat(string Encoding, char Delimiter, bool HasHeader)
{
    /// <summary>Opens the text of the source, unpacked and decoded, behind its byte order mark.</summary>
    /// <param name="opened">The stream as it lies, whose position tells the progress.</param>
    internal CsvReader Open(ImportSource source, out Stream opened, CsvLimits? limits = null)
    {
        opened = source.Open();
        var encoding = TextDetection.Find(Encoding) ?? throw new InvalidOperationException($"The encoding {Encoding} is not known.");
        var stream = ImportSource.Unpack(opened);
        var mark = new byte[4];
        var count = stream.ReadAtLeast(mark, mark.Length, throwOnEndOfStream: false);
        var head = mark.AsMemory(TextDetection.MarkLengthOf(mark.AsSpan(0, count), encoding)..count);
        return new CsvReader(new StreamReader(new PrefixedStream(head, stream), encoding, detectEncodingFromByteOrderMarks: false, 1 << 16), Delimiter, limits);
    }
}

/// <summary>What a first look at a file shows.</summary>
/// <param name="Columns">Names of the columns, each once: a repeated name gets a number, a missing one its position.</param>
/// <param name="Sample">The first rows, as texts.</param>
/// <param name="RepeatedColumns">Names that the header holds more than once.</param>
public sealed record FilePreview(FileFormat Format, IReadOnlyList<string> Columns, IReadOnlyList<string[]> Sample, IReadOnlyList<string> RepeatedColumns);

/// <summary>What a person says about a file instead of the guess; null leaves the guess.</summary>
public sealed record FormatOverride(string? Encoding = null, char? Delimiter = null, bool? HasHeader = null);

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
            return Problem.At("file", $"{source.Name} begins like a gzip file, but cannot be unpacked ({e.Message}) Pack or copy it again.");
        }
    }

    private static Result<FilePreview> LookAt(ImportSource source, FormatOverride stated)
    {
        var bytes = ReadSample(source, out var isWhole);
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
        var delimiter = stated.Delimiter ?? DelimiterDetection.Detect(sample);
        var rows = ReadRows(sample, delimiter);
        if (rows.Count is 0)
        {
            return Problem.At("file", $"The first lines of {source.Name} cannot be taken apart into cells: a quote is not closed, or a line is longer than {CsvLimits.Default.FieldLength:N0} characters. Is this a table of text?");
        }

        var hasHeader = stated.HasHeader ?? HeaderDetection.IsHeader(rows[0], rows.Skip(1).Take(20));
        var columns = HeaderDetection.Name(rows[0], hasHeader, out var repeated);
        if (hasHeader) rows.RemoveAt(0);
        return new FilePreview(new FileFormat(encoding.WebName, delimiter, hasHeader), columns, rows, repeated);
    }

    private static byte[] ReadSample(ImportSource source, out bool isWhole)
    {
        using var opened = source.Open();
        if (opened.Length is 0)
        {
            isWhole = true;
            return [];
        }
        using var stream = ImportSource.Unpack(opened);
        var buffer = ArrayPool<byte>.Shared.Rent(SampleByteCount);
        var count = stream.ReadAtLeast(buffer.AsSpan(0, SampleByteCount), SampleByteCount, throwOnEndOfStream: false);
        isWhole = count < SampleByteCount;
        var sample = buffer[..count];
        ArrayPool<byte>.Shared.Return(buffer);
        return sample;
    }

    private static List<string[]> ReadRows(string sample, char delimiter)
    {
        var reader = new CsvReader(new StringReader(sample), delimiter);
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
