using CampaignPortal.Statistics.Numerics;
using CampaignPortal.Statistics.Random;

namespace CampaignPortal.Statistics.Lifetime;

/// <summary>The normal approximation of a maximum likelihood estimate in the logarithms of its parameters.</summary>
internal sealed class ParameterCloud
{
    private readonly double[] _centre;
    private readonly Cholesky? _root;

    private ParameterCloud(double[] centre, double[,]? covariance)
    {
        _centre = centre;
        _root = covariance is null ? null : Cholesky.Of(covariance);
        if (covariance is not null && _root is not null)
            StandardErrors = [.. Enumerable.Range(0, centre.Length).Select(i => Math.Sqrt(covariance[i, i]))];
    }

    public static ParameterCloud None { get; } = new([], null);

    public IReadOnlyList<double>? StandardErrors { get; }

    /// <summary>The cloud around an estimate, from the observed information; none where the surface is too flat.</summary>
    /// <param name="meanNegativeLogLikelihood">Per observation.</param>
    /// <param name="point">Logarithms of the estimates.</param>
    /// <param name="observationCount">By how much the curvature is to be scaled.</param>
    public static ParameterCloud At(Objective meanNegativeLogLikelihood, double[] point, double observationCount)
    {
        var information = Bfgs.Hessian(meanNegativeLogLikelihood, point);
        for (var i = 0; i < point.Length; i++)
            for (var j = 0; j < point.Length; j++)
                information[i, j] *= observationCount;
        return new ParameterCloud(point, Cholesky.Of(information)?.Inverse());
    }

    /// <summary>Parameters on their own scale; null where there is no cloud.</summary>
    public double[]? Draw(Rng rng)
    {
        if (_root is null) return null;
        var z = new double[_centre.Length];
        for (var i = 0; i < z.Length; i++) z[i] = rng.NextNormal();
        var shift = _root.Multiply(z);
        // A cloud that is wide in one direction must not reach parameters that no computer can hold.
        return [.. _centre.Select((centre, i) => Math.Exp(Math.Clamp(centre + shift[i], -12, 12)))];
    }
}
