using System.Diagnostics;

namespace CampaignPortal.Benchmarks.Speed;

/// <summary>One row of the speed comparison: a piece of work that a peer does too, on the same generated data.</summary>
/// <remarks>Called in this order: <see cref="Prepare"/> once, <see cref="Run"/> once to warm up and then several times, <see cref="Outcome"/> once.</remarks>
internal interface ISpeedRow
{
    /// <summary>Name of the row in jobs.json.</summary>
    string Job { get; }

    /// <summary>Makes the data; not timed.</summary>
    /// <param name="degree">Threads that the work may use.</param>
    void Prepare(int degree);

    /// <summary>One repetition.</summary>
    /// <returns>Its seconds; one entry per epoch where the peer times epochs.</returns>
    IReadOnlyList<double> Run();

    /// <summary>What the last repetition computed.</summary>
    SpeedOutcome Outcome();
}

/// <summary>What a row computed: figures that the job's rule compares with the peer's, and the row's own verdict.</summary>
/// <param name="Metrics">Figures by the names that the peer prints.</param>
/// <param name="Fault">What is wrong with the result by the row's own check; null when nothing is.</param>
internal sealed record SpeedOutcome(IReadOnlyDictionary<string, double> Metrics, string? Fault = null)
{
    public static SpeedOutcome Of(params (string Name, double Value)[] metrics) => new(metrics.ToDictionary(m => m.Name, m => m.Value, StringComparer.Ordinal));
}

internal static class Timed
{
    /// <summary>Seconds that one call of <paramref name="work"/> takes, the mean of <paramref name="times"/> calls in a row.</summary>
    public static double Seconds(Action work, int times = 1)
    {
        var start = Stopwatch.GetTimestamp();
        for (var i = 0; i < times; i++) work();
        return Stopwatch.GetElapsedTime(start).TotalSeconds / times;
    }
}
