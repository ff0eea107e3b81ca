using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace CampaignPortal.Learning.Kernels;

/// <summary>Column-wise moments, normalisation and gradients of batch norm over rows × columns.</summary>
/// <remarks>Chunks of 256 rows, which threads share; sums of chunks are added in chunk order in double, so the bits are the same for every degree.</remarks>
/// <param name="rows">Number of rows.</param>
/// <param name="columns">Number of columns.</param>
/// <param name="degree">Most threads.</param>
internal readonly unsafe struct BatchNormKernel(int rows, int columns, int degree)
{
    private const int ChunkRows = 256;

    public int Rows { get; } = rows;

    public int Columns { get; } = columns;

    /// <summary>Numbers of scratch memory that sums over chunks need.</summary>
    public long ScratchCount => 2L * ChunkCount * Columns;

    private int ChunkCount => (Rows + ChunkRows - 1) / ChunkRows;

    /// <summary>Mean and population variance of every column, in two passes.</summary>
    public void Moments(float* x, float* mean, float* variance, float* scratch)
    {
        var job = new Job { Kernel = this, X = x, Scratch = scratch, Kind = Kind.Sum };
        Run(ref job);
        Reduce(scratch, mean, 1.0 / Rows);
        job.Kind = Kind.Squares;
        job.Mean = mean;
        Run(ref job);
        Reduce(scratch, variance, 1.0 / Rows);
    }

    /// <summary>y = (x − mean)·factor + bias, and max(0, ·) of it with <paramref name="rectify"/>.</summary>
    public void Apply(float* x, float* mean, float* factor, float* bias, float* y, bool rectify)
    {
        var job = new Job { Kernel = this, X = x, Mean = mean, Inverse = factor, Bias = bias, Result = y, Flag = rectify, Kind = Kind.Apply };
        Run(ref job);
    }

    /// <summary>Column sums of g, and of g·(x − mean)·inverse behind them.</summary>
    public void Sums(float* x, float* g, float* mean, float* inverse, float* sums, float* scratch)
    {
        var job = new Job { Kernel = this, X = x, Slope = g, Mean = mean, Inverse = inverse, Scratch = scratch, Kind = Kind.Slopes };
        Run(ref job);
        Reduce(scratch, sums, 1);
        Reduce(scratch + (long)ChunkCount * Columns, sums + Columns, 1);
    }

    /// <summary>gradX (+)= weight·inverse·(g − (Σg + n·Σ(g·n)) / rows), n the normalised value. Figures are mean, inverse and weight·inverse one behind the other.</summary>
    public void Backward(float* x, float* g, float* figures, float* sums, float* gradX, bool accumulate)
    {
        var job = new Job
        {
            Kernel = this, X = x, Slope = g, Mean = figures, Inverse = figures + Columns, Bias = figures + 2 * Columns, Scratch = sums, Result = gradX, Flag = accumulate, Kind = Kind.Backward,
        };
        Run(ref job);
    }

    private void Run(ref Job job)
    {
        fixed (Job* state = &job) Workers.For(ChunkCount, degree, &RunChunk, state);
    }

    /// <summary>target = factor·Σ over chunks, in chunk order.</summary>
    private void Reduce(float* chunks, float* target, double factor)
    {
        for (var j = 0; j < Columns; j++)
        {
            double sum = 0;
            for (var chunk = 0; chunk < ChunkCount; chunk++) sum += chunks[(long)chunk * Columns + j];
            target[j] = (float)(sum * factor);
        }
    }

    private static void RunChunk(void* state, int chunk)
    {
        ref readonly var job = ref *(Job*)state;
        if (Vector512.IsHardwareAccelerated) Chunk<Lanes512, Vector512<float>>(job, chunk);
        else if (Vector256.IsHardwareAccelerated) Chunk<Lanes256, Vector256<float>>(job, chunk);
        else Chunk<LanesScalar, float>(job, chunk);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Chunk<TL, TV>(Job job, int chunk) where TL : struct, ILanes<TV> where TV : struct
    {
        var columns = job.Kernel.Columns;
        int from = chunk * ChunkRows, rows = Math.Min(ChunkRows, job.Kernel.Rows - from);
        for (var j = 0; j < columns; j += TL.Width)
        {
            var count = Math.Min(TL.Width, columns - j);
            var offset = (long)from * columns + j;
            if (job.Kind is Kind.Apply) Apply<TL, TV>(job, offset, j, rows, count);
            else if (job.Kind is Kind.Backward) Backward<TL, TV>(job, offset, j, rows, count);
            else Sums<TL, TV>(job, chunk, offset, j, rows, count);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Sums<TL, TV>(Job job, int chunk, long offset, int j, int rows, int count) where TL : struct, ILanes<TV> where TV : struct
    {
        var columns = job.Kernel.Columns;
        TV sum = TL.Splat(0), dot = sum;
        var mean = job.Kind is Kind.Sum ? TL.Splat(0) : TL.LoadPart(job.Mean + j, count, 0);
        var inverse = job.Kind is Kind.Slopes ? TL.LoadPart(job.Inverse + j, count, 0) : TL.Splat(1);
        for (var i = 0; i < rows; i++, offset += columns)
        {
            var x = TL.Subtract(TL.LoadPart(job.X + offset, count, 0), mean);
            if (job.Kind is Kind.Sum)
            {
                sum = TL.Add(sum, x);
            }
            else if (job.Kind is Kind.Squares)
            {
                sum = TL.MultiplyAdd(x, x, sum);
            }
            else
            {
                var g = TL.LoadPart(job.Slope + offset, count, 0);
                sum = TL.Add(sum, g);
                dot = TL.MultiplyAdd(g, TL.Multiply(x, inverse), dot);
            }
        }
        var target = job.Scratch + (long)chunk * columns + j;
        TL.StorePart(target, count, sum);
        if (job.Kind is Kind.Slopes) TL.StorePart(target + (long)job.Kernel.ChunkCount * columns, count, dot);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Apply<TL, TV>(Job job, long offset, int j, int rows, int count) where TL : struct, ILanes<TV> where TV : struct
    {
        var columns = job.Kernel.Columns;
        TV mean = TL.LoadPart(job.Mean + j, count, 0), factor = TL.LoadPart(job.Inverse + j, count, 0), bias = TL.LoadPart(job.Bias + j, count, 0);
        for (var i = 0; i < rows; i++, offset += columns)
        {
            var y = TL.MultiplyAdd(TL.Subtract(TL.LoadPart(job.X + offset, count, 0), mean), factor, bias);
            TL.StorePart(job.Result + offset, count, job.Flag ? TL.Max(TL.Splat(0), y) : y);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Backward<TL, TV>(Job job, long offset, int j, int rows, int count) where TL : struct, ILanes<TV> where TV : struct
    {
        var columns = job.Kernel.Columns;
        var share = TL.Splat(-1f / job.Kernel.Rows);
        TV mean = TL.LoadPart(job.Mean + j, count, 0), inverse = TL.LoadPart(job.Inverse + j, count, 0), factor = TL.LoadPart(job.Bias + j, count, 0);
        var sum = TL.Multiply(TL.LoadPart(job.Scratch + j, count, 0), share);
        var dot = TL.Multiply(TL.Multiply(TL.LoadPart(job.Scratch + columns + j, count, 0), share), inverse);
        for (var i = 0; i < rows; i++, offset += columns)
        {
            var slope = TL.Add(TL.LoadPart(job.Slope + offset, count, 0), sum);
            slope = TL.MultiplyAdd(TL.Subtract(TL.LoadPart(job.X + offset, count, 0), mean), dot, slope);
            var before = job.Flag ? TL.LoadPart(job.Result + offset, count, 0) : TL.Splat(0);
            TL.StorePart(job.Result + offset, count, TL.MultiplyAdd(slope, factor, before));
        }
    }

    private enum Kind
    {
        Sum,
        Squares,
        Slopes,
        Apply,
        Backward,
    }

    private struct Job
    {
        public BatchNormKernel Kernel;
        public float* X, Slope, Mean, Inverse, Bias, Result, Scratch;
        public bool Flag;
        public Kind Kind;
    }
}
