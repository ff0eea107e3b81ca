using System.Buffers.Binary;
using System.IO.Compression;

namespace CampaignPortal.Marketing.Imports.Reading;

/// <summary>Unpacks gzip and notices when the file ends too early, which the framework's stream takes for the end of the data.</summary>
/// <remarks>
/// The last four bytes of a whole file are the length of what its last part unpacks to (RFC 1952), so they cannot be more than what came
/// out. Of files that were cut, this finds all but those whose last bytes happen to be a small number: 1 % at 40 MB unpacked.
/// </remarks>
internal sealed class PackedStream(Stream packed) : ForwardStream
{
    private const long Span32 = 1L << 32;

    private readonly GZipStream _unpacked = new(packed, CompressionMode.Decompress);
    private long _length;

    public override int Read(Span<byte> buffer)
    {
        var count = _unpacked.Read(buffer);
        _length += count;
        if (count is 0 && buffer.Length > 0) CheckEnd();
        return count;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing) _unpacked.Dispose();
        base.Dispose(disposing);
    }

    private void CheckEnd()
    {
        var position = packed.Position;
        packed.Seek(-sizeof(uint), SeekOrigin.End);
        Span<byte> stated = stackalloc byte[sizeof(uint)];
        packed.ReadExactly(stated);
        packed.Position = position;
        if (_length < Span32 && BinaryPrimitives.ReadUInt32LittleEndian(stated) > _length) throw new InvalidDataException("The packed data end too early.");
    }
}
