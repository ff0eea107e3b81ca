using System.Runtime.InteropServices;

namespace CampaignPortal.Learning.Tensors;

/// <summary>Bump allocation of native memory on 64-byte boundaries. <see cref="Reset"/> forgets everything at once and keeps the memory for the next step.</summary>
/// <remarks>Blocks never move while in use. After a reset, several blocks become one that holds all of them, so that a warm step works in a single block.</remarks>
internal sealed unsafe class Arena(long limitBytes) : IDisposable
{
    private const int Alignment = 64;
    private const long FirstBlockBytes = 1 << 16;

    private readonly List<(IntPtr Start, long Bytes)> _blocks = [];
    private byte* _next;
    private long _left;
    private long _reserved;

#pragma warning disable MA0055 // a safety net only: owners dispose tapes
    ~Arena() => Release();
#pragma warning restore MA0055

    /// <summary>Native bytes held at present.</summary>
    public long ReservedBytes => _reserved;

    /// <summary>Memory for so many items; its content is undefined.</summary>
    /// <exception cref="InvalidOperationException">The limit would be exceeded.</exception>
    public T* Allocate<T>(long count) where T : unmanaged
    {
        var bytes = (checked(count * sizeof(T)) + Alignment - 1) & -Alignment;
        if (bytes > _left) Grow(bytes);
        var result = (T*)_next;
        _next += bytes;
        _left -= bytes;
        return result;
    }

    /// <summary>As <see cref="Allocate{T}"/>, filled with zeros.</summary>
    public T* AllocateZeroed<T>(long count) where T : unmanaged
    {
        var result = Allocate<T>(count);
        NativeMemory.Clear(result, checked((nuint)(count * sizeof(T))));
        return result;
    }

    /// <summary>Forgets all allocations.</summary>
    public void Reset()
    {
        if (_blocks.Count == 0) return;
        if (_blocks.Count > 1)
        {
            var total = _reserved;
            Release();
            AddBlock(total);
        }
        _next = (byte*)_blocks[0].Start;
        _left = _blocks[0].Bytes;
    }

    public void Dispose()
    {
        Release();
        GC.SuppressFinalize(this);
    }

    private void Grow(long bytes)
    {
        var block = Math.Max(bytes, Math.Max(FirstBlockBytes, _reserved)); // doubles, so few steps are needed to reach the working size
        if (_reserved + block > limitBytes) block = bytes;
        if (_reserved + block > limitBytes)
        {
            throw new InvalidOperationException($"A training step needs more than its limit of {limitBytes / (1 << 20)} MiB of activations; use a smaller batch, or raise the memory limit in the options.");
        }
        AddBlock(block);
        _next = (byte*)_blocks[^1].Start;
        _left = block;
    }

    private void AddBlock(long bytes)
    {
        _blocks.Add(((IntPtr)NativeMemory.AlignedAlloc((nuint)bytes, Alignment), bytes));
        _reserved += bytes;
    }

    private void Release()
    {
        foreach (var (start, _) in _blocks) NativeMemory.AlignedFree((void*)start);
        _blocks.Clear();
        _next = null;
        (_left, _reserved) = (0, 0);
    }
}
