using CampaignPortal.Learning.Autograd;
using CampaignPortal.Learning.Tensors;
using CampaignPortal.Statistics.Random;

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
public sealed class Embedding : Module
{
    /// <summary>A table of zeros.</summary>
    /// <param name="name">Path of the layer.</param>
    /// <param name="rowCount">Number of vectors.</param>
    /// <param name="width">Length of each.</param>
    /// <param name="paddingIndex">A row that never gets a gradient; its value is still returned. Null for none.</param>
    public Embedding(string name, int rowCount, int width, int? paddingIndex = null) : base(name)
    {
        (Width, PaddingIndex) = (width, paddingIndex);
        Weight = NewParameter("weight", rowCount, width);
        Weight.TrackRows();
    }

    /// <summary>A table of normal·deviation; the padding row is zero.</summary>
    public Embedding(string name, int rowCount, int width, Rng rng, double deviation, int? paddingIndex = null) : this(name, rowCount, width, paddingIndex)
    {
        foreach (ref var w in Weight.Value) w = (float)(rng.NextNormal() * deviation);
        if (paddingIndex is { } padding) Weight.Value.Slice(padding * width, width).Clear();
    }

    /// <summary>[rows, width].</summary>
    public Parameter Weight { get; }

    /// <summary>Length of a vector.</summary>
    public int Width { get; }

    /// <summary>The row without gradient, if any.</summary>
    public int? PaddingIndex { get; }

    /// <summary>The vectors of the given rows: [index count, width].</summary>
    public Tensor Forward(Tape tape, in Indices index) => tape.Gather(Weight, index, PaddingIndex ?? -1);

    /// <summary>Sum or mean of the vectors of every bag: [bags, width]. See <see cref="EmbeddingOperations.Bags"/>.</summary>
    public Tensor ForwardBags(Tape tape, in Indices index, in Indices offsets, BagMode mode) => tape.Bags(Weight, index, offsets, mode, PaddingIndex ?? -1);
}
