using CampaignPortal.Learning.Persistence;

namespace CampaignPortal.Learning.Search;

/// <summary>Options of <see cref="HyperParameterSearch"/>.</summary>
public sealed record SearchOptions
{
    /// <summary>Candidates of the first round. Default 27.</summary>
    public int CandidateCount { get; init; } = 27;

    /// <summary>η: one of so many candidates goes on to the next round, with so many times the budget. Default 3.</summary>
    public int Reduction { get; init; } = 3;

    /// <summary>Share of the full budget in the first round, in (0, 1]; the last round has all. Default 1/9; 1 is plain random search.</summary>
    public double FirstBudget { get; init; } = 1.0 / 9;

    /// <summary>No trial begins after this time; null (default) for no limit.</summary>
    public TimeSpan? TimeBudget { get; init; }

    /// <summary>Seed of the candidates. Default 1.</summary>
    public long Seed { get; init; } = 1;

    internal void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(CandidateCount, "options.CandidateCount");
        ArgumentOutOfRangeException.ThrowIfLessThan(Reduction, 2, "options.Reduction");
        if (!(FirstBudget is > 0 and <= 1)) throw new ArgumentOutOfRangeException("options.FirstBudget", FirstBudget, "The first budget must lie in (0, 1].");
    }
}

/// <summary>One evaluation of a candidate.</summary>
/// <param name="Candidate">Number of the candidate, from 0.</param>
/// <param name="Round">Round of halving, from 0.</param>
/// <param name="Budget">Share of the full budget that it was given: of rows, epochs or trees, as the caller likes.</param>
/// <param name="Settings">Its values by name.</param>
/// <param name="Loss">What it scored, less is better; null where training failed to give a number.</param>
/// <param name="Seconds">How long it took.</param>
public sealed record SearchTrial(int Candidate, int Round, double Budget, IReadOnlyDictionary<string, double> Settings, double? Loss, double Seconds);

/// <summary>What a search found.</summary>
/// <param name="Best">The best trial of the greatest budget reached; null where no trial gave a number.</param>
/// <param name="History">All trials in their order.</param>
/// <param name="IsComplete">Whether all rounds were finished within the time.</param>
public sealed record SearchResult(SearchTrial? Best, IReadOnlyList<SearchTrial> History, bool IsComplete);

/// <summary>Random search with successive halving (Jamieson and Talwalkar 2016): many candidates get little, the best of them more.</summary>
public static class HyperParameterSearch
{
    /// <summary>Searches.</summary>
    /// <param name="space">What may vary.</param>
    /// <param name="evaluate">Trains with the settings on a share of the full budget and returns the validation loss; must depend on nothing else.</param>
    /// <param name="options">Options.</param>
    /// <param name="clock">Measures the time budget.</param>
    /// <param name="history">Where trials are kept as JSON lines: those already there are not repeated. Null keeps nothing.</param>
    /// <param name="ct">Looked at between trials and handed to each.</param>
    /// <exception cref="InvalidDataException">The history belongs to another search.</exception>
    public static SearchResult Run(
        SearchSpace space, Func<IReadOnlyDictionary<string, double>, double, CancellationToken, double> evaluate, SearchOptions options, TimeProvider clock, SearchHistory? history, CancellationToken ct)
    {
        options.Validate();
        var done = new List<SearchTrial>();
        var known = history?.Open(space, options) ?? [];
        var start = clock.GetTimestamp();
        var candidates = Enumerable.Range(0, options.CandidateCount).ToArray();
        for (var (round, budget) = (0, options.FirstBudget); ; round++, budget = Math.Min(1, budget * options.Reduction))
        {
            var first = done.Count;
            foreach (var candidate in candidates)
            {
                var trial = known.FirstOrDefault(t => t.Candidate == candidate && t.Round == round);
                if (trial is null)
                {
                    if (options.TimeBudget is { } limit && clock.GetElapsedTime(start) >= limit) return new SearchResult(BestOf(done), done, false);
                    trial = Evaluate(new SearchTrial(candidate, round, budget, space.Candidate(options.Seed, candidate), null, 0), evaluate, clock, ct);
                    history?.Append(trial);
                }
                done.Add(trial);
            }
            if (budget >= 1) return new SearchResult(BestOf(done), done, true);
            candidates = done.Skip(first).OrderBy(t => t.Loss ?? double.PositiveInfinity).Take(Math.Max(1, candidates.Length / options.Reduction)).Select(t => t.Candidate).ToArray();
        }
    }

    private static SearchTrial Evaluate(
        SearchTrial trial, Func<IReadOnlyDictionary<string, double>, double, CancellationToken, double> evaluate, TimeProvider clock, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        var start = clock.GetTimestamp();
        var loss = evaluate(trial.Settings, trial.Budget, ct);
        return trial with { Loss = double.IsFinite(loss) ? loss : null, Seconds = clock.GetElapsedTime(start).TotalSeconds };
    }

    /// <summary>Losses of different budgets cannot be compared: the last round reached decides.</summary>
    private static SearchTrial? BestOf(List<SearchTrial> trials) =>
        trials.Where(t => t.Loss is not null).OrderByDescending(t => t.Round).ThenBy(t => t.Loss).ThenBy(t => t.Candidate).FirstOrDefault();
}
