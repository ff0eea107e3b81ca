using CampaignPortal.Marketing.Database;
using CampaignPortal.Marketing.Events;
using CampaignPortal.Marketing.Jobs;
using CampaignPortal.Marketing.Predictions;
using CampaignPortal.Simulation;

namespace CampaignPortal.Web.Demo;

/// <summary>Fills the portal with the sample shop, trains on it and scores it: a job like any other, with its progress on the pages.</summary>
/// <remarks>A run that begins again writes the same events under the same ids, which the log knows already.</remarks>
internal sealed class FillDemoJob(
    SampleData sample, DemoCatalogue catalogue, EventLog log, ProjectionHost projections, TrainModelsHandler training, ScoreCustomersHandler scoring) : IJobHandler
{
    public const string JobKey = "demo";

    private const int BatchSize = 4_000;

    // Shares of the whole run, measured; the bar must not stand still.
    private const double WrittenAt = 0.6, ProjectedAt = 0.65, TrainedAt = 0.92;

    public JobDefinition Definition { get; } = new(JobKey) { IsHeavy = true, MaxAttempts = 3 };

    public async Task<JobOutcome> RunAsync(JobContext job, CancellationToken ct)
    {
        if (catalogue.Find() is not { } shop || sample.Read() is not { IsFilled: false } facts) return JobOutcome.Skip("unchanged", "There is nothing to fill.");
        var events = await WriteAsync(shop, job, ct);
        job.Report("demo-read", WrittenAt);
        await projections.CatchUpAsync(ct);
        job.Report("demo-train", ProjectedAt);
        var degree = Math.Max(1, Environment.ProcessorCount);
        await training.HandleAsync(new TrainModels(null, 1, degree), new Share(job, "demo-train", ProjectedAt, TrainedAt, training.Models.Count), ct);
        job.Report("demo-score", TrainedAt);
        await scoring.HandleAsync(null, degree, ct);
        await sample.MarkAsync(facts with { IsFilled = true }, ct);
        return JobOutcome.Done(new { customers = shop.People.Count, events });
    }

    private async Task<long> WriteAsync(ShopSimulator shop, JobContext job, CancellationToken ct)
    {
        var words = new ShopEvents(shop);
        IReadOnlyList<ItemDraft> items = words.Items();
        var length = (shop.Options.End - shop.Start).TotalDays;
        var last = Task.CompletedTask;
        var count = 0L;
        foreach (var page in shop.History().Chunk(BatchSize))
        {
            var batch = new EventBatch(ShopEvents.Source, [.. page.Select(e => words.Of(e))])
            {
                Items = items,
                Contacts = [.. page.Where(e => e.Kind is ShopEventKind.Registered).Select(e => words.ContactOf(e.Customer))],
                IsBackfill = true,
            };
            items = [];
            await last; // one is drawn while the one before is being written
            last = log.AppendAsync(batch, ct);
            job.Report("demo-events", WrittenAt * (page[^1].At - shop.Start).TotalDays / length, count += page.Length, null);
        }
        await last;
        return count;
    }

    /// <summary>The share of the whole that the models which began have reached.</summary>
    private sealed class Share(JobContext job, string stage, double from, double to, int modelCount) : IProgress<TrainingProgress>
    {
        private readonly Dictionary<string, double> _models = new(StringComparer.Ordinal);

        public void Report(TrainingProgress value)
        {
            lock (_models)
            {
                _models[value.Model] = value.Share;
                job.Report(stage, from + (to - from) * _models.Values.Sum() / modelCount);
            }
        }
    }
}
