using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace CampaignPortal.Learning.Kernels;

/// <summary>The windows of a convolution over images [height, width, channels]: sizes, strides, zero padding.</summary>
internal readonly record struct WindowShape(int Height, int Width, int Channels, int KernelHeight, int KernelWidth, int StrideY, int StrideX, int PadY, int PadX)
{
    /// <summary>Rows of the result.</summary>
    public int OutHeight => (Height + 2 * PadY - KernelHeight) / StrideY + 1;

    /// <summary>Columns of the result.</summary>
    public int OutWidth => (Width + 2 * PadX - KernelWidth) / StrideX + 1;

    /// <summary>Numbers in a window.</summary>
    public int Size => KernelHeight * KernelWidth * Channels;

    /// <summary>Numbers in an image.</summary>
    public int ImageSize => Height * Width * Channels;

    /// <exception cref="ArgumentException">No window fits.</exception>
    public void Require()
    {
        if (Height + 2 * PadY < KernelHeight || Width + 2 * PadX < KernelWidth)
            throw new ArgumentException($"A window of {KernelHeight}×{KernelWidth} does not fit into {Height}×{Width} with a padding of {PadY} and {PadX}.");
    }
}

/// <summary>Windows as rows of a matrix (im2col) and back: in both directions whole pieces of a window's row are moved, kernel width × channels numbers at a time.</summary>
internal static unsafe class Windows
{
    /// <summary>Windows of rows [from, to) of the result of one image: one window per row of <paramref name="target"/>.</summary>
    public static void Gather(in WindowShape shape, float* image, int from, int to, float* target)
    {
        if (Vector512.IsHardwareAccelerated) GatherRows<Lanes512, Vector512<float>>(shape, image, from, to, target);
        else if (Vector256.IsHardwareAccelerated) GatherRows<Lanes256, Vector256<float>>(shape, image, from, to, target);
        else GatherRows<LanesScalar, float>(shape, image, from, to, target);
    }

    /// <summary>Adds rows of <paramref name="windows"/> to where <see cref="Gather"/> reads them.</summary>
    public static void Scatter(in WindowShape shape, float* windows, int from, int to, float* image)
    {
        if (Vector512.IsHardwareAccelerated) ScatterRows<Lanes512, Vector512<float>>(shape, windows, from, to, image);
        else if (Vector256.IsHardwareAccelerated) ScatterRows<Lanes256, Vector256<float>>(shape, windows, from, to, image);
        else ScatterRows<LanesScalar, float>(shape, windows, from, to, image);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void GatherRows<TL, TV>(WindowShape s, float* image, int from, int to, float* target) where TL : struct, ILanes<TV> where TV : struct
    {
        int outWidth = s.OutWidth, piece = s.KernelWidth * s.Channels;
        for (var y = from; y < to; y++)
        {
            for (var x = 0; x < outWidth; x++)
            {
                var left = x * s.StrideX - s.PadX;
                int first = Math.Max(0, -left), last = Math.Min(s.KernelWidth, s.Width - left);
                for (var ky = 0; ky < s.KernelHeight; ky++, target += piece)
                {
                    var row = y * s.StrideY - s.PadY + ky;
                    if ((uint)row >= (uint)s.Height || first >= last)
                    {
                        Clear<TL, TV>(target, piece);
                        continue;
                    }
                    var source = image + ((long)row * s.Width + left) * s.Channels;
                    if (last - first < s.KernelWidth) Clear<TL, TV>(target, piece);
                    Copy<TL, TV>(source + first * s.Channels, target + first * s.Channels, (last - first) * s.Channels);
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void ScatterRows<TL, TV>(WindowShape s, float* windows, int from, int to, float* image) where TL : struct, ILanes<TV> where TV : struct
    {
        int outWidth = s.OutWidth, piece = s.KernelWidth * s.Channels;
        for (var y = from; y < to; y++)
        {
            for (var x = 0; x < outWidth; x++)
            {
                var left = x * s.StrideX - s.PadX;
                int first = Math.Max(0, -left), last = Math.Min(s.KernelWidth, s.Width - left);
                for (var ky = 0; ky < s.KernelHeight; ky++, windows += piece)
                {
                    var row = y * s.StrideY - s.PadY + ky;
                    if ((uint)row >= (uint)s.Height || first >= last) continue;
                    var target = image + ((long)row * s.Width + left) * s.Channels;
                    Add<TL, TV>(windows + first * s.Channels, target + first * s.Channels, (last - first) * s.Channels);
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Copy<TL, TV>(float* source, float* target, int count) where TL : struct, ILanes<TV> where TV : struct
    {
        var i = 0;
        for (; i <= count - TL.Width; i += TL.Width) TL.Store(target + i, TL.Load(source + i));
        if (i < count) TL.StorePart(target + i, count - i, TL.LoadPart(source + i, count - i, 0));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add<TL, TV>(float* source, float* target, int count) where TL : struct, ILanes<TV> where TV : struct
    {
        var i = 0;
        for (; i <= count - TL.Width; i += TL.Width) TL.Store(target + i, TL.Add(TL.Load(source + i), TL.Load(target + i)));
        if (i < count) TL.StorePart(target + i, count - i, TL.Add(TL.LoadPart(source + i, count - i, 0), TL.LoadPart(target + i, count - i, 0)));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Clear<TL, TV>(float* target, int count) where TL : struct, ILanes<TV> where TV : struct
    {
        var i = 0;
        for (; i <= count - TL.Width; i += TL.Width) TL.Store(target + i, TL.Splat(0));
        if (i < count) TL.StorePart(target + i, count - i, TL.Splat(0));
    }
}
