using MathNet.Numerics.Integration;

namespace CampaignPortal.Statistics.Numerics;

/// <summary>Composite Gauss-Legendre integration.</summary>
internal static class Quadrature
{
    private const int Order = 20;
    private static readonly GaussLegendreRule Rule = new(-1, 1, Order);

    /// <summary>∫ f over [<paramref name="from"/>, <paramref name="to"/>] with twenty nodes in each of <paramref name="panelCount"/> equal panels.</summary>
    public static double Integrate(Func<double, double> f, double from, double to, int panelCount = 32)
    {
        var half = (to - from) / panelCount / 2;
        double sum = 0;
        for (var panel = 0; panel < panelCount; panel++)
        {
            var centre = from + (2 * panel + 1) * half;
            for (var i = 0; i < Order; i++) sum += Rule.GetWeight(i) * f(centre + half * Rule.GetAbscissa(i));
        }
        return sum * half;
    }

    /// <summary>Nodes and weights of the same rule, for integrands that are evaluated on a grid again and again.</summary>
    public static (double[] Nodes, double[] Weights) Grid(double from, double to, int panelCount)
    {
        var nodes = new double[panelCount * Order];
        var weights = new double[nodes.Length];
        var half = (to - from) / panelCount / 2;
        for (var k = 0; k < nodes.Length; k++)
        {
            nodes[k] = from + (2 * (k / Order) + 1) * half + half * Rule.GetAbscissa(k % Order);
            weights[k] = half * Rule.GetWeight(k % Order);
        }
        return (nodes, weights);
    }
}
