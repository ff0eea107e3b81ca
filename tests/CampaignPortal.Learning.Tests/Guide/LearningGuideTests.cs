using CampaignPortal.Learning.Autograd;
using CampaignPortal.Learning.Clustering;
using CampaignPortal.Learning.Metrics;
using CampaignPortal.Learning.Nn;
using CampaignPortal.Learning.Optim;
using CampaignPortal.Learning.Persistence;
using CampaignPortal.Learning.Preprocessing;
using CampaignPortal.Learning.Sequences;
using CampaignPortal.Learning.Tensors;
using CampaignPortal.Learning.Tests;
using CampaignPortal.Learning.Tests.Autograd;
using CampaignPortal.Learning.Text;
using CampaignPortal.Learning.Training;
using CampaignPortal.Learning.Trees;
using CampaignPortal.Statistics.Random;
using CampaignPortal.Testing;

namespace CampaignPortal.Guide.Tests; // outside the library, as its users are

/// <summary>Runs what docs/learning.md shows. The lines between "guide" and "end" stand there letter by letter, and a test compares them.</summary>
public sealed class LearningGuideTests
{
    private const string Opening = "// guide: ", Closing = "// end";

    [Fact]
    public void A_binary_model_is_fitted_explained_and_kept()
    {
        using var temporary = new TemporaryFolder();
        var folder = Path.Combine(temporary.Path, "model");
        var (all, allLabels) = Samples.Logistic(new Rng(1), 3000, 1.5, -1, 0, 0.2);
        var (rows, labels) = (all.SelectRows([.. Enumerable.Range(0, 2000)]), allLabels[..2000]);
        var (newRows, newLabels) = (all.SelectRows([.. Enumerable.Range(2000, 1000)]), allLabels[2000..]);

        // guide: fit
        var training = new LabelledRows(rows, labels);                    // a Matrix and a label 0 or 1 per row; NaN is "missing"
        var fit = GradientBoosting.Fit(training, validation: null, new GbdtOptions(), new Rng(1), progress: null, CancellationToken.None);
        var chances = new float[newRows.RowCount];
        fit.Model.PredictMany(newRows, chances);                          // probabilities of label 1
        var auc = BinaryMetrics.Auc(newLabels, chances);
        // end
        Assert.InRange(auc, 0.8, 1);

        // guide: explain
        var row = newRows.Row(0);
        var contributions = fit.Model.Explain(row);                       // Shapley values in log-odds, one per column
        var total = fit.Model.AverageRaw + contributions.Sum();           // = fit.Model.Raw(row)
        var strongest = contributions.Select(Math.Abs).Max();
        // end
        Assert.Equal(fit.Model.Raw(row), total, 1e-4);
        Assert.Equal(strongest, Math.Max(Math.Abs(contributions[0]), Math.Abs(contributions[1])));

        // guide: keep
        fit.Model.Save(folder, new ModelDetails { Seed = 1, Metrics = new Dictionary<string, double> { ["auc"] = auc } });
        var loaded = ModelFolder.Load<GbdtModel>(folder);                 // checks kind, version and SHA-256 of the weights
        var details = ModelFolder.ReadManifest(folder).Details;           // without reading the weights
        // end
        Assert.Equal(fit.Model.Predict(row), loaded.Predict(row));
        Assert.Equal(auc, details.Metrics?["auc"]);
    }

    [Fact]
    public void Rows_are_clustered()
    {
        var (rows, blobs) = Samples.Blobs(new Rng(2), 400, 3, 4);

        // guide: cluster
        var scaler = ColumnScaler.Fit(rows, Scaling.Standard);
        var clusters = KMeans.Fit(scaler.Transform(rows), new KMeansOptions(), new Rng(1), CancellationToken.None);
        var chosen = clusters.ClusterCount;                               // by silhouette, from 3 to 10
        var clusterOfRow = clusters.AssignMany(scaler.Transform(rows));
        // end
        Assert.Equal(4, chosen);
        Assert.Equal(4, blobs.Zip(clusterOfRow).Distinct().Count());
    }

    [Fact]
    public void Sequences_are_continued()
    {
        var itemCount = 30;
        int[][] sequences = [.. Enumerable.Range(0, 120).Select(user => Enumerable.Range(user, 8).Select(at => at % itemCount).ToArray())];

        // guide: sasrec
        var training = new TrainingOptions { MaxEpochs = 20, BatchSize = 32, LearningRate = 5e-3 };
        var options = new SasRecOptions { Dimension = 16, Length = 10, Training = training };
        var model = SasRec.Fit(sequences, itemCount, options, new Rng(1), progress: null, CancellationToken.None);
        var scores = new float[itemCount];
        model.Score(sequences[0], scores);                                // what comes after these items, oldest first
        var next = Enumerable.Range(0, itemCount).Except(sequences[0]).MaxBy(item => scores[item]);
        // end
        Assert.Equal((sequences[0][^1] + 1) % itemCount, next);
    }

    [Fact]
    public void Texts_are_classified()
    {
        string[] texts = [.. Enumerable.Range(0, 60).Select(i => i % 2 == 0 ? $"很好 lovely soup {i % 7}" : $"太差 cold soup {i % 7}")];
        int[] classes = [.. Enumerable.Range(0, 60).Select(i => (i + 1) % 2)];

        // guide: text
        var result = TextStacking.Fit(texts, classes, new TextStackingOptions(), CancellationToken.None);
        var isGood = result.Model.Classify("lovely, 很好!") == 1;
        var accuracy = result.StackAccuracy;                              // on held-out folds; result.Candidates says who did how well

        var plain = LinearText.Fit(texts, classes, new LinearTextOptions(), CancellationToken.None);
        var word = plain.Explain("cold, not lovely")[0].Term;             // the term with the largest effect
        // end
        Assert.True(isGood);
        Assert.Equal(1, accuracy);
        Assert.Contains(word, new[] { "cold", "lovely" });
    }

    [Fact]
    public void A_layer_is_written()
    {
        var layer = new GatedLinear("gated", 3, 2, new Rng(1));
        GradientCheck.Run((tape, x) => layer.Forward(tape, x[0]), seed: 1, new Shape(4, 3));

        var (x, y) = Samples.Logistic(new Rng(3), 256, 2, -1, 1, 0);
        float last = 0;
        // guide: step
        var network = new GatedLinear("network", inputs: 3, outputs: 1, new Rng(1));
        var adam = new Adam();
        using var tape = new Tape(seed: 1);
        for (var step = 1; step <= 200; step++)
        {
            tape.Begin(training: true, step);
            var logits = network.Forward(tape, tape.Input(x.Values, new Shape(256, 3)));
            var loss = tape.BinaryCrossEntropy(logits, y);
            tape.Backward(loss);                                          // adds to the gradients of the parameters
            last = loss.Scalar;
            adam.Step(network.Parameters, learningRate: 0.02);
        }
        // end
        Assert.InRange(last, 0, 0.5);
    }

    [Fact]
    public void The_guide_shows_these_lines_and_no_others()
    {
        var root = SharedData.RepositoryRoot;
        var shown = Blocks(File.ReadAllLines(Path.Combine(root, "docs", "learning.md")), line => line == "```csharp", "```");
        var run = Blocks(File.ReadAllLines(Path.Combine(root, "tests", "CampaignPortal.Learning.Tests", "Guide", "LearningGuideTests.cs")), line => line.StartsWith(Opening, StringComparison.Ordinal), Closing);

        Assert.NotEmpty(run);
        Assert.Equal(run.Order(StringComparer.Ordinal), shown.Order(StringComparer.Ordinal));
        Assert.All(shown, block => Assert.InRange(block.Split('\n').Length, 1, 12));
    }

    private static List<string> Blocks(string[] lines, Func<string, bool> opens, string closing)
    {
        var blocks = new List<string>();
        for (var first = 0; first < lines.Length; first++)
        {
            if (!opens(lines[first].Trim())) continue;
            var last = Array.FindIndex(lines, first, line => line.Trim() == closing);
            var indent = lines[first].Length - lines[first].TrimStart().Length;
            blocks.Add(string.Join('\n', lines[(first + 1)..last].Select(line => line.Length == 0 ? line : line[indent..])));
            first = last;
        }
        return blocks;
    }

    // guide: layer
    private sealed class GatedLinear : Module
    {
        private readonly Linear _value, _gate;

        public GatedLinear(string name, int inputs, int outputs, Rng rng) : base(name) =>
            (_value, _gate) = (Add(new Linear(Path("value"), inputs, outputs, rng)), Add(new Linear(Path("gate"), inputs, outputs, rng)));

        public Tensor Forward(Tape tape, in Tensor x) => tape.Hadamard(_value.Forward(tape, x), _gate.Forward(tape, x, Activation.Sigmoid));
    }
    // end
}
