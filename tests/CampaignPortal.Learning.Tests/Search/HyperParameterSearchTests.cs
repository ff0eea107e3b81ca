using CampaignPortal.Learning.Persistence;
using CampaignPortal.Learning.Search;

namespace CampaignPortal.Learning.Tests.Search;

public sealed class HyperParameterSearchTests
{
    private static readonly SearchSpace Space = new(SearchRange.Number("rate", 1e-4, 1, logarithmic: true), SearchRange.Whole("depth", 1, 8), SearchRange.Choice("share", 0.5, 1));

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public void A_planted_optimum_is_found_and_most_of_the_budget_goes_to_good_candidates()
    {
        var result = HyperParameterSearch.Run(Space, Loss, new SearchOptions { CandidateCount = 243, FirstBudget = 1.0 / 81 }, new Stopwatch(), null, Ct);
        Assert.True(result.IsComplete);
        Assert.Equal([243, 81, 27, 9, 3], result.History.GroupBy(t => t.Round).Select(g => g.Count()));
        Assert.Equal(1, result.Best!.Budget, 1e-9);
        Assert.InRange(result.Best.Settings["rate"], 0.003, 0.03);
        Assert.InRange(result.Best.Settings["depth"], 4, 6);
        Assert.Equal(1, result.Best.Settings["share"]);
    }

    [Fact]
    public void A_search_that_was_broken_off_goes_on_where_it_was_and_ends_alike()
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder.Path);
        var path = Path.Combine(folder.Path, "search.jsonl");
        var options = new SearchOptions { CandidateCount = 9, FirstBudget = 1.0 / 3, TimeBudget = TimeSpan.FromSeconds(5) };
        var calls = 0;
        double Counted(IReadOnlyDictionary<string, double> s, double b, CancellationToken ct)
        {
            calls++;
            return Loss(s, b, ct);
        }

        var broken = HyperParameterSearch.Run(Space, Counted, options, new Stopwatch(), new SearchHistory(path), Ct);
        File.AppendAllText(path, "{\"Candidate\":7,\"Rou"); // the power went off
        var resumed = HyperParameterSearch.Run(Space, Counted, options with { TimeBudget = null }, new Stopwatch(), new SearchHistory(path), Ct);
        var whole = HyperParameterSearch.Run(Space, Loss, options with { TimeBudget = null }, new Stopwatch(), null, Ct);

        Assert.False(broken.IsComplete);
        Assert.InRange(broken.History.Count, 1, 8);
        Assert.Equal(whole.History.Count, calls);
        Assert.Equal(whole.History.Select(t => (t.Candidate, t.Round, t.Loss)), resumed.History.Select(t => (t.Candidate, t.Round, t.Loss)));
        Assert.Equal(whole.History.Count + 2, SearchHistory.Table(resumed.History).Split('\n').Length);
        Assert.Throws<InvalidDataException>(() => HyperParameterSearch.Run(Space, Loss, options with { Seed = 2 }, new Stopwatch(), new SearchHistory(path), Ct));
    }

    [Fact]
    public void Trials_without_a_number_lose_and_bad_spaces_are_refused()
    {
        var result = HyperParameterSearch.Run(Space, (s, _, _) => s["depth"] > 2 ? double.NaN : s["rate"], new SearchOptions(), new Stopwatch(), null, Ct);
        Assert.True(result.Best!.Settings["depth"] <= 2);
        Assert.Contains("failed", SearchHistory.Table(result.History), StringComparison.Ordinal);
        Assert.Null(HyperParameterSearch.Run(Space, (_, _, _) => double.NaN, new SearchOptions(), new Stopwatch(), null, Ct).Best);
        Assert.Throws<ArgumentException>(() => SearchRange.Number("x", 0, 1, logarithmic: true));
        Assert.Throws<ArgumentException>(() => new SearchSpace(SearchRange.Whole("x", 0, 1), SearchRange.Whole("x", 0, 2)));
    }

    /// <summary>Least at rate 0.01, depth 5, share 1; small budgets blur it by a fixed amount per candidate.</summary>
    private static double Loss(IReadOnlyDictionary<string, double> s, double budget, CancellationToken ct) =>
        Math.Pow(Math.Log10(s["rate"] / 0.01), 2) + 0.1 * Math.Pow(s["depth"] - 5, 2) + (1 - s["share"]) + 0.05 / budget * Math.Sin(1e6 * s["rate"]) / 81;

    /// <summary>One second passes whenever somebody looks.</summary>
    private sealed class Stopwatch : TimeProvider
    {
        private long _seconds;

        public override long TimestampFrequency => 1;

        public override long GetTimestamp() => _seconds++;
    }
}
