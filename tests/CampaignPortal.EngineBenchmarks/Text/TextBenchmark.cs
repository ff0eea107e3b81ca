using System.CommandLine;
using System.Diagnostics;
using CampaignPortal.Learning.Metrics;
using CampaignPortal.Learning.Text;

namespace CampaignPortal.Benchmarks.Text;

/// <summary>What <c>text</c> prints.</summary>
/// <param name="Accuracy">Share of right classes on texts that no model has seen, over all folds together.</param>
/// <param name="Auc">For two classes; else null.</param>
/// <param name="Candidates">Out-of-fold accuracy within the training part, and weight, by candidate, of the last fit.</param>
internal sealed record TextResult(string Model, string Protocol, double Accuracy, double? Auc, double? ValidationAccuracy, int Train, int Test, double Seconds, IReadOnlyList<TextCandidateReport> Candidates);

/// <summary>Verb <c>text</c>: accuracy of text classifiers on a file.</summary>
internal static class TextBenchmark
{
    public static Command Create()
    {
        var csv = new Option<FileInfo>("--csv") { Description = "CSV file, plain or .gz", Required = true };
        var text = new Option<string>("--text") { Description = "Column of the text", DefaultValueFactory = _ => "text" };
        var label = new Option<string>("--label") { Description = "Column of the class", DefaultValueFactory = _ => "label" };
        var model = new Option<string>("--model") { Description = "linear, bag, cnn, gru or auto", DefaultValueFactory = _ => "auto" };
        var test = new Option<FileInfo?>("--test") { Description = "File of the same columns to be tested on" };
        var split = new Option<string>("--split") { Description = "recipes: row i is tested when uniform(1, stream 70)[i] >= 0.8", DefaultValueFactory = _ => "recipes" };
        var folds = new Option<int?>("--folds") { Description = "Cross-validation instead of a split" };
        var seed = new Option<long>("--seed") { DefaultValueFactory = _ => 1 };
        var threads = new Option<int?>("--threads") { Description = "All processors but one unless given" };
        var command = new Command("text", "Accuracy of text classifiers on a file") { csv, text, label, model, test, split, folds, seed, threads };
        command.SetAction((arguments, ct) => Task.FromResult(Answer.Guarded(() =>
        {
            var how = new TextRun(arguments.GetValue(model)!, arguments.GetValue(seed), arguments.GetValue(threads)); // has a default
            var (path, textColumn, labelColumn) = (arguments.GetValue(csv)!.FullName, arguments.GetValue(text)!, arguments.GetValue(label)!); // required or with a default
            if (arguments.GetValue(test) is { } other)
            {
                var both = LabelledTexts.Read(textColumn, labelColumn, path, other.FullName);
                return how.Run("test file", [(both[0], both[1])], ct);
            }
            var texts = LabelledTexts.Read(textColumn, labelColumn, path)[0];
            if (arguments.GetValue(folds) is { } count) return how.Run($"{count} folds", Enumerable.Range(0, count).Select(fold => texts.SplitByFold(fold, count)), ct);
            if (arguments.GetValue(split) is not "recipes") throw new ArgumentException($"--split must be recipes; found '{arguments.GetValue(split)}'.");
            return how.Run("recipes", [texts.SplitByRecipe()], ct);
        })));
        return command;
    }

    private sealed record TextRun(string Model, long Seed, int? Degree)
    {
        public TextResult Run(string protocol, IEnumerable<(LabelledTexts Train, LabelledTexts Test)> parts, CancellationToken ct)
        {
            var clock = Stopwatch.StartNew();
            var (scores, labels) = (new List<float>(), new List<float>());
            var (right, train, outputs) = (0, 0, 1);
            TextStackingResult? last = null;
            foreach (var (known, asked) in parts)
            {
                last = Fit(known, ct);
                outputs = last.Model.OutputCount;
                var own = new float[asked.Labels.Length * outputs];
                last.Model.Score(asked.Documents, own);
                scores.AddRange(own);
                labels.AddRange(asked.Labels.Select(label => (float)label));
                right += TextModels.Classes(own, outputs).Zip(asked.Labels).Count(pair => pair.First == pair.Second);
                train = known.Labels.Length;
            }
            if (last is null) throw new ArgumentException("--folds must be at least 1.");
            double? auc = outputs > 1 ? null : Math.Round(BinaryMetrics.Auc(labels.ToArray(), scores.ToArray()), 5);
            var candidates = last.Candidates.Select(candidate => candidate with { Accuracy = Math.Round(candidate.Accuracy, 4), Weight = Math.Round(candidate.Weight, 3) });
            return new TextResult(Model, protocol, Math.Round((double)right / labels.Count, 5), auc, Math.Round(last.StackAccuracy, 5), train, labels.Count, Math.Round(clock.Elapsed.TotalSeconds, 2), [.. candidates]);
        }

        private TextStackingResult Fit(LabelledTexts texts, CancellationToken ct)
        {
            var candidates = Model switch
            {
                "auto" => TextCandidates.WithNetworks(texts.Documents, Seed),
                "linear" => TextCandidates.LinearOnes(texts.Documents),
                "bag" => [TextCandidates.Bag(Seed)],
                "cnn" => [TextCandidates.Convolution(Seed)],
                "gru" => [TextCandidates.Recurrent(Seed)],
                _ => throw new ArgumentException($"--model must be linear, bag, cnn, gru or auto; found '{Model}'."),
            };
            return TextStacking.Fit(texts.Documents, texts.Labels, new TextStackingOptions { Candidates = candidates, Seed = Seed, Degree = Degree }, ct);
        }
    }
}
