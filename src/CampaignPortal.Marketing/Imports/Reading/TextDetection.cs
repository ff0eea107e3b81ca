using System.Text;
using System.Text.Unicode;

namespace CampaignPortal.Marketing.Imports.Reading;

/// <summary>Guesses how the bytes of a file are to be read.</summary>
internal static class TextDetection
{
    private static readonly (byte[] Magic, string Name)[] KnownBinaries =
    [
        ([0x50, 0x4B, 0x03, 0x04], "a ZIP archive or an Excel workbook"), ([0xD0, 0xCF, 0x11, 0xE0], "an old Excel or Office file"), ([0x25, 0x50, 0x44, 0x46], "a PDF"),
        ([0x89, 0x50, 0x4E, 0x47], "a PNG picture"), ([0xFF, 0xD8, 0xFF], "a JPEG picture"), ("GIF8"u8.ToArray(), "a GIF picture"), ([0x7F, 0x45, 0x4C, 0x46], "a program"),
        ("PAR1"u8.ToArray(), "a Parquet file"), ("SQLite format 3"u8.ToArray(), "a SQLite database"), ([0x28, 0xB5, 0x2F, 0xFD], "a Zstandard archive"), ([0x37, 0x7A, 0xBC, 0xAF], "a 7-Zip archive"),
    ];

    static TextDetection() => CodePages.Register();

    /// <summary>What the bytes are when they are surely no text, in words; null otherwise.</summary>
    public static string? NameBinary(ReadOnlySpan<byte> sample)
    {
        foreach (var (magic, name) in KnownBinaries)
        {
            if (sample.StartsWith(magic)) return name;
        }
        if (BomOf(sample) is not null || Utf16Without(sample) is not null) return null;
        var controls = 0;
        foreach (var b in sample)
        {
            if (b < 0x20 && b is not ((byte)'\t' or (byte)'\n' or (byte)'\r' or 0x0C)) controls++;
        }
        return controls >= 4 && controls * 20 > sample.Length ? "binary data" : null; // random bytes hold one in ten
    }

    /// <summary>The encoding of a text, by its mark, its pattern of zeros, strict UTF-8, or the look of its high bytes.</summary>
    public static (Encoding Encoding, int MarkLength) Detect(ReadOnlySpan<byte> sample, bool isWhole)
    {
        if (BomOf(sample) is { } marked) return marked;
        if (Utf16Without(sample) is { } utf16) return (utf16, 0);
        if (IsUtf8(sample, isWhole)) return (Encoding.UTF8, 0);
        return (LooksChinese(sample, isWhole) ? Named("gb18030") : Named("windows-1252"), 0);
    }

    /// <summary>The encoding of that name, decoding what it does not know as <see cref="CsvReader.UndecodableMark"/>; null when there is none.</summary>
    public static Encoding? Find(string name)
    {
        try
        {
            return Named(name);
        }
        catch (ArgumentException)
        {
            return null;
        }
    }

    /// <summary>Length of the mark at the start that belongs to <paramref name="encoding"/>.</summary>
    public static int MarkLengthOf(ReadOnlySpan<byte> sample, Encoding encoding) =>
        BomOf(sample) is { } found && found.Encoding.CodePage == encoding.CodePage ? found.MarkLength : 0;

    private static Encoding Named(string name) => Encoding.GetEncoding(name, EncoderFallback.ReplacementFallback, new DecoderReplacementFallback(CsvReader.UndecodableMark.ToString()));

    private static (Encoding Encoding, int MarkLength)? BomOf(ReadOnlySpan<byte> sample) => sample switch
    {
        [0xEF, 0xBB, 0xBF, ..] => (Named("utf-8"), 3),
        [0xFF, 0xFE, 0, 0, ..] => (Named("utf-32"), 4),
        [0xFF, 0xFE, ..] => (Named("utf-16"), 2),
        [0xFE, 0xFF, ..] => (Named("utf-16BE"), 2),
        _ => null,
    };

    /// <summary>UTF-16 without a mark: delimiters, digits and line ends leave zeros, and only in every second byte.</summary>
    private static Encoding? Utf16Without(ReadOnlySpan<byte> sample)
    {
        var pairs = sample.Length / 2;
        if (pairs < 2) return null;
        int even = 0, odd = 0;
        for (var i = 0; i + 1 < sample.Length; i += 2)
        {
            if (sample[i] is 0) even++;
            if (sample[i + 1] is 0) odd++;
        }
        if (odd * 20 >= pairs && even * 20 < odd) return Named("utf-16");
        return even * 20 >= pairs && odd * 20 < even ? Named("utf-16BE") : null;
    }

    private static bool IsUtf8(ReadOnlySpan<byte> sample, bool isWhole)
    {
        if (Utf8.IsValid(sample)) return true;
        if (isWhole) return false;
        for (var cut = 1; cut <= 3; cut++) // the sample may end inside a character
        {
            if (sample.Length > cut && Utf8.IsValid(sample[..^cut])) return true;
        }
        return false;
    }

    /// <summary>Chinese text in GB18030 comes in pairs of high bytes; a Western code page has its accents one by one between letters.</summary>
    private static bool LooksChinese(ReadOnlySpan<byte> sample, bool isWhole)
    {
        int pairs = 0, singles = 0;
        for (var i = 0; i < sample.Length; i++)
        {
            if (sample[i] < 0x81) continue;
            if (i + 1 == sample.Length)
            {
                if (isWhole) singles++;
            }
            else if (sample[i + 1] >= 0xA1) pairs++;
            else if (sample[i + 1] is >= 0x30 and <= 0x39 && i + 3 < sample.Length && sample[i + 2] >= 0x81 && sample[i + 3] is >= 0x30 and <= 0x39)
            {
                pairs++; // four bytes
                i += 2;
            }
            else if (sample[i + 1] >= 0x80) pairs++;
            else singles++;
            i++;
        }
        return pairs > singles * 2;
    }
}
