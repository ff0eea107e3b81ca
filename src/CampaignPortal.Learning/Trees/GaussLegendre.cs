namespace CampaignPortal.Learning.Trees;

/// <summary>Nodes and weights on [0, 1] that integrate polynomials exactly: n nodes up to degree 2n − 1.</summary>
internal sealed class GaussLegendre
{
    private readonly (double[] Nodes, double[] Weights)[] _rules;

    /// <summary>Rules for products of up to <paramref name="mostFactors"/> − 1 linear factors.</summary>
    public GaussLegendre(int mostFactors) => _rules = Enumerable.Range(0, mostFactors / 2 + 2).Select(Compute).ToArray();

    /// <summary>The rule that is exact for degree <paramref name="factors"/> − 1.</summary>
    public (double[] Nodes, double[] Weights) Of(int factors) => _rules[(factors + 1) / 2];

    /// <summary>Roots of the Legendre polynomial by Newton's method from their asymptotic places.</summary>
    private static (double[] Nodes, double[] Weights) Compute(int n)
    {
        var (nodes, weights) = (new double[n], new double[n]);
        for (var i = 0; i < n; i++)
        {
            var x = Math.Cos(Math.PI * (i + 0.75) / (n + 0.5));
            double slope = 0;
            for (var step = 0; step < 100; step++)
            {
                (var value, slope) = Legendre(n, x);
                x -= value / slope;
                if (Math.Abs(value / slope) < 1e-16) break;
            }
            (nodes[i], weights[i]) = ((1 + x) / 2, 1 / ((1 - x * x) * slope * slope));
        }
        return (nodes, weights);
    }

    private static (double Value, double Slope) Legendre(int n, double x)
    {
        double before = 1, value = x;
        for (var k = 2; k <= n; k++) (before, value) = (value, ((2 * k - 1) * x * value - (k - 1) * before) / k);
        return (value, n * (x * value - before) / (x * x - 1));
    }
}
