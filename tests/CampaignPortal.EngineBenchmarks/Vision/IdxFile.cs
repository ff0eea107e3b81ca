using System.Buffers.Binary;
using System.IO.Compression;
using CampaignPortal.Learning.Vision;

namespace CampaignPortal.Benchmarks.Vision;

/// <summary>Arrays of bytes in the idx layout of MNIST: big-endian 0x0000080r, r sizes of 32 bits, then the bytes; plain or gzip.</summary>
internal static class IdxFile
{
    /// <summary>Pictures [n, height, width] or [n, height, width, channels].</summary>
    /// <exception cref="InvalidDataException">The file is something else.</exception>
    public static ImageSet ReadImages(string path)
    {
        using var file = File.OpenRead(path);
        using Stream stream = path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? new GZipStream(file, CompressionMode.Decompress) : file;
        var magic = ReadInt(stream, path);
        var rank = magic & 0xFF;
        if (magic >> 8 != 8 || rank is not (3 or 4)) throw new InvalidDataException($"{path} begins with 0x{magic:X8}; expected 0x00000803 or 0x00000804, bytes of pictures.");
        var sizes = new int[4];
        sizes[3] = 1;
        for (var axis = 0; axis < rank; axis++) sizes[axis] = ReadInt(stream, path);
        var count = sizes.Aggregate(1L, (a, b) => a * b);
        if (sizes.Any(s => s <= 0) || count > int.MaxValue) throw new InvalidDataException($"{path} claims pictures of [{string.Join(", ", sizes)}].");
        using var bytes = new MemoryStream();
        stream.CopyTo(bytes);
        if (bytes.Length != count) throw new InvalidDataException($"{path} claims {count} bytes and has {bytes.Length}.");
        return new ImageSet(sizes[1], sizes[2], sizes[3], bytes.ToArray());
    }

    private static int ReadInt(Stream stream, string path)
    {
        Span<byte> bytes = stackalloc byte[4];
        if (stream.ReadAtLeast(bytes, 4, throwOnEndOfStream: false) < 4) throw new InvalidDataException($"{path} ends within its header.");
        return BinaryPrimitives.ReadInt32BigEndian(bytes);
    }
}
