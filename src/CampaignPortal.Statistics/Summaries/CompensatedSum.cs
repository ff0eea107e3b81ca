namespace CampaignPortal.Statistics.Summaries;

/// <summary>A sum whose rounding error does not grow with the number of terms (Neumaier 1974).</summary>
public struct CompensatedSum
{
    private double _sum;
    private double _lost;

    /// <summary>The sum so far.</summary>
    public readonly double Value => _sum + _lost;

    /// <summary>Adds a term.</summary>
    public void Add(double term)
    {
        var next = _sum + term;
        _lost += Math.Abs(_sum) >= Math.Abs(term) ? _sum - next + term : term - next + _sum;
        _sum = next;
    }

    /// <summary>The sum of values.</summary>
    public static double Of(ReadOnlySpan<double> values)
    {
        CompensatedSum sum = default;
        foreach (var value in values) sum.Add(value);
        return sum.Value;
    }
}
