using CampaignPortal.Learning.Kernels;

namespace CampaignPortal.Learning.Nn;

/// <summary>How the rows of a bag are combined.</summary>
public enum BagMode
{
    /// <summary>Their sum.</summary>
    Sum,

    /// <summary>Their mean.</summary>
    Mean,
}

/// <summary>A table of vectors, looked up by row number.</summary>
/// <param name="name">Path of the layer.</param>
/// <param name="rowCount">Number of vectors.</param>
/// <param name="width">Length of each.</param>
/// <param name="paddingIndex">A row that never gets a gradient; its value is still returned. Null for none.</param>
public sealed class Embedding(string name, int rowCount, int width, int? paddingIndex = null)
{
    /// <summary>[rows, width].</summary>
    public Parameter Weight { get; } = new(name + ".weight", rowCount, width);

    /// <summary>y[i] = weight[index[i]].</summary>
    public void Forward(ReadOnlySpan<int> index, Span<float> y)
    {
        for (var i = 0; i < index.Length; i++) Weight.Value.Slice(index[i] * width, width).CopyTo(y[(i * width)..]);
    }

    /// <summary>Adds gradY[i] to the gradient of row index[i].</summary>
    public void Backward(ReadOnlySpan<int> index, ReadOnlySpan<float> gradY)
    {
        for (var i = 0; i < index.Length; i++)
        {
            if (index[i] != paddingIndex) Dense.Axpy(1, gradY.Slice(i * width, width), Weight.Gradient.Slice(index[i] * width, width));
        }
    }

    /// <summary>y[b] = sum or mean of the rows index[offsets[b]..offsets[b+1]); an empty bag gives zeros.</summary>
    public void ForwardBags(ReadOnlySpan<int> index, ReadOnlySpan<int> offsets, BagMode mode, Span<float> y)
    {
        y.Clear();
        for (var b = 0; b < offsets.Length; b++)
        {
            var end = b + 1 < offsets.Length ? offsets[b + 1] : index.Length;
            var factor = Factor(mode, end - offsets[b]);
            for (var i = offsets[b]; i < end; i++) Dense.Axpy(factor, Weight.Value.Slice(index[i] * width, width), y.Slice(b * width, width));
        }
    }

    /// <summary>Adds the gradient of bags to the rows in them.</summary>
    public void BackwardBags(ReadOnlySpan<int> index, ReadOnlySpan<int> offsets, BagMode mode, ReadOnlySpan<float> gradY)
    {
        for (var b = 0; b < offsets.Length; b++)
        {
            var end = b + 1 < offsets.Length ? offsets[b + 1] : index.Length;
            var factor = Factor(mode, end - offsets[b]);
            for (var i = offsets[b]; i < end; i++)
            {
                if (index[i] != paddingIndex) Dense.Axpy(factor, gradY.Slice(b * width, width), Weight.Gradient.Slice(index[i] * width, width));
            }
        }
    }

    private static float Factor(BagMode mode, int count) => mode == BagMode.Mean && count > 0 ? 1f / count : 1;
}
