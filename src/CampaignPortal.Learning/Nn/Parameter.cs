using System.Runtime.CompilerServices;
using CampaignPortal.Learning.Tensors;

namespace CampaignPortal.Learning.Nn;

/// <summary>A trainable array with its gradient. Names are paths ("layers.0.weight") and become keys of the saved file.</summary>
public sealed unsafe class Parameter
{
    private readonly AlignedFloats _value;
    private readonly AlignedFloats _gradient;

    /// <summary>A parameter of zeros.</summary>
    public Parameter(string name, params int[] shape)
    {
        (Name, Shape) = (name, shape);
        TensorShape = shape.Length switch
        {
            0 => Tensors.Shape.Scalar,
            1 => new Shape(shape[0]),
            2 => new Shape(shape[0], shape[1]),
            3 => new Shape(shape[0], shape[1], shape[2]),
            4 => new Shape(shape[0], shape[1], shape[2], shape[3]),
            _ => throw new ArgumentException($"The parameter {name} has {shape.Length} axes; at most 4 are possible.", nameof(shape)),
        };
        ParameterBudget.Take(name, TensorShape.Count);
        (_value, _gradient) = (new AlignedFloats(TensorShape.Count), new AlignedFloats(TensorShape.Count));
    }

    /// <summary>Path of the parameter.</summary>
    public string Name { get; }

    /// <summary>Sizes of the axes.</summary>
    public IReadOnlyList<int> Shape { get; }

    /// <summary>Weights, row-major.</summary>
    public Span<float> Value => _value.Span;

    /// <summary>Gradient of the loss; backward passes add to it, optimisers clear it.</summary>
    public Span<float> Gradient => _gradient.Span;

    /// <summary>A frozen parameter gets no gradient and optimisers leave it alone.</summary>
    public bool IsFrozen { get; set; }

    /// <summary>Whether weight decay applies; layers switch it off for biases and norms.</summary>
    public bool IsDecayed { get; set; } = true;

    /// <summary>For a table of rows of which a step uses few: which rows have a gradient. Null for a parameter that is always used whole.</summary>
    internal TouchedRows? Touched { get; private set; }

    internal Shape TensorShape { get; }

    internal float* Data => _value.Pointer;

    internal float* GradientData => _gradient.Pointer;

    /// <summary>Notes from now on which rows get a gradient, so that optimisers and <see cref="ClearGradient"/> visit only those.</summary>
    internal void TrackRows() => Touched ??= new TouchedRows(TensorShape[0]);

    /// <summary>Sets the gradient to zero.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void ClearGradient()
    {
        if (Touched is null || Touched.IsAll)
        {
            Gradient.Clear();
        }
        else
        {
            var width = Value.Length / TensorShape[0];
            foreach (var row in Touched.Rows) Gradient.Slice(row * width, width).Clear();
        }
        Touched?.Clear();
    }
}

/// <summary>The rows of a table that got a gradient since the last clearing, in the order of their first touch.</summary>
internal sealed class TouchedRows(int rowCount)
{
    private readonly bool[] _isTouched = new bool[rowCount];
    private readonly int[] _rows = new int[rowCount];
    private int _count;

    /// <summary>The whole table was an operand.</summary>
    public bool IsAll { get; private set; }

    public ReadOnlySpan<int> Rows => _rows.AsSpan(0, _count);

    public void Touch(int row)
    {
        if (_isTouched[row]) return;
        _isTouched[row] = true;
        _rows[_count++] = row;
    }

    public void TouchAll() => IsAll = true;

    public void Clear()
    {
        foreach (var row in Rows) _isTouched[row] = false;
        (_count, IsAll) = (0, false);
    }
}
