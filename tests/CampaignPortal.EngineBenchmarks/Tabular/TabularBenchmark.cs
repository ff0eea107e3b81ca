using System.CommandLine;
using System.Diagnostics;
using CampaignPortal.Learning.Metrics;
using CampaignPortal.Learning.Tabular;
using CampaignPortal.Statistics.Random;

namespace CampaignPortal.Benchmarks.Tabular;

/// <summary>The verb <c>tabular</c>: classifiers over a table of mixed columns.</summary>
internal static class TabularBenchmark
{
    public static Command Create()
    {
        var csv = new Option<FileInfo>("--csv") { Description = "Table with a header row (CSV or CSV.GZ)", Required = true };
        var target = new Option<string>("--target") { Description = "Column of two values to predict", Required = true };
        var exclude = new Option<string?>("--exclude") { Description = "Columns to leave out, separated by commas" };
        var test = new Option<FileInfo?>("--test") { Description = "Rows to judge; without it a part of --csv" };
        var split = new Option<string>("--split") { Description = "stratified (85/15, seeded) or recipes (the test rows of published figures)", DefaultValueFactory = _ => "stratified" };
        var model = new Option<string>("--model") { Description = "logistic, gbdt, mlp, deepfm or auto (chosen on validation)", DefaultValueFactory = _ => "auto" };
        var seed = new Option<long>("--seed") { DefaultValueFactory = _ => 1 };
        var threads = new Option<int?>("--threads") { Description = "All processors but one unless given" };
        var command = new Command("tabular", "Quality of classifiers on a table") { csv, target, exclude, test, split, model, seed, threads };
        command.SetAction((arguments, ct) => Task.FromResult(Answer.Guarded(() =>
        {
            var from = arguments.GetValue(seed);
            var rows = TabularFile.Read(
                arguments.GetRequiredValue(csv).FullName, arguments.GetValue(test)?.FullName, arguments.GetRequiredValue(target),
                TabularFile.Names(arguments.GetValue(exclude)), TabularFile.SplitOf(arguments.GetValue(split), from));
            return Run(rows.Training, rows.Test, arguments.GetValue(model) ?? "auto", from, arguments.GetValue(threads), ct);
        })));
        return command;
    }

    private static TabularAnswer Run(TabularRows training, TabularRows test, string model, long seed, int? degree, CancellationToken ct)
    {
        foreach (var reason in training.Schema.Dropped) Console.WriteLine("left out: " + reason);
        Console.WriteLine("columns: " + string.Join(", ", training.Schema.Columns.Select(c => c.Kind == ColumnKind.Number ? c.Name : $"{c.Name} ({c.Categories.Count} categories)")));
        var clock = Stopwatch.StartNew();
        var options = new AutoTabularOptions { Candidates = CandidatesOf(model), Degree = degree };
        var fit = AutoTabular.Fit(training, options, new Rng(seed), TimeProvider.System, ct);
        var seconds = clock.Elapsed.TotalSeconds;
        var p = new float[test.Labels.Length];
        fit.Model.PredictMany(test.Rows, p);
        var confusion = BinaryMetrics.Confusion(test.Labels, p);
        return new TabularAnswer(
            model, BinaryMetrics.Auc(test.Labels, p), BinaryMetrics.LogLoss(test.Labels, p), CalibrationMetrics.ExpectedError(test.Labels, p), confusion.Accuracy, confusion.F1,
            BinaryMetrics.AveragePrecision(test.Labels, p), seconds, training.Labels.Length, test.Labels.Length, fit.Winner, fit.IsOrdered, fit.Candidates, fit.Skipped);
    }

    private static IReadOnlyList<TabularCandidate> CandidatesOf(string model) => model switch
    {
        "logistic" => [TabularCandidates.Logistic],
        "gbdt" => [TabularCandidates.Trees],
        "mlp" => [TabularCandidates.Network],
        "deepfm" => [TabularCandidates.DeepFm],
        "auto" => TabularCandidates.Standard,
        _ => throw new ArgumentException($"Model '{model}' is not built; choose logistic, gbdt, mlp, deepfm or auto."),
    };
}

/// <summary>How the model did on the test rows, and everybody on validation.</summary>
internal sealed record TabularAnswer(
    string Model, double Auc, double Logloss, double Ece, double Accuracy, double F1, double AveragePrecision, double Seconds, int TrainingRows, int TestRows,
    string Winner, bool Ordered, IReadOnlyList<CandidateReport> Candidates, IReadOnlyList<string> Skipped);
