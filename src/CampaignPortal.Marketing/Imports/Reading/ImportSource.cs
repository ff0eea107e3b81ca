using System.Security.Cryptography;

namespace CampaignPortal.Marketing.Imports.Reading;

/// <summary>A file to import: it can be opened more than once, because a first look, a hash and the import itself each read it from the start.</summary>
/// <param name="Name">The file's name without folders, as shown and recorded.</param>
/// <param name="Length">Bytes as they lie, or null where that is unknown; progress is measured by it.</param>
/// <param name="Open">Opens the bytes as they lie, packed or not.</param>
public sealed record ImportSource(string Name, long? Length, Func<Stream> Open)
{
    public static ImportSource FromFile(string path) => new(
        Path.GetFileName(path),
        new FileInfo(path) is { Exists: true } file ? file.Length : null,
        () => new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16, FileOptions.SequentialScan));

    public static ImportSource FromBytes(string name, byte[] content) => new(name, content.Length, () => new MemoryStream(content, writable: false));

    /// <summary>SHA-256 of the bytes as they lie, hexadecimal: by it a killed import finds its progress again.</summary>
    internal async Task<string> HashAsync(CancellationToken ct)
    {
        await using var stream = Open();
        return Convert.ToHexStringLower(await SHA256.HashDataAsync(stream, ct));
    }

    /// <summary>The bytes, unpacked when they begin as gzip or ZIP does.</summary>
    /// <param name="part">The file in the archive; null is its largest table.</param>
    internal static Stream Unpack(Stream stream, string? part = null)
    {
        Span<byte> magic = stackalloc byte[4];
        var start = magic[..stream.ReadAtLeast(magic, 4, throwOnEndOfStream: false)];
        stream.Position = 0;
        if (ZipFiles.IsZip(start)) return ZipFiles.Open(stream, part);
        return start is [0x1F, 0x8B, ..] ? new PackedStream(stream) : stream;
    }
}
