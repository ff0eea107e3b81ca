namespace CampaignPortal.Learning.Tensors;

/// <summary>A shape over a contiguous, row-major block of float32, made by a <see cref="Autograd.Tape"/> or standing for a parameter.</summary>
/// <remarks>
/// A tensor is a small value: copying it copies no numbers. What a tape made lives until the tape begins anew or is disposed; reading it later reads
/// the numbers of another step. Slot says where its gradient is kept (−1: it has none).
/// </remarks>
public readonly unsafe struct Tensor
{
    internal Tensor(float* data, Shape shape, int slot)
    {
        Data = data;
        Shape = shape;
        Slot = slot;
    }

    internal float* Data { get; }

    internal int Slot { get; }

    /// <summary>Sizes of the axes.</summary>
    public Shape Shape { get; }

    /// <summary>Number of elements.</summary>
    public int Count => Shape.Count;

    /// <summary>Product of all axes but the last.</summary>
    public int Rows => Shape.Rows;

    /// <summary>Size of the last axis.</summary>
    public int Columns => Shape.Columns;

    /// <summary>True where the tape will find a gradient of the loss for this tensor.</summary>
    public bool NeedsGradient => Slot >= 0;

    /// <summary>All elements, row-major.</summary>
    public Span<float> Values => new(Data, Shape.Count);

    /// <summary>The elements of one row of the last axis.</summary>
    public Span<float> Row(int row)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)row, (uint)Rows, nameof(row));
        return new(Data + (long)row * Columns, Columns);
    }

    /// <summary>The one number of a tensor of one element, a loss for instance.</summary>
    /// <exception cref="InvalidOperationException">There are more.</exception>
    public float Scalar => Count == 1 ? *Data : throw new InvalidOperationException($"A tensor of shape {Shape} is not a single number.");

    /// <summary>The same numbers and the same gradient under another shape.</summary>
    /// <exception cref="ArgumentException">The number of elements differs.</exception>
    public Tensor Reshape(Shape shape) =>
        shape.Count == Count ? new Tensor(Data, shape, Slot) : throw new ArgumentException($"A tensor of shape {Shape} cannot be seen as {shape}: {Count} elements against {shape.Count}.", nameof(shape));
}

/// <summary>Row numbers, targets or offsets of one step: int32 of their own kind, without gradient. They live as long as the tape's step.</summary>
public readonly unsafe struct Indices
{
    internal Indices(int* data, int count)
    {
        Data = data;
        Count = count;
    }

    internal int* Data { get; }

    /// <summary>How many there are.</summary>
    public int Count { get; }

    /// <summary>All of them.</summary>
    public ReadOnlySpan<int> Values => new(Data, Count);
}
