using System.Numerics.Tensors;
using CampaignPortal.Learning.Data;
using CampaignPortal.Learning.Kernels;
using CampaignPortal.Learning.Persistence;
using CampaignPortal.Learning.Ranking;

namespace CampaignPortal.Learning.Factorization;

/// <summary>Embarrassingly shallow autoencoder (Steck 2019): item weights B with zero diagonal that best rebuild the histories, in closed form.</summary>
/// <remarks>P = (XᵀX + λI)⁻¹ and B = −P / diag(P) by columns, diagonal 0; X is 1 where a user took an item.</remarks>
public static class Ease
{
    private const int BlockLength = 64;

    /// <summary>Fits the weights. Memory 8 bytes per pair of items, time grows with items³: for catalogues of some thousand items.</summary>
    /// <param name="interactions">Users × items; a stored value means "took it", whatever the value.</param>
    /// <param name="regularization">λ, positive; from tens for small data to thousands for dense ones.</param>
    /// <param name="cancellationToken">Stops between blocks of items.</param>
    public static EaseModel Fit(Csr interactions, double regularization, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(regularization);
        var count = interactions.ColumnCount;
        var matrix = new float[checked(count * count)];
        for (var user = 0; user < interactions.RowCount; user++)
        {
            var items = interactions.Row(user).Columns;
            foreach (var item in items)
            {
                var row = matrix.AsSpan(item * count, count);
                foreach (var other in items) row[other]++;
            }
        }
        for (var item = 0; item < count; item++) matrix[item * count + item] += (float)regularization;
        Invert(matrix, count, cancellationToken);

        var scale = new float[count];
        for (var item = 0; item < count; item++) scale[item] = -1 / matrix[item * count + item];
        for (var item = 0; item < count; item++)
        {
            var row = matrix.AsSpan(item * count, count);
            TensorPrimitives.Multiply(row, scale, row);
            row[item] = 0;
        }
        return new EaseModel(matrix, count);
    }

    /// <summary>Inverse of a symmetric positive definite matrix in place: Gauss and Jordan by blocks, so that nearly all work is one matrix product a block.</summary>
    internal static void Invert(Span<float> matrix, int size, CancellationToken cancellationToken)
    {
        var rowPanel = new float[BlockLength * size];
        var columnPanel = new float[size * BlockLength];
        var product = new float[size * BlockLength];
        for (var from = 0; from < size; from += BlockLength)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var length = Math.Min(BlockLength, size - from);
            var inverse = InvertBlock(matrix, size, from, length);
            var columns = columnPanel.AsSpan(0, size * length);
            for (var row = 0; row < size; row++)
            {
                var block = columns.Slice(row * length, length);
                if (row >= from && row < from + length) block.Clear();
                else TensorPrimitives.Negate(matrix.Slice(row * size + from, length), block);
            }
            var rows = rowPanel.AsSpan(0, length * size);
            Gemm.Multiply(inverse, matrix.Slice(from * size, length * size), rows, length, size, length);
            Gemm.Multiply(columns, rows, matrix, size, size, length, accumulate: true);
            Gemm.Multiply(columns, inverse, product.AsSpan(0, size * length), size, length, length);
            for (var row = 0; row < size; row++) product.AsSpan(row * length, length).CopyTo(matrix.Slice(row * size + from, length));
            rows.CopyTo(matrix[(from * size)..]);
            for (var row = 0; row < length; row++) inverse.AsSpan(row * length, length).CopyTo(matrix.Slice((from + row) * size + from, length));
        }
    }

    private static float[] InvertBlock(ReadOnlySpan<float> matrix, int size, int from, int length)
    {
        var block = new double[length * length];
        for (var i = 0; i < block.Length; i++) block[i] = matrix[(from + i / length) * size + from + i % length];
        for (var pivot = 0; pivot < length; pivot++)
        {
            var inverse = 1 / block[pivot * length + pivot]; // positive: a Schur complement of a positive definite matrix
            block[pivot * length + pivot] = 1;
            for (var j = 0; j < length; j++) block[pivot * length + j] *= inverse;
            for (var i = 0; i < length; i++)
            {
                if (i == pivot) continue;
                var factor = block[i * length + pivot];
                block[i * length + pivot] = 0;
                for (var j = 0; j < length; j++) block[i * length + j] -= factor * block[pivot * length + j];
            }
        }
        return Array.ConvertAll(block, value => (float)value);
    }
}

/// <summary>Fitted EASE weights: the score of an item is the sum of the weights from the history to it. Immutable.</summary>
public sealed class EaseModel : IRecommender, IExplainByHistory, IStorable<EaseModel>
{
    private readonly float[] _weights; // items × items: from history item (row) to candidate (column)

    internal EaseModel(float[] weights, int itemCount) => (_weights, ItemCount) = (weights, itemCount);

    /// <inheritdoc/>
    public int ItemCount { get; }

    /// <inheritdoc/>
    public static string Kind => "ease";

    /// <summary>Weights from one history item to all items; 0 to itself.</summary>
    public ReadOnlySpan<float> WeightsFrom(int item) => _weights.AsSpan(item * ItemCount, ItemCount);

    /// <inheritdoc/>
    public void Score(SparseRow history, Span<float> scores)
    {
        Recommend.CheckScores(this, history, scores);
        scores.Clear();
        foreach (var item in history.Columns) TensorPrimitives.Add(scores, WeightsFrom(item), scores);
    }

    /// <inheritdoc/>
    public void Contributions(SparseRow history, int item, Span<float> contributions)
    {
        for (var h = 0; h < history.Count; h++) contributions[h] = WeightsFrom(history.Columns[h])[item];
    }

    /// <inheritdoc/>
    public void Store(ModelPart part)
    {
        part.Settings["item_count"] = ItemCount;
        part.Put("weights", _weights, ItemCount, ItemCount);
    }

    /// <inheritdoc/>
    public static EaseModel Restore(ModelPart part)
    {
        var count = part.Setting<int>("item_count");
        return new EaseModel(part.Get<float>("weights", checked(count * count)), count);
    }
}
