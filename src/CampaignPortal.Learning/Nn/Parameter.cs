namespace CampaignPortal.Learning.Nn;

/// <summary>A trainable array with its gradient. Names are paths ("layers.0.weight") and become keys of the saved file.</summary>
public sealed class Parameter
{
    private readonly float[] _value;
    private readonly float[] _gradient;

    /// <summary>A parameter of zeros.</summary>
    public Parameter(string name, params int[] shape)
    {
        (Name, Shape) = (name, shape);
        var length = shape.Aggregate(1, (a, b) => checked(a * b));
        (_value, _gradient) = (new float[length], new float[length]);
    }

    /// <summary>Path of the parameter.</summary>
    public string Name { get; }

    /// <summary>Sizes of the axes.</summary>
    public IReadOnlyList<int> Shape { get; }

    /// <summary>Weights, row-major.</summary>
    public Span<float> Value => _value;

    /// <summary>Gradient of the loss; backward passes add to it.</summary>
    public Span<float> Gradient => _gradient;
}
