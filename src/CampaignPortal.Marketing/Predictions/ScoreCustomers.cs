using CampaignPortal.Marketing.Events;

namespace CampaignPortal.Marketing.Predictions;

/// <summary>What a scoring did.</summary>
/// <param name="Customers">Customers with at least one score.</param>
/// <param name="Predictions">Scores written, lists included.</param>
public sealed record ScoringReport(int Customers, int Predictions, DateTimeOffset AsOf);

/// <summary>Scores every customer with every live model, in bulk.</summary>
public sealed class ScoreCustomersHandler(EventTableReader reader, ModelRegistry registry, ScoreWriter writer, FeatureCatalogueWriter features, IEnumerable<IPrediction> predictions)
{
    /// <summary>Name of the model whose score is a segment's number.</summary>
    public const string SegmentsModel = "segments";

    public async Task<ScoringReport> HandleAsync(IProgress<TrainingProgress>? progress, int degree, CancellationToken ct)
    {
        var table = await reader.ReadAsync(ct);
        var live = predictions.OrderBy(p => p.Order).Select(p => (Prediction: p, Model: registry.FindLive(p.Model))).Where(p => p.Model is not null).ToArray();
        var segments = new Dictionary<long, int>();
        var scored = new HashSet<long>();
        var count = 0;
        // Models of one order know nothing of each other: they are computed side by side and written one after the other.
        foreach (var stage in live.GroupBy(p => p.Prediction.Order))
        {
            var members = stage.ToArray();
            var outputs = new PredictionOutput[members.Length];
            await Parallel.ForAsync(0, members.Length, new ParallelOptions { MaxDegreeOfParallelism = Math.Max(1, degree), TaskScheduler = TaskScheduler.Current, CancellationToken = ct }, (i, token) =>
            {
                progress?.Report(new TrainingProgress(members[i].Prediction.Model, "score", 0));
                outputs[i] = members[i].Prediction.Score(new ScoringInput(table, members[i].Model!.Folder, segments), token); // only those with a live model are here
                return ValueTask.CompletedTask;
            });
            for (var i = 0; i < members.Length; i++)
            {
                var (model, version) = (members[i].Prediction.Model, members[i].Model!.Version);
                await writer.SaveAsync(model, version, table.AsOf, outputs[i].Scores, ct);
                await writer.SaveAsync(version, table.AsOf, outputs[i].Lists, ct);
                await writer.RemoveOlderAsync(model, version, ct);
                if (outputs[i].Drift.Count > 0) await writer.SaveDriftAsync(model, version, table.AsOf, outputs[i].Drift, ct);
                count += outputs[i].Scores.Count + outputs[i].Lists.Count;
                foreach (var score in outputs[i].Scores) scored.Add(score.CustomerId);
                if (model is SegmentsModel)
                {
                    foreach (var score in outputs[i].Scores.Where(s => s.Part is null)) segments[score.CustomerId] = (int)score.Value;
                }
            }
        }
        await features.WriteAsync(table, [.. live.Select(l => (l.Prediction, l.Model!))], degree, ct); // as above
        return new ScoringReport(scored.Count, count, table.AsOf);
    }
}
