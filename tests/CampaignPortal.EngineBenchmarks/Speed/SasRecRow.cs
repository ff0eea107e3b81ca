using CampaignPortal.Learning.Sequences;
using CampaignPortal.Learning.Training;
using CampaignPortal.Statistics.Random;

namespace CampaignPortal.Benchmarks.Speed;

/// <summary>Epochs of a self-attentive recommender: 2048 sequences of 50 items, two blocks, dimension 64, one negative per position.</summary>
internal sealed class SasRecRow : ISpeedRow
{
    private const int Users = 2048, ItemCount = 3417, Length = 50, Negatives = 100; // item 0 pads the peer's sequences

    private int[][] _sequences = [];
    private int[] _tests = [], _negatives = [];
    private NextItemModel? _model;
    private int _degree = 1;

    public string Job => "sasrec-epoch";

    public void Prepare(int degree)
    {
        var all = Recipes.ItemSequences(1, Users, ItemCount - 1, Length + 2);
        _sequences = [.. Enumerable.Range(0, Users).Select(user => all[(user * (Length + 2))..(user * (Length + 2) + Length + 1)])];
        _tests = [.. Enumerable.Range(0, Users).Select(user => all[user * (Length + 2) + Length + 1])];
        _negatives = Recipes.Integers(1, 50, Users * Negatives, ItemCount - 1);
        _degree = degree;
    }

    public IReadOnlyList<double> Run()
    {
        var options = new SasRecOptions
        {
            Length = Length, Loss = NextItemLoss.OneNegative, ValidationUsers = 0, HiddenFactor = 1, Dropout = 0.2, StartFromFactors = false, FirstDeviation = 0.05, InputScale = 40,
            Training = new TrainingOptions { MaxEpochs = 5, BatchSize = 128, LearningRate = 1e-3, Patience = 5, Degree = _degree },
        };
        _model = SasRec.Fit(_sequences, ItemCount, options, new Rng(1));
        return [.. _model.Training!.History.Select(epoch => epoch.Seconds)]; // it was trained here
    }

    public SpeedOutcome Outcome()
    {
        var model = _model ?? throw new InvalidOperationException("The row has not run.");
        var scores = new float[ItemCount];
        double hits = 0, gain = 0;
        for (var user = 0; user < Users; user++)
        {
            model.Score(_sequences[user], scores);
            var own = scores[_tests[user]];
            var above = 0;
            for (var at = 0; at < Negatives; at++) above += scores[1 + _negatives[user * Negatives + at]] > own ? 1 : 0;
            if (above >= 10) continue;
            hits++;
            gain += 1 / Math.Log2(above + 2);
        }
        return SpeedOutcome.Of(("hr10", hits / Users), ("ndcg10", gain / Users));
    }
}
