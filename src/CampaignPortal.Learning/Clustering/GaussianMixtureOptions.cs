namespace CampaignPortal.Learning.Clustering;

/// <summary>Shape of a component of <see cref="GaussianMixture"/>.</summary>
public enum CovarianceKind
{
    /// <summary>Any ellipsoid: columns × columns numbers each.</summary>
    Full,

    /// <summary>An ellipsoid along the axes: one variance per column.</summary>
    Diagonal,
}

/// <summary>Options of <see cref="GaussianMixture"/>.</summary>
public sealed record GaussianMixtureOptions
{
    /// <summary>Number of components; null (the default) chooses it between <see cref="MinComponentCount"/> and <see cref="MaxComponentCount"/> by the lowest BIC.</summary>
    public int? ComponentCount { get; init; }

    /// <summary>Smallest number of components to consider. Default 1.</summary>
    public int MinComponentCount { get; init; } = 1;

    /// <summary>Largest number of components to consider. Default 8.</summary>
    public int MaxComponentCount { get; init; } = 8;

    /// <summary>Shape of the components. Default full.</summary>
    public CovarianceKind Covariance { get; init; } = CovarianceKind.Full;

    /// <summary>Independent k-means starts; the highest likelihood wins. Default 3.</summary>
    public int StartCount { get; init; } = 3;

    /// <summary>Most EM steps per start. Default 200.</summary>
    public int MaxIterations { get; init; } = 200;

    /// <summary>A start ends when a step raises the mean log-likelihood per row by less. Default 1e-5.</summary>
    public double Tolerance { get; init; } = 1e-5;

    /// <summary>Share of each column's variance that is added to every component's: no component can shrink to a point. Default 1e-6.</summary>
    public double Regularization { get; init; } = 1e-6;

    /// <summary>Threads; null (the default) means all processors but one. The result does not depend on it.</summary>
    public int? Degree { get; init; }

    internal void Validate()
    {
        if (ComponentCount is { } count) ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count, "options.ComponentCount");
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(MinComponentCount, "options.MinComponentCount");
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxComponentCount, MinComponentCount, "options.MaxComponentCount");
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(StartCount, "options.StartCount");
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(MaxIterations, "options.MaxIterations");
        ArgumentOutOfRangeException.ThrowIfNegative(Tolerance, "options.Tolerance");
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(Regularization, "options.Regularization");
    }
}
