using System.Text.Json;

namespace CampaignPortal.Benchmarks.Speed;

/// <summary>Runs rows, interleaved with their peers where those are wanted.</summary>
/// <param name="jobs">Rules and peers by row; empty where jobs.json is not at hand.</param>
/// <param name="python">Null to run without peers.</param>
/// <param name="repeat">Timed repetitions of the engine; given by the user, also of the peers.</param>
internal sealed class SpeedComparison(IReadOnlyList<SpeedJob> jobs, PeerPython? python, int? repeat)
{
    private const int DefaultRepeat = 6, Rounds = 2, RoundsWhenDisturbed = 2;

    /// <summary>The rows of one peer process (or a single row), all prepared, run and judged at one number of threads.</summary>
    public async Task<IReadOnlyList<SpeedResult>> RunAsync(IReadOnlyList<ISpeedRow> rows, int threads, CancellationToken ct)
    {
        var runs = rows.Select(row => new RowRun(row, jobs.FirstOrDefault(job => job.Job == row.Job))).ToArray();
        foreach (var run in runs)
        {
            run.Row.Prepare(threads);
            run.Row.Run(); // warm-up
        }
        for (var round = 0; round < Rounds; round++) await RoundAsync(runs, threads, ct);
        // Whatever else ran on the machine may be gone by now.
        for (var extra = 0; extra < RoundsWhenDisturbed && runs.Any(run => run.IsDisturbed); extra++) await RoundAsync(runs, threads, ct);
        return [.. runs.Select(run => run.Judge(threads))];
    }

    private async Task RoundAsync(RowRun[] runs, int threads, CancellationToken ct)
    {
        var perRound = ((repeat ?? DefaultRepeat) + Rounds - 1) / Rounds;
        foreach (var run in runs)
        {
            for (var i = 0; i < perRound; i++) run.Engine.Add(run.Row.Run());
        }
        if (python is null || runs[0].Job is not { } job) return;
        var lines = await python.RunScriptAsync(job, threads, repeat, ct);
        foreach (var run in runs) run.TakePeer(lines);
    }

    private sealed class RowRun(ISpeedRow row, SpeedJob? job)
    {
        private Dictionary<string, double>? _peerMetrics;

        public ISpeedRow Row => row;

        public SpeedJob? Job => job;

        public Sample Engine { get; } = new();

        public Sample Peer { get; } = new();

        public bool IsDisturbed => !Engine.IsCalm || (_peerMetrics is not null && !Peer.IsCalm);

        public void TakePeer(IReadOnlyList<JsonElement> lines)
        {
            foreach (var line in lines)
            {
                if (job is null || !job.Picks(line)) continue;
                Peer.AddSummary(line.GetProperty("seconds").GetDouble(), line.GetProperty("min").GetDouble(), line.GetProperty("max").GetDouble());
                _peerMetrics = line.GetProperty("metric").EnumerateObject().Where(p => p.Value.ValueKind is JsonValueKind.Number)
                    .ToDictionary(p => p.Name, p => p.Value.GetDouble(), StringComparer.Ordinal);
            }
        }

        public SpeedResult Judge(int threads)
        {
            var outcome = row.Outcome();
            var fault = outcome.Fault ?? job?.Fault(outcome.Metrics, _peerMetrics);
            var calm = !IsDisturbed;
            double Of(Sample sample) => calm ? sample.Median : sample.Least;
            var peer = _peerMetrics is null ? (double?)null : Of(Peer);
            var seconds = Of(Engine);
            return new SpeedResult(
                row.Job, threads, seconds, peer, fault is null && peer is { } p ? p / seconds : null, calm ? "median" : "minimum", Engine.Least, Engine.Most,
                peer is null ? null : Peer.Least, peer is null ? null : Peer.Most, job?.Floor, job?.Reach, outcome.Metrics, _peerMetrics, fault);
        }
    }
}

/// <summary>One row of the answer. The ratio is peer seconds over engine seconds; null without a peer or with a figure out of tolerance.</summary>
/// <param name="Basis">"median" where both samples were calm, "minimum" otherwise.</param>
internal sealed record SpeedResult(
    string Job, int Threads, double Seconds, double? PeerSeconds, double? Ratio, string Basis, double Min, double Max, double? PeerMin, double? PeerMax,
    double? Floor, double? Reach, IReadOnlyDictionary<string, double> Metrics, IReadOnlyDictionary<string, double>? PeerMetrics, string? Fault)
{
    /// <summary>Seconds with the first number of threads over seconds with this one; null for the first.</summary>
    public double? Gain { get; init; }
}
