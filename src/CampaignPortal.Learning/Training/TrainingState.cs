using System.Globalization;
using System.Text.Json.Nodes;
using CampaignPortal.Learning.Nn;
using CampaignPortal.Learning.Optim;
using CampaignPortal.Learning.Persistence;

namespace CampaignPortal.Learning.Training;

/// <summary>Everything that a run needs to go on: weights, optimiser, place in the shuffled epoch, the best weights so far and the history.</summary>
/// <remarks>Chance is a function of seed, epoch and step, so these numbers are the whole state.</remarks>
internal sealed class TrainingState(IReadOnlyList<Parameter> parameters, Optimizer optimizer)
{
    private readonly List<EpochReport> _history = [];
    private float[][]? _bestWeights;

    public Optimizer Optimizer { get; } = optimizer;

    /// <summary>Whole epochs done.</summary>
    public int Epoch { get; private set; }

    /// <summary>Steps done.</summary>
    public int Step { get; set; }

    /// <summary>Examples of the present epoch done.</summary>
    public int Position { get; set; }

    /// <summary>Sum of the losses of those examples.</summary>
    public double LossSum { get; set; }

    public int BestEpoch { get; private set; }

    public Evaluation? Best { get; private set; }

    public IReadOnlyList<EpochReport> History => _history;

    public bool IsStopped(int patience) => Best is not null && Epoch - BestEpoch >= patience;

    public void EndEpoch(EpochReport report, Evaluation? evaluation, double minImprovement, bool isLast)
    {
        (Epoch, Position, LossSum) = (Epoch + 1, 0, 0);
        _history.Add(report);
        if (evaluation is null)
        {
            BestEpoch = Epoch;
            return;
        }
        if (Best is not null && !(evaluation.Score > Best.Score + minImprovement)) return;
        (Best, BestEpoch) = (evaluation, Epoch);
        if (isLast)
        {
            _bestWeights = null; // the weights are the best ones
            return;
        }
        _bestWeights ??= parameters.Select(p => new float[p.Value.Length]).ToArray();
        for (var p = 0; p < _bestWeights.Length; p++) parameters[p].Value.CopyTo(_bestWeights[p]);
    }

    public void RestoreBest()
    {
        for (var p = 0; p < (_bestWeights?.Length ?? 0); p++) _bestWeights![p].CopyTo(parameters[p].Value); // the bound is 0 without them
    }

    /// <summary>Writes the state into a folder of its own below <paramref name="folder"/> and removes older ones.</summary>
    public void Write(string folder)
    {
        Directory.CreateDirectory(folder);
        var target = Path.Combine(folder, "step-" + Step.ToString("D10", CultureInfo.InvariantCulture));
        if (Directory.Exists(target)) return;
        new Stored(this, null).Save(target);
        foreach (var old in Directory.EnumerateDirectories(folder, "step-*").Where(f => string.CompareOrdinal(f, target) < 0)) Directory.Delete(old, recursive: true);
    }

    /// <summary>Takes up the newest whole state below <paramref name="folder"/>; does nothing when there is none.</summary>
    /// <exception cref="InvalidDataException">It is damaged or belongs to another network.</exception>
    public void TakeUp(string folder)
    {
        if (!Directory.Exists(folder)) return;
        var newest = Directory.EnumerateDirectories(folder, "step-*").Where(f => !f.EndsWith(".partial", StringComparison.Ordinal)).Max(StringComparer.Ordinal);
        if (newest is not null) Read(ModelFolder.Load<Stored>(newest).Part!); // a restored one has its part
    }

    private void Put(ModelPart part)
    {
        part.Settings["epoch"] = Epoch;
        part.Settings["step"] = Step;
        part.Settings["position"] = Position;
        part.Settings["bestEpoch"] = BestEpoch;
        part.Settings["hasBestWeights"] = _bestWeights is not null;
        part.Put("lossSum", [LossSum]);
        if (Best is not null) part.Put("best", [Best.Loss, Best.Metric ?? double.NaN]);
        part.Settings["history"] = new JsonArray(_history.Select(h => (JsonNode)new JsonArray(h.Epoch, h.TrainingLoss, h.ValidationLoss, h.Seconds, h.LearningRate, h.Metric, h.RowsPerSecond)).ToArray());
        for (var p = 0; p < parameters.Count; p++)
        {
            part.Put<float>("weights." + parameters[p].Name, parameters[p].Value);
            if (_bestWeights is not null) part.Put("best." + parameters[p].Name, _bestWeights[p]);
        }
        Optimizer.Store(part, parameters);
    }

    private void Read(ModelPart part)
    {
        (Epoch, Step, Position, BestEpoch) = (part.Setting<int>("epoch"), part.Setting<int>("step"), part.Setting<int>("position"), part.Setting<int>("bestEpoch"));
        LossSum = part.Get<double>("lossSum", 1)[0];
        if (BestEpoch > 0 && part.Has("best"))
        {
            var best = part.Get<double>("best", 2);
            Best = new Evaluation(best[0], double.IsNaN(best[1]) ? null : best[1]);
        }
        var hasBest = part.Setting<bool>("hasBestWeights");
        _bestWeights = hasBest ? new float[parameters.Count][] : null;
        for (var p = 0; p < parameters.Count; p++)
        {
            part.Get<float>("weights." + parameters[p].Name, parameters[p].Value.Length).CopyTo(parameters[p].Value);
            if (hasBest) _bestWeights![p] = part.Get<float>("best." + parameters[p].Name, parameters[p].Value.Length); // made just above
        }
        _history.Clear();
        foreach (var row in part.Settings["history"]?.AsArray() ?? [])
        {
            var h = row!.AsArray(); // written as an array of arrays
            _history.Add(new EpochReport((int)h[0]!, (double)h[1]!, (double?)h[2], (double)h[3]!, (double)h[4]!) { Metric = (double?)h[5], RowsPerSecond = (double?)h[6] });
        }
        Optimizer.Restore(part, parameters);
    }

    private sealed class Stored(TrainingState? state, ModelPart? part) : IStorable<Stored>
    {
        public static string Kind => "training-state";

        public ModelPart? Part { get; } = part;

        public void Store(ModelPart part) => state!.Put(part); // only a state that is there is stored

        public static Stored Restore(ModelPart part) => new(null, part);
    }
}
