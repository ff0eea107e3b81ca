using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using CampaignPortal.Learning.Kernels;
using CampaignPortal.Learning.Tensors;

namespace CampaignPortal.Learning.Autograd;

/// <summary>Pooling of images [images, height, width, channels] over windows of pixels, channel by channel.</summary>
public static unsafe class PoolingOperations
{
    /// <summary>The largest value of each window; windows that would reach over the edge are left out.</summary>
    /// <param name="tape">The tape.</param>
    /// <param name="x">[images, height, width, channels].</param>
    /// <param name="size">Side of a window, in pixels.</param>
    /// <param name="stride">Pixels from window to window; <paramref name="size"/> unless given.</param>
    /// <remarks>The gradient goes to the first of several largest values, rows before columns.</remarks>
    public static Tensor MaxPool2d(this Tape tape, in Tensor x, int size, int? stride = null) => Pool(tape, x, size, stride ?? size, largest: true);

    /// <summary>The mean of each window; windows that would reach over the edge are left out.</summary>
    /// <param name="tape">The tape.</param>
    /// <param name="x">[images, height, width, channels].</param>
    /// <param name="size">Side of a window, in pixels.</param>
    /// <param name="stride">Pixels from window to window; <paramref name="size"/> unless given.</param>
    public static Tensor AveragePool2d(this Tape tape, in Tensor x, int size, int? stride = null) => Pool(tape, x, size, stride ?? size, largest: false);

    /// <summary>The mean over all pixels: [images, height, width, channels] to [images, channels].</summary>
    public static Tensor GlobalAveragePool(this Tape tape, in Tensor x)
    {
        if (x.Shape.Rank != 4) throw new ArgumentException($"Images [n, height, width, channels] are due; got {x.Shape}.", nameof(x));
        var shape = new WindowShape(x.Shape[1], x.Shape[2], x.Columns, x.Shape[1], x.Shape[2], 1, 1, 0, 0);
        return Pool(tape, x, shape, largest: false).Reshape(new Shape(x.Shape[0], x.Columns));
    }

    private static Tensor Pool(Tape tape, in Tensor x, int size, int stride, bool largest)
    {
        if (x.Shape.Rank != 4) throw new ArgumentException($"Images [n, height, width, channels] are due; got {x.Shape}.", nameof(x));
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(size);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(stride);
        return Pool(tape, x, new WindowShape(x.Shape[1], x.Shape[2], x.Columns, size, size, stride, stride, 0, 0), largest);
    }

    private static Tensor Pool(Tape tape, in Tensor x, in WindowShape shape, bool largest)
    {
        shape.Require();
        var y = tape.Result(new Shape(x.Shape[0], shape.OutHeight, shape.OutWidth, x.Columns), x.NeedsGradient);
        var job = new Job { Shape = shape, X = x.Data, Y = y.Data, Largest = largest };
        Workers.For(x.Shape[0], tape.Degree, &ForwardImage, &job);
        if (y.NeedsGradient)
        {
            ref var entry = ref tape.Record(&PoolBackward, y);
            entry.X[0] = x;
            (entry.N0, entry.N1, entry.N2, entry.N3) = (shape.KernelHeight, shape.KernelWidth, shape.StrideX, largest ? 1 : 0);
        }
        return y;
    }

    private static void PoolBackward(Tape tape, ref TapeEntry entry)
    {
        ref readonly var x = ref entry.X[0];
        var job = new Job
        {
            Shape = new WindowShape(x.Shape[1], x.Shape[2], x.Columns, entry.N0, entry.N1, entry.N2, entry.N2, 0, 0),
            X = x.Data, Y = entry.Y.Data, Slope = tape.ZeroedGradient(entry.Y), GradX = tape.ZeroedGradient(x), Largest = entry.N3 == 1,
        };
        if (job.GradX != null) Workers.For(x.Shape[0], tape.Degree, &BackwardImage, &job);
    }

    private static void ForwardImage(void* state, int image)
    {
        ref readonly var job = ref *(Job*)state;
        if (Vector512.IsHardwareAccelerated) Forward<Lanes512, Vector512<float>>(job, image);
        else if (Vector256.IsHardwareAccelerated) Forward<Lanes256, Vector256<float>>(job, image);
        else Forward<LanesScalar, float>(job, image);
    }

    private static void BackwardImage(void* state, int image)
    {
        ref readonly var job = ref *(Job*)state;
        if (Vector512.IsHardwareAccelerated) Backward<Lanes512, Vector512<float>>(job, image);
        else if (Vector256.IsHardwareAccelerated) Backward<Lanes256, Vector256<float>>(job, image);
        else Backward<LanesScalar, float>(job, image);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Forward<TL, TV>(Job job, int image) where TL : struct, ILanes<TV> where TV : struct
    {
        var s = job.Shape;
        var y = job.Y + (long)image * s.OutHeight * s.OutWidth * s.Channels;
        var share = TL.Splat(1f / (s.KernelHeight * s.KernelWidth));
        for (var window = 0; window < s.OutHeight * s.OutWidth; window++, y += s.Channels)
        {
            var x = job.Corner(job.X, image, window);
            for (var c = 0; c < s.Channels; c += TL.Width)
            {
                var count = Math.Min(TL.Width, s.Channels - c);
                var result = job.Largest ? TL.LoadPart(x + c, count, 0) : TL.Splat(0);
                for (var ky = 0; ky < s.KernelHeight; ky++)
                {
                    for (var kx = 0; kx < s.KernelWidth; kx++)
                    {
                        var value = TL.LoadPart(x + (ky * s.Width + kx) * s.Channels + c, count, 0);
                        result = job.Largest ? TL.SelectLess(result, value, value, result) : TL.MultiplyAdd(value, share, result);
                    }
                }
                TL.StorePart(y + c, count, result);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Backward<TL, TV>(Job job, int image) where TL : struct, ILanes<TV> where TV : struct
    {
        var s = job.Shape;
        var first = (long)image * s.OutHeight * s.OutWidth * s.Channels;
        float* y = job.Y + first, slope = job.Slope + first;
        TV share = TL.Splat(1f / (s.KernelHeight * s.KernelWidth)), zero = TL.Splat(0);
        for (var window = 0; window < s.OutHeight * s.OutWidth; window++, y += s.Channels, slope += s.Channels)
        {
            float* x = job.Corner(job.X, image, window), gradX = job.Corner(job.GradX, image, window);
            for (var c = 0; c < s.Channels; c += TL.Width)
            {
                var count = Math.Min(TL.Width, s.Channels - c);
                TV best = TL.LoadPart(y + c, count, 0), rest = TL.LoadPart(slope + c, count, 0); // what no earlier pixel has taken
                for (var ky = 0; ky < s.KernelHeight; ky++)
                {
                    for (var kx = 0; kx < s.KernelWidth; kx++)
                    {
                        var at = (ky * s.Width + kx) * s.Channels + c;
                        var before = TL.LoadPart(gradX + at, count, 0);
                        if (!job.Largest)
                        {
                            TL.StorePart(gradX + at, count, TL.MultiplyAdd(rest, share, before));
                            continue;
                        }
                        var value = TL.LoadPart(x + at, count, 0);
                        TL.StorePart(gradX + at, count, TL.Add(before, TL.SelectLess(value, best, zero, rest)));
                        rest = TL.SelectLess(value, best, rest, zero);
                    }
                }
            }
        }
    }

    private struct Job
    {
        public WindowShape Shape;
        public float* X, Y, Slope, GradX;
        public bool Largest;

        /// <summary>First pixel of a window.</summary>
        public readonly float* Corner(float* images, int image, int window) =>
            images + (long)image * Shape.ImageSize + ((long)(window / Shape.OutWidth) * Shape.StrideY * Shape.Width + window % Shape.OutWidth * Shape.StrideX) * Shape.Channels;
    }
}
