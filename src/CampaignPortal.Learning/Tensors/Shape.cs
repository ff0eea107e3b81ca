using System.Globalization;

namespace CampaignPortal.Learning.Tensors;

/// <summary>Sizes of the axes of a tensor of rank 0 to 4, the last one contiguous.</summary>
public readonly struct Shape : IEquatable<Shape>
{
    private readonly int _d0, _d1, _d2, _d3;

    /// <summary>Rank 0: a single number.</summary>
    public static Shape Scalar => default;

    /// <summary>Rank 1.</summary>
    public Shape(int d0) => (Rank, _d0) = (1, Checked(d0));

    /// <summary>Rank 2.</summary>
    public Shape(int d0, int d1) => (Rank, _d0, _d1) = (2, Checked(d0), Checked(d1));

    /// <summary>Rank 3.</summary>
    public Shape(int d0, int d1, int d2) => (Rank, _d0, _d1, _d2) = (3, Checked(d0), Checked(d1), Checked(d2));

    /// <summary>Rank 4.</summary>
    public Shape(int d0, int d1, int d2, int d3) => (Rank, _d0, _d1, _d2, _d3) = (4, Checked(d0), Checked(d1), Checked(d2), Checked(d3));

    /// <summary>Number of axes, 0 to 4.</summary>
    public int Rank { get; }

    /// <summary>Size of an axis.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such axis.</exception>
    public int this[int axis] => axis switch
    {
        0 when Rank > 0 => _d0,
        1 when Rank > 1 => _d1,
        2 when Rank > 2 => _d2,
        3 when Rank > 3 => _d3,
        _ => throw new ArgumentOutOfRangeException(nameof(axis), axis, $"The shape {this} has {Rank} axes."),
    };

    /// <summary>Number of elements; 1 for rank 0.</summary>
    public int Count => Rank switch
    {
        0 => 1,
        1 => _d0,
        2 => checked(_d0 * _d1),
        3 => checked(_d0 * _d1 * _d2),
        _ => checked(_d0 * _d1 * _d2 * _d3),
    };

    /// <summary>Size of the last axis; 1 for rank 0. Row-wise operations see every tensor as Rows × Columns.</summary>
    public int Columns => Rank == 0 ? 1 : this[Rank - 1];

    /// <summary>Product of all axes but the last; 1 for rank 0 and 1.</summary>
    public int Rows => Rank switch
    {
        0 or 1 => 1,
        2 => _d0,
        3 => checked(_d0 * _d1),
        _ => checked(_d0 * _d1 * _d2),
    };

    /// <summary>The same axes with another size of the last one.</summary>
    public Shape WithColumns(int columns) => Rank switch
    {
        0 => throw new ArgumentException("A scalar has no last axis.", nameof(columns)),
        1 => new Shape(columns),
        2 => new Shape(_d0, columns),
        3 => new Shape(_d0, _d1, columns),
        _ => new Shape(_d0, _d1, _d2, columns),
    };

    /// <inheritdoc/>
    public bool Equals(Shape other) => (Rank, _d0, _d1, _d2, _d3) == (other.Rank, other._d0, other._d1, other._d2, other._d3);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Shape other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Rank, _d0, _d1, _d2, _d3);

    /// <summary>Equal axes.</summary>
    public static bool operator ==(Shape left, Shape right) => left.Equals(right);

    /// <summary>Other axes.</summary>
    public static bool operator !=(Shape left, Shape right) => !left.Equals(right);

    /// <summary>"[256, 64]".</summary>
    public override string ToString()
    {
        ReadOnlySpan<int> sizes = [_d0, _d1, _d2, _d3];
        var texts = new string[Rank];
        for (var axis = 0; axis < Rank; axis++) texts[axis] = sizes[axis].ToString(CultureInfo.InvariantCulture);
        return "[" + string.Join(", ", texts) + "]";
    }

    private static int Checked(int size)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(size);
        return size;
    }
}
