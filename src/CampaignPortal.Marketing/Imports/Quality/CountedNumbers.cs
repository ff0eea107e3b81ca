namespace CampaignPortal.Marketing.Imports.Quality;

/// <summary>Numbers with how often each occurs, ascending.</summary>
internal sealed class CountedNumbers(IReadOnlyList<(double Value, long Count)> numbers)
{
    public long Count { get; } = numbers.Sum(n => n.Count);

    /// <summary>The smallest number that the share <paramref name="p"/> of all does not exceed.</summary>
    public double Quantile(double p) => At(numbers, Math.Clamp((long)Math.Ceiling(p * Count), 1, Count));

    /// <summary>Median of the distances to <paramref name="center"/>.</summary>
    public double MedianDistance(double center) => At([.. numbers.Select(n => (Math.Abs(n.Value - center), n.Count)).OrderBy(n => n.Item1)], (Count + 1) / 2);

    /// <summary>How many lie below <paramref name="low"/> or above <paramref name="high"/>.</summary>
    public long CountOutside(double low, double high) => numbers.Where(n => n.Value < low || n.Value > high).Sum(n => n.Count);

    private static double At(IReadOnlyList<(double Value, long Count)> ascending, long rank)
    {
        foreach (var (value, count) in ascending)
        {
            rank -= count;
            if (rank <= 0) return value;
        }
        throw new ArgumentOutOfRangeException(nameof(rank), "There are fewer numbers than that.");
    }
}
