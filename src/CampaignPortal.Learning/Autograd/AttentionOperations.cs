using CampaignPortal.Learning.Kernels;
using CampaignPortal.Learning.Tensors;
using CampaignPortal.Statistics.Random;

namespace CampaignPortal.Learning.Autograd;

/// <summary>Scaled dot-product attention (Vaswani et al. 2017, eq. 1) over segments of rows.</summary>
public static unsafe class AttentionOperations
{
    /// <summary>For every segment and head: softmax(Q·Kᵀ/√(width of a head))·V. Heads split the columns in order.</summary>
    /// <param name="tape">The tape.</param>
    /// <param name="query">[query rows, width].</param>
    /// <param name="key">[key rows, width].</param>
    /// <param name="value">[key rows, width].</param>
    /// <param name="queryOffsets">Where each segment of the queries begins, and the end of the last one.</param>
    /// <param name="keyOffsets">The same for keys and values.</param>
    /// <param name="heads">Divides the width.</param>
    /// <param name="causal">Query t of a segment sees keys 0 … t only.</param>
    /// <param name="ignoredKeys">One number per key row, 1 where nobody may see it; default for none. A query that sees no key gets zeros.</param>
    /// <param name="dropout">Share of the weights that is dropped in training.</param>
    /// <returns>[query rows, width].</returns>
    public static Tensor Attention(this Tape tape, in Tensor query, in Tensor key, in Tensor value, in Indices queryOffsets, in Indices keyOffsets, int heads, bool causal, in Indices ignoredKeys = default, double dropout = 0) =>
        Attention(tape, query, key, value, queryOffsets, keyOffsets, heads, causal, ignoredKeys, dropout, out _);

    /// <summary>As the other form, and the weights before dropout: segment by segment, head by head, queries × keys.</summary>
    public static Tensor Attention(
        this Tape tape, in Tensor query, in Tensor key, in Tensor value, in Indices queryOffsets, in Indices keyOffsets, int heads, bool causal, in Indices ignoredKeys, double dropout, out Tensor weights)
    {
        var width = query.Columns;
        if (key.Columns != width || value.Columns != width || key.Rows != value.Rows) throw new ArgumentException($"Query, key and value must fit; they have {query.Shape}, {key.Shape} and {value.Shape}.", nameof(key));
        if (heads < 1 || width % heads != 0) throw new ArgumentException($"{heads} heads do not divide the width {width}.", nameof(heads));
        ShapeOperations.CheckOffsets(queryOffsets, query.Rows);
        ShapeOperations.CheckOffsets(keyOffsets, key.Rows);
        if (queryOffsets.Count != keyOffsets.Count) throw new ArgumentException($"{queryOffsets.Count - 1} segments of queries and {keyOffsets.Count - 1} of keys.", nameof(keyOffsets));

        var y = tape.Result(query.Shape, query.NeedsGradient || key.NeedsGradient || value.NeedsGradient);
        var job = Plan(tape, query, key, value, y, queryOffsets, keyOffsets, heads, causal);
        job.Ignored = ignoredKeys.Data;
        job.Dropout = tape.IsTraining ? (float)dropout : 0;
        (job.Seed, job.Stream) = (tape.Seed, tape.NextStream());
        job.Weights = tape.Keep(job.WeightCount);
        job.Dropped = job.Dropout > 0 ? tape.Keep(job.WeightCount) : job.Weights;
        Workers.For(job.PartCount, tape.Degree, &ForwardPart, &job);
        weights = new Tensor(job.Weights, new Shape(job.WeightCount), -1);

        if (y.NeedsGradient)
        {
            ref var entry = ref tape.Record(&AttentionBackward, y);
            (entry.X[0], entry.X[1], entry.X[2]) = (query, key, value);
            (entry.Index0, entry.Index1) = (queryOffsets, keyOffsets);
            entry.Kept0 = job.Weights;
            entry.Kept1 = job.Dropped;
            (entry.N0, entry.N1, entry.F0) = (heads, causal ? 1 : 0, job.Dropout);
            (entry.N2, entry.N3) = ((int)(job.Stream >> 32), (int)job.Stream);
        }
        return y;
    }

    private static void AttentionBackward(Tape tape, ref TapeEntry entry)
    {
        var job = Plan(tape, entry.X[0], entry.X[1], entry.X[2], entry.Y, entry.Index0, entry.Index1, entry.N0, entry.N1 == 1);
        job.Weights = entry.Kept0;
        job.Dropped = entry.Kept1;
        job.Dropout = entry.F0;
        (job.Seed, job.Stream) = (tape.Seed, ((ulong)(uint)entry.N2 << 32) | (uint)entry.N3);
        job.Slope = tape.ZeroedGradient(entry.Y);
        job.GradQuery = tape.ZeroedGradient(entry.X[0]);
        job.GradKey = tape.ZeroedGradient(entry.X[1]);
        job.GradValue = tape.ZeroedGradient(entry.X[2]);
        Workers.For(job.PartCount, tape.Degree, &BackwardPart, &job);
    }

    /// <summary>Sizes, scratch memory of each part, and where the weights of each segment lie.</summary>
    private static Job Plan(Tape tape, in Tensor query, in Tensor key, in Tensor value, in Tensor y, in Indices queryOffsets, in Indices keyOffsets, int heads, bool causal)
    {
        var segments = queryOffsets.Count - 1;
        var starts = tape.KeepIndices(segments + 1);
        var (longestQuery, longestKey, total) = (0, 0, 0);
        for (var s = 0; s < segments; s++)
        {
            var (q, k) = (queryOffsets.Data[s + 1] - queryOffsets.Data[s], keyOffsets.Data[s + 1] - keyOffsets.Data[s]);
            starts[s] = total;
            total = checked(total + heads * q * k);
            (longestQuery, longestKey) = (Math.Max(longestQuery, q), Math.Max(longestKey, k));
        }
        var headWidth = query.Columns / heads;
        // Per part: query, key, value and their slopes of one head, and the slope of its weights.
        var scratch = checked(headWidth * (3 * longestQuery + 4 * longestKey) + 2 * longestQuery * longestKey);
        scratch = (scratch + 15) & -16;
        var parts = Math.Min(segments, tape.Degree == 1 ? 1 : 4 * tape.Degree);
        return new Job
        {
            Query = query.Data,
            Key = key.Data,
            Value = value.Data,
            Y = y.Data,
            QueryOffsets = queryOffsets.Data,
            KeyOffsets = keyOffsets.Data,
            WeightStarts = starts,
            Segments = segments,
            Heads = heads,
            HeadWidth = headWidth,
            Width = query.Columns,
            Causal = causal,
            WeightCount = total,
            PartCount = parts,
            ScratchCount = scratch,
            Scratch = tape.Keep((long)scratch * parts),
        };
    }

    private static void ForwardPart(void* state, int part)
    {
        ref readonly var job = ref *(Job*)state;
        var scratch = job.Scratch + (long)part * job.ScratchCount;
        var (first, end) = job.Range(part);
        for (var s = first; s < end; s++)
        {
            var (q0, rows) = (job.QueryOffsets[s], job.QueryOffsets[s + 1] - job.QueryOffsets[s]);
            var (k0, keys) = (job.KeyOffsets[s], job.KeyOffsets[s + 1] - job.KeyOffsets[s]);
            if (rows == 0) continue;
            var d = job.HeadWidth;
            var q = scratch;
            var k = q + rows * d;
            var v = k + keys * d;
            var y = v + keys * d;
            for (var h = 0; h < job.Heads; h++)
            {
                var w = job.Weights + job.WeightStarts[s] + h * rows * keys;
                var wd = job.Dropped + job.WeightStarts[s] + h * rows * keys;
                Take(job.Query, q0, rows, job.Width, h * d, d, 1 / MathF.Sqrt(d), q);
                Take(job.Key, k0, keys, job.Width, h * d, d, 1, k);
                Take(job.Value, k0, keys, job.Width, h * d, d, 1, v);
                Products.MultiplyTransposedB(q, k, w, rows, keys, d, accumulate: false, degree: 1);
                for (var i = 0; i < rows; i++) SoftmaxRow(w + i * keys, keys, job.Causal ? Math.Min(i + 1, keys) : keys, job.Ignored == null ? null : job.Ignored + k0);
                if (job.Dropout > 0)
                {
                    new ReadOnlySpan<float>(w, rows * keys).CopyTo(new Span<float>(wd, rows * keys));
                    Nn.Dropout.Apply(new Span<float>(wd, rows * keys), job.Dropout, job.Seed, DropoutStream(job.Stream, s, h));
                }
                Products.Multiply(wd, v, y, rows, d, keys, accumulate: false, degree: 1);
                for (var i = 0; i < rows; i++) new ReadOnlySpan<float>(y + i * d, d).CopyTo(new Span<float>(job.Y + (long)(q0 + i) * job.Width + h * d, d));
            }
        }
    }

    private static void BackwardPart(void* state, int part)
    {
        ref readonly var job = ref *(Job*)state;
        var scratch = job.Scratch + (long)part * job.ScratchCount;
        var (first, end) = job.Range(part);
        for (var s = first; s < end; s++)
        {
            var (q0, rows) = (job.QueryOffsets[s], job.QueryOffsets[s + 1] - job.QueryOffsets[s]);
            var (k0, keys) = (job.KeyOffsets[s], job.KeyOffsets[s + 1] - job.KeyOffsets[s]);
            if (rows == 0 || keys == 0) continue;
            var d = job.HeadWidth;
            var q = scratch;
            var k = q + rows * d;
            var v = k + keys * d;
            var slope = v + keys * d;
            var gradRows = slope + rows * d;
            var gradWeights = gradRows + Math.Max(rows, keys) * d;
            for (var h = 0; h < job.Heads; h++)
            {
                var w = job.Weights + job.WeightStarts[s] + h * rows * keys;
                var wd = job.Dropped + job.WeightStarts[s] + h * rows * keys;
                var scale = 1 / MathF.Sqrt(d);
                Take(job.Query, q0, rows, job.Width, h * d, d, scale, q);
                Take(job.Key, k0, keys, job.Width, h * d, d, 1, k);
                Take(job.Value, k0, keys, job.Width, h * d, d, 1, v);
                Take(job.Slope, q0, rows, job.Width, h * d, d, 1, slope);
                if (job.GradValue != null)
                {
                    Products.MultiplyTransposedA(wd, slope, gradRows, keys, d, rows, accumulate: false, degree: 1);
                    Give(gradRows, keys, d, 1, job.GradValue, k0, job.Width, h * d);
                }
                Products.MultiplyTransposedB(slope, v, gradWeights, rows, keys, d, accumulate: false, degree: 1);
                if (job.Dropout > 0) Nn.Dropout.Apply(new Span<float>(gradWeights, rows * keys), job.Dropout, job.Seed, DropoutStream(job.Stream, s, h));
                // Softmax: g ← w·(g − Σ g·w), row by row; masked weights are 0 and stay so.
                for (var i = 0; i < rows; i++)
                {
                    SoftmaxSlope(w + i * keys, gradWeights + i * keys, job.Causal ? Math.Min(i + 1, keys) : keys, keys);
                }
                if (job.GradQuery != null)
                {
                    Products.Multiply(gradWeights, k, gradRows, rows, d, keys, accumulate: false, degree: 1);
                    Give(gradRows, rows, d, scale, job.GradQuery, q0, job.Width, h * d);
                }
                if (job.GradKey != null)
                {
                    Products.MultiplyTransposedA(gradWeights, q, gradRows, keys, d, rows, accumulate: false, degree: 1); // q carries the scale already
                    Give(gradRows, keys, d, 1, job.GradKey, k0, job.Width, h * d);
                }
            }
        }
    }

    private static ulong DropoutStream(ulong stream, int segment, int head) => CounterRng.Mix(stream) + (ulong)segment * 64 + (ulong)head;

    private static void SoftmaxRow(float* row, int count, int visible, int* ignored)
    {
        if (ignored != null)
        {
            for (var j = 0; j < visible; j++)
            {
                if (ignored[j] != 0) row[j] = float.NegativeInfinity;
            }
        }
        var seen = new Span<float>(row, visible);
        if (visible > 0 && seen.ContainsAnyExcept(float.NegativeInfinity)) Softmax.Forward(seen, seen, visible);
        else seen.Clear();
        new Span<float>(row + visible, count - visible).Clear();
    }

    private static void SoftmaxSlope(float* weights, float* slope, int visible, int count)
    {
        var dot = Dense.Dot(new ReadOnlySpan<float>(weights, visible), new ReadOnlySpan<float>(slope, visible));
        for (var j = 0; j < visible; j++) slope[j] = weights[j] * (slope[j] - dot);
        new Span<float>(slope + visible, count - visible).Clear();
    }

    /// <summary>Copies one head's columns of some rows together, times a factor.</summary>
    private static void Take(float* source, int row, int rows, int stride, int column, int width, float factor, float* target)
    {
        for (var i = 0; i < rows; i++)
        {
            var from = new ReadOnlySpan<float>(source + (long)(row + i) * stride + column, width);
            var to = new Span<float>(target + i * width, width);
            if (factor == 1) from.CopyTo(to);
            else System.Numerics.Tensors.TensorPrimitives.Multiply(from, factor, to);
        }
    }

    /// <summary>Adds rows of one head to its columns of the whole.</summary>
    private static void Give(float* source, int rows, int width, float factor, float* target, int row, int stride, int column)
    {
        for (var i = 0; i < rows; i++) Elementwise.Scaled(factor, source + i * width, target + (long)(row + i) * stride + column, width);
    }

    private struct Job
    {
        public float* Query, Key, Value, Y, Weights, Dropped, Slope, GradQuery, GradKey, GradValue, Scratch;
        public int* QueryOffsets, KeyOffsets, WeightStarts, Ignored;
        public int Segments, Heads, HeadWidth, Width, WeightCount, PartCount, ScratchCount;
        public bool Causal;
        public float Dropout;
        public ulong Seed, Stream;

        public readonly (int First, int End) Range(int part) => ((int)((long)Segments * part / PartCount), (int)((long)Segments * (part + 1) / PartCount));
    }
}
