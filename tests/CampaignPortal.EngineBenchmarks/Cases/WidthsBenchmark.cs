using System.CommandLine;
using CampaignPortal.Learning.Autograd;
using CampaignPortal.Learning.Clustering;
using CampaignPortal.Learning.Data;
using CampaignPortal.Learning.Factorization;
using CampaignPortal.Learning.Kernels;
using CampaignPortal.Learning.Linear;
using CampaignPortal.Learning.Nn;
using CampaignPortal.Learning.Optim;
using CampaignPortal.Learning.Tensors;
using CampaignPortal.Learning.Trees;
using CampaignPortal.Statistics.Random;
using LinearLayer = CampaignPortal.Learning.Nn.Linear;

namespace CampaignPortal.Benchmarks.Cases;

/// <summary>The verb <c>widths</c>: predictions of small models of each family, to be compared between widths of vectors.</summary>
/// <remarks>Run it with DOTNET_EnableAVX512=0 and with DOTNET_EnableHWIntrinsic=0 as well: figures may differ by rounding only.</remarks>
internal static class WidthsBenchmark
{
    private const int Rows = 600, Columns = 6;

    private sealed record Result(int VectorBits, Dictionary<string, float[]> Predictions);

    public static Command Create()
    {
        var command = new Command("widths", "Predictions of small models, to compare between widths of vectors");
        command.SetAction(_ => Answer.Guarded(() => Run(CancellationToken.None)));
        return command;
    }

    private static Result Run(CancellationToken ct)
    {
        var data = Rows2D(new Rng(1));
        var logistic = LogisticRegression.Fit(data.Rows, data.Labels, new LogisticOptions { Degree = 1 }, ct);
        var trees = GradientBoosting.Fit(data, null, new GbdtOptions { MaxRounds = 20, MaxDepth = 3, ValidationShare = 0, Degree = 1 }, new Rng(2), null, ct).Model;
        var clusters = KMeans.Fit(data.Rows, new KMeansOptions { ClusterCount = 4, Degree = 1 }, new Rng(3), ct);
        return new Result(Dense.VectorBits, new Dictionary<string, float[]>
        {
            ["logistic"] = Each(data.Rows, row => (float)logistic.Predict(row)),
            ["trees"] = Each(data.Rows, row => (float)trees.Predict(row)),
            ["k-means"] = [.. clusters.Centres],
            ["ials"] = Factors(ct),
            ["network"] = Network(data),
        });
    }

    private delegate float Scorer(ReadOnlySpan<float> row);

    private static float[] Each(Matrix rows, Scorer scorer)
    {
        var scores = new float[rows.RowCount];
        for (var i = 0; i < scores.Length; i++) scores[i] = scorer(rows.Row(i));
        return scores;
    }

    private static LabelledRows Rows2D(Rng rng)
    {
        var (rows, labels) = (new Matrix(Rows, Columns), new float[Rows]);
        for (var i = 0; i < Rows; i++)
        {
            foreach (ref var v in rows.Row(i)) v = (float)rng.NextNormal();
            labels[i] = rows[i, 0] - rows[i, 1] * rows[i, 2] + rng.NextNormal() > 0 ? 1 : 0;
        }
        return new LabelledRows(rows, labels);
    }

    private static float[] Factors(CancellationToken ct)
    {
        var rng = new Rng(5);
        var (users, items) = (new List<int>(), new List<int>());
        for (var user = 0; user < 60; user++)
        {
            for (var k = 0; k < 8; k++) (users, items).Add(user, (user % 3 * 10) + rng.NextInt(12));
        }
        var matrix = Csr.FromTriplets(60, 40, users.ToArray(), items.ToArray(), [.. Enumerable.Repeat(1f, users.Count)]);
        var model = ImplicitAls.Fit(matrix, new ImplicitAlsOptions { Dimension = 16, Sweeps = 4, Degree = 1 }, new Rng(6), ct);
        var scores = new float[40];
        model.Score(matrix.Row(7), scores);
        return scores;
    }

    private static void Add(this (List<int> Users, List<int> Items) pairs, int user, int item)
    {
        pairs.Users.Add(user);
        pairs.Items.Add(item);
    }

    /// <summary>A few steps of a network with attention, a recurrent cell and a norm.</summary>
    private static float[] Network(LabelledRows data)
    {
        var rng = new Rng(7);
        var (block, recurrent, output) = (new TransformerBlock("block", new TransformerOptions(Columns, 2, 24, 0), rng.Fork(1)), new Recurrent("recurrent", RecurrentCell.Gru, Columns, 20, rng.Fork(2)), new LinearLayer("output", 20, 1, rng.Fork(3)));
        Parameter[] parameters = [.. block.Parameters, .. recurrent.Parameters, .. output.Parameters];
        var adam = new Adam();
        using var tape = new Tape();
        var offsets = Enumerable.Range(0, (Rows / 6) + 1).Select(s => s * 6).ToArray();
        Tensor Logits(bool training, int step)
        {
            tape.Begin(training, step);
            var at = tape.Indices(offsets);
            var x = tape.Input(data.Rows.Values, new Shape(Rows, Columns));
            return output.Forward(tape, recurrent.Forward(tape, block.Forward(tape, x, at, causal: true), at));
        }

        for (var step = 1; step <= 5; step++)
        {
            tape.Backward(tape.BinaryCrossEntropy(Logits(training: true, step), data.Labels));
            adam.Step(parameters, 0.01);
        }
        return Logits(training: false, 0).Values.ToArray();
    }
}
