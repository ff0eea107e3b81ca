using CampaignPortal.Statistics.Distributions;
using CampaignPortal.Statistics.Numerics;
using CampaignPortal.Statistics.Random;

namespace CampaignPortal.Statistics.Tests.Distributions;

public sealed class DistributionTests
{
    private static readonly double[] Levels = [1e-12, 1e-4, 0.025, 0.3, 0.5, 0.8, 0.975, 0.9999];

    [Fact]
    public void Quantiles_invert_cdfs()
    {
        (Func<double, double> Quantile, Func<double, double> Cdf)[] pairs =
        [
            (Normal.Standard.Quantile, Normal.Standard.Cdf),
            (new Normal(5, 3).Quantile, new Normal(5, 3).Cdf),
            (new StudentT(3.7).Quantile, new StudentT(3.7).Cdf),
            (new StudentT(1e6).Quantile, new StudentT(1e6).Cdf),
            (new GammaDistribution(0.3, 2).Quantile, new GammaDistribution(0.3, 2).Cdf),
            (new GammaDistribution(300, 2).Quantile, new GammaDistribution(300, 2).Cdf),
            (new ChiSquare(7).Quantile, new ChiSquare(7).Cdf),
            (new BetaDistribution(0.5, 20.5).Quantile, new BetaDistribution(0.5, 20.5).Cdf),
            (new BetaDistribution(500, 9500).Quantile, new BetaDistribution(500, 9500).Cdf),
        ];
        foreach (var (quantile, cdf) in pairs)
            foreach (var level in Levels)
                Assert.Equal(1, cdf(quantile(level)) / level, 1e-9);
    }

    [Fact]
    public void Densities_integrate_to_their_cdf()
    {
        Assert.Equal(new Normal(1, 2).Cdf(2) - new Normal(1, 2).Cdf(-3), Quadrature.Integrate(new Normal(1, 2).Density, -3, 2), 1e-13);
        Assert.Equal(new GammaDistribution(2.5, 3).Cdf(2) - new GammaDistribution(2.5, 3).Cdf(0.1), Quadrature.Integrate(new GammaDistribution(2.5, 3).Density, 0.1, 2), 1e-13);
        Assert.Equal(new BetaDistribution(30, 2.5).Cdf(0.9), Quadrature.Integrate(new BetaDistribution(30, 2.5).Density, 0, 0.9), 1e-13);
    }

    [Fact]
    public void Tails_keep_their_relative_precision()
    {
        // Published: P(Z > 10) = 7.619853024160526e-24; a chi-square of two degrees of freedom has the tail e^(-x/2).
        Assert.Equal(1, Normal.Standard.Survival(10) / 7.619853024160526e-24, 1e-12);
        Assert.Equal(1, new ChiSquare(2).Survival(1000) / Math.Exp(-500), 1e-12);
        // Beta(1, n) has the tail (1-x)^n, t with one degree of freedom is Cauchy.
        Assert.Equal(1, new BetaDistribution(1, 50).Survival(0.9) / 1e-50, 1e-11);
        Assert.Equal(1, new StudentT(1).Survival(1e8) / (1 / (Math.PI * 1e8)), 1e-12);
        Assert.Equal(1, new FisherF(2, 2).Survival(1e9) * (1 + 1e9), 1e-12);
    }

    [Fact]
    public void Large_parameters_stay_precise()
    {
        // Symmetric cases have closed forms whatever the size.
        Assert.Equal(0.5, new BetaDistribution(1e6, 1e6).Cdf(0.5), 1e-12);
        Assert.Equal(1, new GammaDistribution(1e6, 1).Cdf(1e6) + new GammaDistribution(1e6, 1).Survival(1e6), 1e-12);
        Assert.Equal(0.5 + 1 / (3 * Math.Sqrt(2 * Math.PI * 1e6)), new GammaDistribution(1e6, 1).Cdf(1e6), 1e-9); // Abramowitz and Stegun 6.5.35
    }

    [Fact]
    public void Trigamma_is_the_slope_of_digamma_and_digamma_of_log_gamma()
    {
        foreach (var x in (double[])[0.07, 0.9, 3.3, 11.9, 12.1, 400])
        {
            var h = 1e-4 * x;
            Assert.Equal(1, (SpecialFunctions.LogGamma(x + h) - SpecialFunctions.LogGamma(x - h)) / (2 * h) / SpecialFunctions.Digamma(x), 1e-6);
            Assert.Equal(1, (SpecialFunctions.Digamma(x + h) - SpecialFunctions.Digamma(x - h)) / (2 * h) / SpecialFunctions.Trigamma(x), 1e-6);
        }
        Assert.Equal(Math.PI * Math.PI / 6, SpecialFunctions.Trigamma(1), 1e-14);
        Assert.Equal(SpecialFunctions.LogGamma(3) + SpecialFunctions.LogGamma(1e9) - SpecialFunctions.LogGamma(1e9 + 3), SpecialFunctions.LogBeta(3, 1e9), 1e-5);
        Assert.Equal(Math.Log(2) - 3 * Math.Log(1e9), SpecialFunctions.LogBeta(3, 1e9), 1e-8); // Γ(3) n^-3 for large n
    }

    [Fact]
    public void Hypergeometric_series_agree_with_closed_forms()
    {
        foreach (var z in (double[])[-5, -0.4, 0.3, 0.93, 0.9999])
        {
            Assert.Equal(1, SpecialFunctions.Hypergeometric2F1(1, 1, 2, z) / (-Math.Log(1 - z) / z), 1e-11);
            Assert.Equal(1, SpecialFunctions.Hypergeometric2F1(0.7, 2, 2, z) / Math.Pow(1 - z, -0.7), 1e-11);
        }
        Assert.Equal(1, SpecialFunctions.Hypergeometric2F1(0.5, 0.3, 1.9, 0.99999) / NearGauss(), 1e-4);
        static double NearGauss() => Math.Exp(SpecialFunctions.LogGamma(1.9) + SpecialFunctions.LogGamma(1.1) - SpecialFunctions.LogGamma(1.4) - SpecialFunctions.LogGamma(1.6));
    }

    [Fact]
    public void Hypergeometric_series_agree_with_eulers_integral()
    {
        // 2F1(a, b; c; z) = ∫ t^(b−1) (1−t)^(c−b−1) (1−zt)^(−a) dt / B(b, c−b), on the logit scale of t.
        foreach (var (a, b, c) in ((double, double, double)[])[(0.24, 2.4, 3.7), (5.3, 2.4, 3.1), (30.2, 4.5, 9.9), (80.7, 1.6, 82.3), (12.4, 19.9, 25.2)])
        {
            foreach (var z in (double[])[0.2, 0.7, 0.91, 0.97])
            {
                var integral = Quadrature.Integrate(
                    v =>
                    {
                        double t = 1 / (1 + Math.Exp(-v)), rest = 1 / (1 + Math.Exp(v));
                        return Math.Exp(b * Math.Log(t) + (c - b) * Math.Log(rest) - a * Math.Log(1 - z * t) - SpecialFunctions.LogBeta(b, c - b));
                    },
                    -60, 60, 256);
                Assert.Equal(1, SpecialFunctions.Hypergeometric2F1(a, b, c, z) / integral, 1e-8);
            }
        }
    }

    [Fact]
    public void Samples_have_the_right_mean_and_variance()
    {
        var rng = new Rng(8);
        AssertMoments(() => new GammaDistribution(0.4, 2).Sample(rng), 0.2, 0.1);
        AssertMoments(() => new GammaDistribution(9, 0.5).Sample(rng), 18, 36);
        AssertMoments(() => new BetaDistribution(2, 5).Sample(rng), 2 / 7.0, 10 / (49.0 * 8));
        AssertMoments(() => new Poisson(3.3).Sample(rng), 3.3, 3.3);
        AssertMoments(() => new Poisson(5000).Sample(rng), 5000, 5000);
        AssertMoments(() => new Normal(3, 2).Sample(rng), 3, 4);
    }

    [Fact]
    public void Poisson_probabilities_add_up()
    {
        var poisson = new Poisson(7.5);
        Assert.Equal(poisson.Cdf(12), Enumerable.Range(0, 13).Sum(poisson.Probability), 1e-13);
        Assert.Equal(1, Enumerable.Range(0, 100).Sum(poisson.Probability), 1e-13);
    }

    [Fact]
    public void Wrong_arguments_are_told()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new BetaDistribution(0, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => Normal.Standard.Quantile(double.NaN));
        Assert.Throws<ArgumentOutOfRangeException>(() => SpecialFunctions.LogGamma(0));
        Assert.True(double.IsNaN(SpecialFunctions.Digamma(-2)));
        Assert.Equal(double.PositiveInfinity, Normal.Standard.Quantile(1));
    }

    private static void AssertMoments(Func<double> draw, double mean, double variance)
    {
        const int Count = 60_000;
        var values = Enumerable.Range(0, Count).Select(_ => draw()).ToArray();
        var average = values.Average();
        Assert.InRange(average, mean - 5 * Math.Sqrt(variance / Count), mean + 5 * Math.Sqrt(variance / Count));
        Assert.InRange(values.Average(v => (v - average) * (v - average)) / variance, 0.93, 1.07);
    }
}
