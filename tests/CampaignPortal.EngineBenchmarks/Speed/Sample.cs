namespace CampaignPortal.Benchmarks.Speed;

/// <summary>Seconds of several repetitions.</summary>
internal sealed class Sample
{
    // Above this spread something else ran on the machine; minima are the better estimate then.
    private const double CalmSpread = 1.5;

    private readonly List<double> _seconds = [];
    private readonly List<double> _medians = [];
    private double _least = double.PositiveInfinity, _most;

    public double Median => MedianOf(_medians.Count > 0 ? _medians : _seconds);

    public double Least => _least;

    public double Most => _most;

    public bool IsCalm => _most < CalmSpread * _least;

    public void Add(IReadOnlyList<double> seconds)
    {
        _seconds.AddRange(seconds);
        Widen(seconds.Min(), seconds.Max());
    }

    /// <summary>Adds a peer's process, which reports only these three figures of its repetitions.</summary>
    public void AddSummary(double median, double least, double most)
    {
        _medians.Add(median);
        Widen(least, most);
    }

    private void Widen(double least, double most) => (_least, _most) = (Math.Min(_least, least), Math.Max(_most, most));

    private static double MedianOf(List<double> values)
    {
        var sorted = values.Order().ToArray();
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }
}
