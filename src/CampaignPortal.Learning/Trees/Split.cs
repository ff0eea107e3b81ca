namespace CampaignPortal.Learning.Trees;

/// <summary>A way to divide the rows of a node.</summary>
internal sealed record Split
{
    public required int Column { get; init; }

    /// <summary>Second-order gain over leaving the node whole.</summary>
    public required double Gain { get; init; }

    /// <summary>Last bin that goes left, of a column of numbers.</summary>
    public int Bin { get; init; }

    /// <summary>Categories that go left; null for a column of numbers.</summary>
    public BinSet? Categories { get; init; }

    public required bool MissingLeft { get; init; }

    public required double LeftGradient { get; init; }

    public required double LeftHessian { get; init; }
}

/// <summary>The rows of a node and what the search for its split needs to know.</summary>
internal sealed class GrowingNode(int number, int depth, int from, int to)
{
    public int Number { get; } = number;

    public int Depth { get; } = depth;

    /// <summary>First of its rows in the grower's list.</summary>
    public int From { get; } = from;

    /// <summary>Behind the last of its rows.</summary>
    public int To { get; } = to;

    public int RowCount => To - From;

    public double Gradient { get; set; }

    public double Hessian { get; set; }

    /// <summary>Bounds of the leaf values below, from monotone splits above.</summary>
    public double Lower { get; set; } = double.NegativeInfinity;

    public double Upper { get; set; } = double.PositiveInfinity;

    public double[]? Histogram { get; set; }

    /// <summary>How to divide it best; null where nothing gains.</summary>
    public Split? Split { get; set; }

    /// <summary>Number of the left child, the right one follows; −1 in a leaf.</summary>
    public int Left { get; set; } = -1;

    public float Value { get; set; }
}
