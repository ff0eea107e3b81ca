using System.Runtime.CompilerServices;
using CampaignPortal.Learning.Data;
using CampaignPortal.Learning.Kernels;

namespace CampaignPortal.Learning.Linear;

/// <summary>Rows as a linear classifier reads them, dense or sparse.</summary>
internal interface IClassifierRows
{
    int RowCount { get; }

    int ColumnCount { get; }

    /// <summary>logits (rows × outputs) = rows · weightsᵀ, weights being outputs × columns.</summary>
    void Logits(int start, int count, ReadOnlySpan<float> weights, int outputs, Span<float> logits);

    /// <summary>gradient (outputs × columns) += residualsᵀ · rows.</summary>
    void AddGradient(int start, int count, ReadOnlySpan<float> residuals, int outputs, Span<double> gradient);
}

/// <summary>Logistic and softmax loss with penalties over dense or sparse rows, for L-BFGS: one output is a logistic regression, more are a softmax.</summary>
/// <remarks>Minimises Σ weight·log-loss + L1·|W|₁ + ½·L2·|W|², intercepts free. Parameters: outputs × columns, then the intercepts. Cost per evaluation: outputs × stored values.</remarks>
internal sealed class ClassificationProblem(IClassifierRows rows, int[] labels, float[] rowWeights, int outputs, double[] l2, int degree)
{
    private const int BlockRows = 240;

    public int ParameterCount => outputs * (rows.ColumnCount + 1);

    private int Intercepts => outputs * rows.ColumnCount;

    public double Evaluate(ReadOnlySpan<double> parameters, Span<double> gradient, CancellationToken ct)
    {
        var w = new float[parameters.Length];
        for (var j = 0; j < w.Length; j++) w[j] = (float)parameters[j];
        gradient.Clear();
        double loss = 0;
        var chunks = ParallelRanges.ChunkCount(rows.RowCount);
        var partial = new double[Math.Min(degree, chunks)][];
        var losses = new double[partial.Length];
        for (var q = 0; q < partial.Length; q++) partial[q] = new double[w.Length];
        for (var first = 0; first < chunks; first += partial.Length)
        {
            var (start, count) = (first, Math.Min(partial.Length, chunks - first));
            ParallelRanges.For(count, degree, q =>
            {
                Array.Clear(partial[q]);
                losses[q] = EvaluateChunk(start + q, w, partial[q]);
            }, ct);
            for (var q = 0; q < count; q++) // in chunk order
            {
                loss += losses[q];
                System.Numerics.Tensors.TensorPrimitives.Add(gradient, partial[q], gradient);
            }
        }
        for (var j = 0; j < Intercepts; j++)
        {
            var penalty = l2[j % rows.ColumnCount];
            loss += 0.5 * penalty * parameters[j] * parameters[j];
            gradient[j] += penalty * parameters[j];
        }
        return loss;
    }

    private double EvaluateChunk(int chunk, float[] w, double[] gradient)
    {
        var end = Math.Min(rows.RowCount, (chunk + 1) * ParallelRanges.ChunkRows);
        var (logits, scratch) = (new float[BlockRows * outputs], new float[BlockRows * outputs]);
        double loss = 0;
        for (var start = chunk * ParallelRanges.ChunkRows; start < end; start += BlockRows)
        {
            var count = Math.Min(BlockRows, end - start);
            var block = logits.AsSpan(0, count * outputs);
            rows.Logits(start, count, w.AsSpan(0, Intercepts), outputs, block);
            for (var i = 0; i < block.Length; i++) block[i] += w[Intercepts + i % outputs];
            loss += outputs == 1 ? LogisticResiduals(start, block, scratch) : SoftmaxResiduals(start, block);
            for (var i = 0; i < block.Length; i++) gradient[Intercepts + i % outputs] += block[i];
            rows.AddGradient(start, count, block, outputs, gradient.AsSpan(0, Intercepts));
        }
        return loss;
    }

    /// <summary>Turns log-odds into weight · (p − label); returns the loss.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private double LogisticResiduals(int start, Span<float> block, float[] scratch)
    {
        var softplus = scratch.AsSpan(0, block.Length);
        VectorMath.Softplus(block, softplus);
        double loss = 0;
        for (var i = 0; i < block.Length; i++) loss += rowWeights[start + i] * ((double)softplus[i] - labels[start + i] * block[i]);
        VectorMath.Sigmoid(block, block);
        for (var i = 0; i < block.Length; i++) block[i] = rowWeights[start + i] * (block[i] - labels[start + i]);
        return loss;
    }

    /// <summary>Turns logits into weight · (softmax − one-hot label); returns the loss.</summary>
    private double SoftmaxResiduals(int start, Span<float> block)
    {
        double loss = 0;
        for (var i = 0; i < block.Length / outputs; i++)
        {
            var row = block.Slice(i * outputs, outputs);
            double largest = float.NegativeInfinity, sum = 0;
            foreach (var z in row) largest = Math.Max(largest, z);
            foreach (var z in row) sum += Math.Exp(z - largest);
            var weight = rowWeights[start + i];
            loss += weight * (Math.Log(sum) + largest - row[labels[start + i]]);
            for (var k = 0; k < outputs; k++) row[k] = weight * (float)(Math.Exp(row[k] - largest) / sum);
            row[labels[start + i]] -= weight;
        }
        return loss;
    }
}

/// <summary>Dense rows, standardised on the fly.</summary>
internal sealed class DenseRows(Matrix data, ColumnMoments moments) : IClassifierRows
{
    public int RowCount => data.RowCount;

    public int ColumnCount => data.ColumnCount;

    public void Logits(int start, int count, ReadOnlySpan<float> weights, int outputs, Span<float> logits) =>
        Gemm.MultiplyTransposedB(Standardised(start, count), weights, logits, count, outputs, ColumnCount);

    public void AddGradient(int start, int count, ReadOnlySpan<float> residuals, int outputs, Span<double> gradient)
    {
        var block = new float[outputs * ColumnCount];
        Gemm.MultiplyTransposedA(residuals, Standardised(start, count), block, outputs, ColumnCount, count);
        for (var j = 0; j < block.Length; j++) gradient[j] += block[j];
    }

    private float[] Standardised(int start, int count)
    {
        var block = new float[count * ColumnCount];
        for (var i = 0; i < count; i++) Dense.Standardize(data.Row(start + i), moments.Shift, moments.Scale, block.AsSpan(i * ColumnCount, ColumnCount));
        return block;
    }
}

/// <summary>Sparse rows as they are: centring would fill them.</summary>
internal sealed class SparseRows(Csr data) : IClassifierRows
{
    public int RowCount => data.RowCount;

    public int ColumnCount => data.ColumnCount;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Logits(int start, int count, ReadOnlySpan<float> weights, int outputs, Span<float> logits)
    {
        for (var i = 0; i < count; i++)
        {
            var row = data.Row(start + i);
            for (var k = 0; k < outputs; k++)
            {
                var own = weights.Slice(k * ColumnCount, ColumnCount);
                float sum = 0;
                for (var q = 0; q < row.Count; q++) sum += own[row.Columns[q]] * row.Values[q];
                logits[i * outputs + k] = sum;
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void AddGradient(int start, int count, ReadOnlySpan<float> residuals, int outputs, Span<double> gradient)
    {
        for (var i = 0; i < count; i++)
        {
            var row = data.Row(start + i);
            for (var k = 0; k < outputs; k++)
            {
                double residual = residuals[i * outputs + k];
                var own = gradient.Slice(k * ColumnCount, ColumnCount);
                for (var q = 0; q < row.Count; q++) own[row.Columns[q]] += residual * row.Values[q];
            }
        }
    }
}
