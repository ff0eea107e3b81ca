using System.IO.Compression;

namespace CampaignPortal.Marketing.Imports.Reading;

/// <summary>Tables in a ZIP archive, such as the export of a mailing tool: one of them is read at a time.</summary>
internal static class ZipFiles
{
    private static readonly string[] TableEndings = [".csv", ".tsv", ".txt", ".jsonl", ".ndjson", ".json"];

    public static bool IsZip(ReadOnlySpan<byte> start) => start is [0x50, 0x4B, 0x03, 0x04, ..];

    /// <summary>Names of the tables, the largest first.</summary>
    public static IReadOnlyList<string> Tables(ZipArchive archive) =>
        [.. archive.Entries.Where(e => IsTable(e.FullName)).OrderByDescending(e => e.Length).ThenBy(e => e.FullName, StringComparer.Ordinal).Select(e => e.FullName)];

    /// <summary>The unpacked bytes of the table of that name, or of the largest one.</summary>
    /// <exception cref="InvalidDataException">The archive is damaged, or holds no such table.</exception>
    public static Stream Open(Stream packed, string? name)
    {
        var archive = new ZipArchive(packed, ZipArchiveMode.Read);
        var wanted = name ?? (Tables(archive) is [var largest, ..] ? largest : null);
        if (wanted is not null && archive.GetEntry(wanted) is { } entry) return new EntryStream(archive, entry.Open());
        archive.Dispose();
        throw new InvalidDataException("The archive holds no table of that name.");
    }

    private static bool IsTable(string name) =>
        !name.StartsWith("__MACOSX/", StringComparison.Ordinal) && TableEndings.Any(e => name.EndsWith(e, StringComparison.OrdinalIgnoreCase));

    /// <summary>Closes the archive, and the file below it, with the entry.</summary>
    private sealed class EntryStream(ZipArchive archive, Stream entry) : ForwardStream
    {
        public override int Read(Span<byte> buffer) => entry.Read(buffer);

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                entry.Dispose();
                archive.Dispose();
            }
            base.Dispose(disposing);
        }
    }
}
