namespace CampaignPortal.Learning.Factorization;

/// <summary>Choices of <see cref="ImplicitAls"/>.</summary>
public sealed record ImplicitAlsOptions
{
    /// <summary>d, the length of a factor row. Multiples of 16 waste no work.</summary>
    public int Dimension { get; init; } = 64;

    /// <summary>How often users and then items are solved for.</summary>
    public int Sweeps { get; init; } = 8;

    /// <summary>a₀: the weight of every pair, seen or not.</summary>
    public double UnobservedWeight { get; init; } = 0.5;

    /// <summary>λ: scaled for each row by its pairs + a₀·(length of the other side).</summary>
    public double Regularization { get; init; } = 0.01;

    /// <summary>A seen pair weighs 1 + boost·ln(count) more than a₀.</summary>
    public double CountBoost { get; init; } = 1;

    /// <summary>Threads, null for all processors but one. The result does not depend on it.</summary>
    public int? Degree { get; init; }

    /// <summary>Settings that suit data of a density: on dense data unseen pairs say as much as in Rendle et al. 2022, on sparse ones little, and a₀ must be small.</summary>
    /// <param name="density">Pairs over users × items.</param>
    public static ImplicitAlsOptions ForDensity(double density) => density < 0.005
        ? new() { Dimension = 128, UnobservedWeight = 0.003, Regularization = 0.01, Sweeps = 8 }
        : new() { Dimension = 192, UnobservedWeight = 0.3, Regularization = 0.007, Sweeps = 12 };

    internal void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(Dimension, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Dimension, 1024);
        ArgumentOutOfRangeException.ThrowIfLessThan(Sweeps, 1);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(UnobservedWeight, 0);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(Regularization, 0);
        ArgumentOutOfRangeException.ThrowIfNegative(CountBoost);
    }
}
