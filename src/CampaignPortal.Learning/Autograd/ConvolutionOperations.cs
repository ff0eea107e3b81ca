using CampaignPortal.Learning.Kernels;
using CampaignPortal.Learning.Nn;
using CampaignPortal.Learning.Tensors;

namespace CampaignPortal.Learning.Autograd;

/// <summary>Convolutions (cross-correlations, as usual in networks) of images with the channels last, so that every pixel is a row and row-wise layers need no change.</summary>
/// <remarks>
/// Windows are laid out as rows of a matrix a cache-full at a time (im2col) and multiplied with the weights; the backward pass lays them out again instead
/// of keeping them. Images are shared out in at most eight fixed chunks, whose weight gradients are added in order: the same bits for every degree.
/// </remarks>
public static unsafe class ConvolutionOperations
{
    private const int MostChunks = 8;

    // 128 KiB of windows: they and the weights stay in the second-level cache between the two passes over them.
    private const int BlockElements = 32_768;

    /// <summary>y = f(x ∗ weight + bias) in one entry.</summary>
    /// <param name="tape">The tape.</param>
    /// <param name="x">[images, height, width, channels].</param>
    /// <param name="weight">[outputs, kernel height, kernel width, channels].</param>
    /// <param name="bias">[outputs].</param>
    /// <param name="stride">Pixels from window to window, in both directions.</param>
    /// <param name="padding">Zeros around the image, on every side.</param>
    /// <param name="rectify">Whether f is max(0, ·) instead of the identity.</param>
    /// <returns>[images, rows, columns, outputs].</returns>
    /// <exception cref="ArgumentException">Shapes do not fit.</exception>
    public static Tensor Conv2d(this Tape tape, in Tensor x, in Tensor weight, in Tensor bias, int stride = 1, int padding = 0, bool rectify = false)
    {
        if (x.Shape.Rank != 4 || weight.Shape.Rank != 4 || weight.Columns != x.Columns || bias.Count != weight.Shape[0])
            throw new ArgumentException($"Images [n, height, width, channels], weights [outputs, rows, columns, channels] and one bias per output are due; got {x.Shape}, {weight.Shape} and {bias.Shape}.", nameof(weight));
        var shape = new WindowShape(x.Shape[1], x.Shape[2], x.Columns, weight.Shape[1], weight.Shape[2], stride, stride, padding, padding);
        return Convolve(tape, x, weight, bias, shape, rectify, new Shape(x.Shape[0], shape.OutHeight, shape.OutWidth, bias.Count));
    }

    /// <summary>The same along one axis.</summary>
    /// <param name="tape">The tape.</param>
    /// <param name="x">[sequences, length, channels].</param>
    /// <param name="weight">[outputs, kernel length, channels].</param>
    /// <param name="bias">[outputs].</param>
    /// <param name="stride">Steps from window to window.</param>
    /// <param name="padding">Zeros before and behind the sequence.</param>
    /// <param name="rectify">Whether f is max(0, ·) instead of the identity.</param>
    /// <returns>[sequences, steps, outputs].</returns>
    /// <exception cref="ArgumentException">Shapes do not fit.</exception>
    public static Tensor Conv1d(this Tape tape, in Tensor x, in Tensor weight, in Tensor bias, int stride = 1, int padding = 0, bool rectify = false)
    {
        if (x.Shape.Rank != 3 || weight.Shape.Rank != 3 || weight.Columns != x.Columns || bias.Count != weight.Shape[0])
            throw new ArgumentException($"Sequences [n, length, channels], weights [outputs, length, channels] and one bias per output are due; got {x.Shape}, {weight.Shape} and {bias.Shape}.", nameof(weight));
        var shape = new WindowShape(1, x.Shape[1], x.Columns, 1, weight.Shape[1], 1, stride, 0, padding);
        return Convolve(tape, x, weight, bias, shape, rectify, new Shape(x.Shape[0], shape.OutWidth, bias.Count));
    }

    private static Tensor Convolve(Tape tape, in Tensor x, in Tensor weight, in Tensor bias, in WindowShape shape, bool rectify, Shape result)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(shape.StrideX, "stride");
        ArgumentOutOfRangeException.ThrowIfNegative(shape.PadX, "padding");
        shape.Require();
        var y = tape.Result(result, x.NeedsGradient || weight.NeedsGradient);
        var job = new Job(shape, x.Shape[0], bias.Count, rectify)
        {
            X = x.Data, Y = y.Data, Bias = bias.Data, Weight = Transposed(tape, weight, shape.Size),
        };
        Workers.For(job.ChunkCount, tape.Degree, &ForwardChunk, &job);
        if (y.NeedsGradient)
        {
            ref var entry = ref tape.Record(&ConvolveBackward, y);
            (entry.X[0], entry.X[1], entry.X[2]) = (x, weight, bias);
            (entry.N0, entry.N1) = (shape.StrideX | (shape.StrideY << 16), shape.PadX | (shape.PadY << 16));
            entry.N2 = rectify ? 1 : 0;
        }
        return y;
    }

    private static void ConvolveBackward(Tape tape, ref TapeEntry entry)
    {
        ref readonly var x = ref entry.X[0];
        ref readonly var weight = ref entry.X[1];
        var flat = x.Shape.Rank == 3;
        var shape = new WindowShape(
            flat ? 1 : x.Shape[1], x.Shape[flat ? 1 : 2], x.Columns, flat ? 1 : weight.Shape[1], weight.Shape[flat ? 1 : 2],
            entry.N0 >> 16, entry.N0 & 0xFFFF, entry.N1 >> 16, entry.N1 & 0xFFFF);
        var job = new Job(shape, x.Shape[0], entry.X[2].Count, entry.N2 == 1)
        {
            X = x.Data, Y = entry.Y.Data, Weight = weight.Data, Slope = tape.ZeroedGradient(entry.Y), GradX = tape.ZeroedGradient(x),
        };
        job.Partial = tape.KeepZeroed((long)job.ChunkCount * job.PartialSize);
        Workers.For(job.ChunkCount, tape.Degree, &BackwardChunk, &job);
        float* gradWeight = tape.ZeroedGradient(weight), gradBias = tape.ZeroedGradient(entry.X[2]);
        for (var chunk = 0; chunk < job.ChunkCount; chunk++)
        {
            var partial = job.Partial + (long)chunk * job.PartialSize;
            if (gradWeight != null) Elementwise.Add(partial, gradWeight, weight.Count);
            if (gradBias != null) Elementwise.Add(partial + weight.Count, gradBias, job.Outputs);
        }
    }

    private static void ForwardChunk(void* state, int chunk)
    {
        ref readonly var job = ref *(Job*)state;
        var (size, outputs) = (job.Shape.Size, job.Outputs);
        var windows = ThreadBuffers.Windows(job.BlockPixels * size);
        for (var image = job.FirstImage(chunk); image < job.FirstImage(chunk + 1); image++)
        {
            for (var row = 0; row < job.Shape.OutHeight; row += job.BlockRows)
            {
                var end = Math.Min(job.Shape.OutHeight, row + job.BlockRows);
                var pixels = (end - row) * job.Shape.OutWidth;
                var y = job.Y + ((long)image * job.Shape.OutHeight + row) * job.Shape.OutWidth * outputs;
                Windows.Gather(job.Shape, job.X + (long)image * job.Shape.ImageSize, row, end, windows);
                for (var i = 0; i < pixels; i++) new ReadOnlySpan<float>(job.Bias, outputs).CopyTo(new Span<float>(y + (long)i * outputs, outputs));
                Products.Multiply(windows, job.Weight, y, pixels, outputs, size, accumulate: true, degree: 1);
                if (job.Rectify) VectorMath.Relu(new Span<float>(y, pixels * outputs), new Span<float>(y, pixels * outputs));
            }
        }
    }

    private static void BackwardChunk(void* state, int chunk)
    {
        ref readonly var job = ref *(Job*)state;
        var (size, outputs) = (job.Shape.Size, job.Outputs);
        var windows = ThreadBuffers.Windows(job.BlockPixels * size);
        var gradients = job.GradX == null ? null : ThreadBuffers.WindowGradients(job.BlockPixels * size);
        var partial = job.Partial + (long)chunk * job.PartialSize;
        for (var image = job.FirstImage(chunk); image < job.FirstImage(chunk + 1); image++)
        {
            for (var row = 0; row < job.Shape.OutHeight; row += job.BlockRows)
            {
                var end = Math.Min(job.Shape.OutHeight, row + job.BlockRows);
                var pixels = (end - row) * job.Shape.OutWidth;
                var offset = ((long)image * job.Shape.OutHeight + row) * job.Shape.OutWidth * outputs;
                var slope = job.Slope + offset;
                if (job.Rectify)
                {
                    // The gradient of y is read by nobody after this entry, so it becomes the gradient before the rectifier in place.
                    var g = new Span<float>(slope, pixels * outputs);
                    var y = new ReadOnlySpan<float>(job.Y + offset, pixels * outputs);
                    Activations.Backward(Activation.Relu, y, y, g, g);
                }
                Elementwise.AddColumnSums(slope, pixels, outputs, partial + outputs * size);
                Windows.Gather(job.Shape, job.X + (long)image * job.Shape.ImageSize, row, end, windows);
                Products.MultiplyTransposedA(slope, windows, partial, outputs, size, pixels, accumulate: true, degree: 1);
                if (gradients == null) continue;
                Products.Multiply(slope, job.Weight, gradients, pixels, size, outputs, accumulate: false, degree: 1);
                Windows.Scatter(job.Shape, gradients, row, end, job.GradX + (long)image * job.Shape.ImageSize);
            }
        }
    }

    /// <summary>[outputs, size] as [size, outputs]: the product reads rows of it for every block of pixels.</summary>
    private static float* Transposed(Tape tape, in Tensor weight, int size)
    {
        var outputs = weight.Shape[0];
        var transposed = tape.Keep(weight.Count);
        for (var o = 0; o < outputs; o++)
        {
            for (var i = 0; i < size; i++) transposed[(long)i * outputs + o] = weight.Data[(long)o * size + i];
        }
        return transposed;
    }

    private struct Job(in WindowShape shape, int images, int outputs, bool rectify)
    {
        public readonly WindowShape Shape = shape;
        public readonly int Images = images, Outputs = outputs;
        public readonly bool Rectify = rectify;
        public float* X, Y, Bias, Weight, Slope, GradX, Partial;

        public readonly int ChunkCount => Math.Min(MostChunks, Images);

        public readonly int PartialSize => Outputs * Shape.Size + Outputs;

        public readonly int BlockRows => Math.Clamp(BlockElements / (Shape.OutWidth * Shape.Size), 1, Shape.OutHeight);

        public readonly int BlockPixels => BlockRows * Shape.OutWidth;

        public readonly int FirstImage(int chunk) => (int)((long)Images * chunk / ChunkCount);
    }
}
