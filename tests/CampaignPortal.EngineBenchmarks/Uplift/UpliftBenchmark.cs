using System.CommandLine;
using System.Diagnostics;
using CampaignPortal.Benchmarks.Tabular;
using CampaignPortal.Learning.Metrics;
using CampaignPortal.Learning.Uplift;
using CampaignPortal.Statistics.Random;

namespace CampaignPortal.Benchmarks.Uplift;

/// <summary>The verb <c>uplift</c>: effects of a treatment, learned from a randomised test.</summary>
internal static class UpliftBenchmark
{
    private const int Replicates = 1000;

    public static Command Create()
    {
        var csv = new Option<FileInfo>("--csv") { Description = "Table with a header row (CSV or CSV.GZ)", Required = true };
        var treatment = new Option<string>("--treatment") { Description = "Column that says who was treated", Required = true };
        var outcome = new Option<string>("--outcome") { Description = "Column of the outcome, 0 or 1", Required = true };
        var treated = new Option<string?>("--treated") { Description = "Value of treated rows, where there are more than two" };
        var control = new Option<string?>("--control") { Description = "Value of control rows, where there are more than two" };
        var exclude = new Option<string?>("--exclude") { Description = "Columns to leave out, separated by commas" };
        var test = new Option<FileInfo?>("--test") { Description = "Rows to judge; without it a part of --csv" };
        var split = new Option<string>("--split") { Description = "stratified (85/15, seeded) or recipes (the test rows of published figures)", DefaultValueFactory = _ => "stratified" };
        var model = new Option<string>("--model") { Description = "s, t, x, r, dr, class, forest or auto (chosen on validation)", DefaultValueFactory = _ => "auto" };
        var seed = new Option<long>("--seed") { DefaultValueFactory = _ => 1 };
        var threads = new Option<int?>("--threads") { Description = "All processors but one unless given" };
        var command = new Command("uplift", "Quality of uplift models on a randomised test") { csv, treatment, outcome, treated, control, exclude, test, split, model, seed, threads };
        command.SetAction((arguments, ct) => Task.FromResult(Answer.Guarded(() =>
        {
            var from = arguments.GetValue(seed);
            var columns = new UpliftColumns(arguments.GetRequiredValue(treatment), arguments.GetRequiredValue(outcome), arguments.GetValue(treated), arguments.GetValue(control), TabularFile.Names(arguments.GetValue(exclude)));
            var (training, judged) = UpliftFile.Read(arguments.GetRequiredValue(csv).FullName, arguments.GetValue(test)?.FullName, columns, TabularFile.SplitOf(arguments.GetValue(split), from));
            return Run(training, judged, arguments.GetValue(model) ?? "auto", from, new UpliftOptions { Degree = arguments.GetValue(threads) }, ct);
        })));
        return command;
    }

    private static UpliftAnswer Run(UpliftRows training, UpliftRows test, string name, long seed, UpliftOptions options, CancellationToken ct)
    {
        var (clock, rng) = (Stopwatch.StartNew(), new Rng(seed));
        var contest = UpliftContest.Fit(training, CandidatesOf(name), options, rng.Fork(1), ct);
        var seconds = clock.Elapsed.TotalSeconds;
        var (scores, simple) = (new double[test.Treated.Length], new double[test.Treated.Length]);
        contest.Model.PredictMany(test.Rows, scores);
        UpliftLearner.Fit(training, UpliftMethod.Two, options, rng.Fork(2), ct).PredictMany(test.Rows, simple);

        var outcomes = Array.ConvertAll(test.Outcomes, y => (double)y);
        var qini = QiniBootstrap.Interval(test.Treated, outcomes, scores, Replicates, rng.Fork(3));
        var against = QiniBootstrap.Difference(test.Treated, outcomes, scores, simple, Replicates, rng.Fork(3));
        int[] top = [.. Enumerable.Range(0, scores.Length).OrderByDescending(i => scores[i]).Take((int)(0.3 * scores.Length))];
        var auuc = UpliftMetrics.Area(UpliftMetrics.CumulativeGain(test.Treated, outcomes, scores)) / scores.Length;
        return new UpliftAnswer(name, qini.Point, auuc, Uplift(test, top), Uplift(test, [.. Enumerable.Range(0, scores.Length)]), qini, against, qini.Lower > 0, seconds,
            training.Treated.Length, scores.Length, contest.Candidates);
    }

    private static double Uplift(UpliftRows rows, int[] of)
    {
        double Rate(int arm) => of.Where(i => rows.Treated[i] == arm).Select(i => (double)rows.Outcomes[i]).DefaultIfEmpty(0).Average();
        return Rate(1) - Rate(0);
    }

    private static IReadOnlyList<UpliftCandidate> CandidatesOf(string name) => name switch
    {
        "s" => [new("S, trees", UpliftMethod.Joint, UpliftBases.Trees)],
        "t" => [new("T, linear", UpliftMethod.Two, UpliftBases.Linear)],
        "x" => [new("X, linear", UpliftMethod.Cross, UpliftBases.Linear)],
        "r" => [new("R, linear", UpliftMethod.Residual, UpliftBases.Linear)],
        "dr" => [new("DR, linear", UpliftMethod.DoublyRobust, UpliftBases.Linear)],
        "class" => [new("class transformation, linear", UpliftMethod.ClassTransformation, UpliftBases.Linear)],
        "forest" => [new("DR, forest", UpliftMethod.DoublyRobust, UpliftBases.Forest)],
        "auto" => UpliftContest.Standard,
        _ => throw new ArgumentException($"Model '{name}' is not built; choose s, t, x, r, dr, class, forest or auto."),
    };
}

/// <summary>How the model did on the test rows. Success is a Qini interval above 0.</summary>
internal sealed record UpliftAnswer(
    string Model, double Qini, double Auuc, [property: System.Text.Json.Serialization.JsonPropertyName("uplift_at_30")] double UpliftAt30, double AverageUplift, BootstrapFigure QiniInterval,
    BootstrapFigure AgainstTLinear, bool Success, double Seconds, int TrainingRows, int TestRows, IReadOnlyList<UpliftCandidateReport> Candidates);
