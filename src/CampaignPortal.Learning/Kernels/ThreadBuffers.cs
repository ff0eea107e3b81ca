using System.Numerics;
using CampaignPortal.Learning.Tensors;

namespace CampaignPortal.Learning.Kernels;

/// <summary>Scratch memory of kernels, one block of each kind per thread, kept and grown: a warm call allocates nothing.</summary>
internal static unsafe class ThreadBuffers
{
    private const int LeastLength = 65_536;

    [ThreadStatic]
    private static AlignedFloats? _panelsA;

    [ThreadStatic]
    private static AlignedFloats? _panelsB;

    [ThreadStatic]
    private static AlignedFloats? _windows;

    [ThreadStatic]
    private static AlignedFloats? _windowGradients;

    [ThreadStatic]
    private static AlignedFloats? _scores;

    /// <summary>Panels of A of a product.</summary>
    public static float* PanelsA(int length) => Grown(ref _panelsA, length).Pointer;

    /// <summary>Panels of B of a product.</summary>
    public static float* PanelsB(int length) => Grown(ref _panelsB, length).Pointer;

    /// <summary>Windows of a convolution.</summary>
    public static float* Windows(int length) => Grown(ref _windows, length).Pointer;

    /// <summary>Gradients of windows of a convolution.</summary>
    public static float* WindowGradients(int length) => Grown(ref _windowGradients, length).Pointer;

    /// <summary>Scores of a block of users and items.</summary>
    public static float* Scores(int length) => Grown(ref _scores, length).Pointer;

    private static AlignedFloats Grown(ref AlignedFloats? buffer, int length)
    {
        // Generous from the start: a step whose products differ a little from the last one's must not allocate.
        if (buffer is null || buffer.Length < length) buffer = new AlignedFloats((int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(length, LeastLength)));
        return buffer;
    }
}
