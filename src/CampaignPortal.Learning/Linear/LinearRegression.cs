using CampaignPortal.Learning.Data;

namespace CampaignPortal.Learning.Linear;

/// <summary>Options of <see cref="LinearRegression"/> and <see cref="PoissonRegression"/>.</summary>
public sealed record LinearOptions
{
    /// <summary>Weight of ½·|w|² beside the weighted sum of losses (half squared errors, or Poisson losses). Default 1. The intercept is not penalised.</summary>
    /// <remarks>Ridge written as Σ(y − ŷ)² + α|w|² has L2 = α; an elastic net over 1/(2n)·Σ(y − ŷ)² has L1 and L2 = n times its own.</remarks>
    public double L2 { get; init; } = 1;

    /// <summary>Weight of |w|₁, which sets weights to exactly 0. Default 0.</summary>
    public double L1 { get; init; }

    /// <summary>Whether penalties act on weights of standardised columns (default) or on weights in original units.</summary>
    public bool Standardize { get; init; } = true;

    /// <summary>Most Newton steps. Default 100.</summary>
    public int MaxIterations { get; init; } = 100;

    /// <summary>Stops when twice the loss still to gain per unit of row weight is below this share of it. Default 1e-12.</summary>
    public double Tolerance { get; init; } = 1e-12;

    /// <summary>Threads; null (the default) means all processors but one. The result does not depend on it.</summary>
    public int? Degree { get; init; }

    internal LinearSettings ToSettings(Link link)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(L2, "options.L2");
        ArgumentOutOfRangeException.ThrowIfNegative(L1, "options.L1");
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(MaxIterations, "options.MaxIterations");
        return new LinearSettings(link, L1, L2, Standardize, MaxIterations, Tolerance, ParallelRanges.Degree(Degree));
    }
}

/// <summary>Least squares with L2 (ridge), L1 (lasso) or both penalties (elastic net).</summary>
/// <remarks>Ridge is one Newton step; with an L1 term coordinate descent on the Gram matrix (Friedman, Hastie and Tibshirani 2010). Cost: rows × columns². Meant for up to some thousand columns.</remarks>
public static class LinearRegression
{
    /// <summary>Fits a model.</summary>
    /// <param name="data">Rows without missing values.</param>
    /// <param name="targets">A finite number per row.</param>
    /// <param name="sampleWeights">Weight per row, or empty for 1 each.</param>
    /// <param name="options">Options.</param>
    /// <param name="ct">Looked at between steps.</param>
    /// <exception cref="ArgumentException">A value is missing (the column is named), a target is not finite, or lengths differ.</exception>
    public static LinearModel Fit(Matrix data, ReadOnlySpan<float> targets, ReadOnlySpan<float> sampleWeights, LinearOptions options, CancellationToken ct)
    {
        data.RequireFinite();
        foreach (var y in targets) if (!float.IsFinite(y)) throw new ArgumentException($"Targets must be finite; found {y}.", nameof(targets));
        var weights = RowWeights.Of(data.RowCount, targets.Length, sampleWeights);
        var fit = new GeneralizedLinear(data, targets.ToArray(), weights, options.ToSettings(Link.Identity)).Fit(null, ct);
        return new LinearModel(fit, isLog: false, data.ColumnNames);
    }
}

/// <summary>Poisson regression of counts: mean = exp(w·x + b), with L2, L1 or both penalties, by Newton steps.</summary>
/// <remarks>For counts over unequal times (exposures) fit count / exposure with the exposure as row weight: the same likelihood.</remarks>
public static class PoissonRegression
{
    /// <summary>Fits a model.</summary>
    /// <param name="data">Rows without missing values.</param>
    /// <param name="counts">A count (or rate) per row, finite and not negative, not all 0.</param>
    /// <param name="sampleWeights">Weight per row, or empty for 1 each.</param>
    /// <param name="options">Options.</param>
    /// <param name="ct">Looked at between steps.</param>
    /// <exception cref="ArgumentException">A value is missing (the column is named), a count is negative or not finite, all are 0, or lengths differ.</exception>
    public static LinearModel Fit(Matrix data, ReadOnlySpan<float> counts, ReadOnlySpan<float> sampleWeights, LinearOptions options, CancellationToken ct)
    {
        data.RequireFinite();
        var weights = RowWeights.Of(data.RowCount, counts.Length, sampleWeights);
        double total = 0;
        for (var i = 0; i < counts.Length; i++)
        {
            if (!(counts[i] >= 0 && float.IsFinite(counts[i]))) throw new ArgumentException($"Counts must be finite and not negative; row {i} has {counts[i]}.", nameof(counts));
            total += (double)weights[i] * counts[i];
        }
        if (total == 0) throw new ArgumentException("All counts are 0: there is no rate to learn. Take a longer window.", nameof(counts));
        var fit = new GeneralizedLinear(data, counts.ToArray(), weights, options.ToSettings(Link.Log)).Fit(null, ct);
        return new LinearModel(fit, isLog: true, data.ColumnNames);
    }
}
