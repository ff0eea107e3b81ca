using CampaignPortal.Learning.Data;

namespace CampaignPortal.Learning.Linear;

/// <summary>Options of <see cref="LogisticRegression"/>.</summary>
public sealed record LogisticOptions
{
    /// <summary>Weight λ of the penalty ½·λ·|w|² beside the weighted sum of log-losses (1/C elsewhere). The intercept is not penalised. Default 1.</summary>
    public double L2 { get; init; } = 1;

    /// <summary>Weight of the penalty |w|₁, which sets weights to exactly 0; with <see cref="L2"/> it makes an elastic net. Default 0.</summary>
    public double L1 { get; init; }

    /// <summary>Whether the penalty acts on weights of standardised columns (default), so that units do not matter, or on weights in original units.</summary>
    public bool Standardize { get; init; } = true;

    /// <summary>Whether rows of a class weigh n / (2 · rows of the class). Default false.</summary>
    public bool Balanced { get; init; }

    /// <summary>Most Newton steps. Default 50; 5 to 8 are usual.</summary>
    public int MaxIterations { get; init; } = 50;

    /// <summary>Stops when the Newton decrement, twice the loss still to gain per unit of row weight, is below this. Default 1e-10.</summary>
    public double Tolerance { get; init; } = 1e-10;

    /// <summary>Most L-BFGS steps, for sparse rows and for more than 256 columns. Default 500.</summary>
    public int MaxLbfgsIterations { get; init; } = 500;

    /// <summary>L-BFGS stops when no entry of the gradient per unit of row weight is larger. Default 1e-6.</summary>
    public double GradientTolerance { get; init; } = 1e-6;

    /// <summary>Threads; null (the default) means all processors but one. The result does not depend on it.</summary>
    public int? Degree { get; init; }

    internal void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfNegative(L2, "options.L2");
        ArgumentOutOfRangeException.ThrowIfNegative(L1, "options.L1");
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(MaxIterations, "options.MaxIterations");
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(MaxLbfgsIterations, "options.MaxLbfgsIterations");
    }

    internal LinearSettings ToSettings(Link link) => new(link, L1, L2, Standardize, MaxIterations, Tolerance, ParallelRanges.Degree(Degree));
}

/// <summary>One Newton step.</summary>
/// <param name="Iteration">Number of the step, from 1.</param>
/// <param name="Loss">Weighted mean loss plus penalty per unit of weight, before the step.</param>
public sealed record LogisticProgress(int Iteration, double Loss);
