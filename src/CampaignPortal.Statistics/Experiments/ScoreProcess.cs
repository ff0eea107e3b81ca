using CampaignPortal.Statistics.Distributions;
using CampaignPortal.Statistics.Numerics;

namespace CampaignPortal.Statistics.Experiments;

/// <summary>A Brownian motion with drift among those paths that have not been stopped: the score z√t of a test at its looks.</summary>
internal sealed class ScoreProcess(double drift, int sides)
{
    private const int PanelCount = 16;
    private const double Range = 9; // standard deviations kept where no boundary cuts

    private double[] _nodes = [0];
    private double[] _mass = [1]; // density times quadrature weight at the nodes, at the last look
    private double _time;
    private double _next;

    /// <summary>Moves on to the information fraction <paramref name="time"/>.</summary>
    public void Advance(double time) => _next = time;

    /// <summary>Probability that the paths left are above z at the look.</summary>
    public double Crossing(double z)
    {
        if (double.IsPositiveInfinity(z)) return 0;
        double bound = z * Math.Sqrt(_next), step = Math.Sqrt(_next - _time), mean = drift * (_next - _time), sum = 0;
        for (var i = 0; i < _nodes.Length; i++) sum += _mass[i] * Normal.Standard.Survival((bound - _nodes[i] - mean) / step);
        return sum;
    }

    /// <summary>Probability that the paths left are below −z at the look.</summary>
    public double CrossingBelow(double z)
    {
        if (double.IsPositiveInfinity(z)) return 0;
        double bound = -z * Math.Sqrt(_next), step = Math.Sqrt(_next - _time), mean = drift * (_next - _time), sum = 0;
        for (var i = 0; i < _nodes.Length; i++) sum += _mass[i] * Normal.Standard.Cdf((bound - _nodes[i] - mean) / step);
        return sum;
    }

    /// <summary>The z above which the paths left lie with a given probability.</summary>
    public double BoundWithCrossing(double probability)
    {
        // In logarithms, because early looks spend as little as 1e-12.
        double Excess(double z) => Math.Log(Math.Max(Crossing(z), 1e-320) / probability);
        return Roots.Brent(Excess, -8, 38, 1e-13);
    }

    /// <summary>Stops the paths beyond the boundary and takes the look as the new start.</summary>
    public void Stop(double z)
    {
        double root = Math.Sqrt(_next), centre = drift * _next;
        var high = Math.Min(z * root, centre + Range * root);
        var low = sides is 2 ? Math.Max(-z * root, centre - Range * root) : centre - Range * root;
        var (nodes, weights) = Quadrature.Grid(low, Math.Max(high, low), PanelCount);
        double step = Math.Sqrt(_next - _time), mean = drift * (_next - _time), norm = 1 / (step * Math.Sqrt(2 * Math.PI));
        var mass = new double[nodes.Length];
        for (var j = 0; j < nodes.Length; j++)
        {
            double sum = 0;
            for (var i = 0; i < _nodes.Length; i++)
            {
                var distance = (nodes[j] - _nodes[i] - mean) / step;
                sum += _mass[i] * Math.Exp(-0.5 * distance * distance);
            }
            mass[j] = weights[j] * norm * sum;
        }
        (_nodes, _mass, _time) = (nodes, mass, _next);
    }
}
