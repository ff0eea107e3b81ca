using System.Runtime.InteropServices;

namespace CampaignPortal.Learning.Tensors;

/// <summary>A block of float32 that begins on a cache line and does not move, so that vector loads never straddle two lines.</summary>
internal sealed unsafe class AlignedFloats
{
    private const int LineBytes = 64;
    private readonly float[] _block;
    private readonly int _offset;

    public AlignedFloats(int length)
    {
        _block = GC.AllocateArray<float>(length + LineBytes / sizeof(float), pinned: true);
        Length = length;
        var address = (nuint)Marshal.UnsafeAddrOfPinnedArrayElement(_block, 0);
        _offset = (int)((LineBytes - address % LineBytes) % LineBytes / sizeof(float));
        Pointer = (float*)Marshal.UnsafeAddrOfPinnedArrayElement(_block, _offset);
    }

    public int Length { get; }

    /// <summary>Valid while this object is reachable: keep it in a field or local that lives past the last use.</summary>
    public float* Pointer { get; }

    public Span<float> Span => _block.AsSpan(_offset, Length);
}
