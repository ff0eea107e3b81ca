using CampaignPortal.Marketing.Database;
using CampaignPortal.Marketing.Events;
using CampaignPortal.Marketing.Jobs;
using CampaignPortal.Marketing.Predictions;
using CampaignPortal.Simulation;

namespace CampaignPortal.Web.Demo;

/// <summary>Fills the portal with the sample shop, trains on it and scores it: a job like any other, with its progress on the pages.</summary>
/// <remarks>A run that begins again writes the same events under the same ids, which the log knows already.</remarks>
internal sealed class FillDemoJob(
    SampleData sample, DemoCatalogue catalogue, DemoCampaigns campaigns, EventLog log, ProjectionHost projections, TrainModelsHandler training, ScoreCustomersHandler scoring) : IJobHandler
{
    public const string JobKey = "demo";

    private const int BatchSize = 4_000;

    // Shares of the whole run, measured; the bar must not stand still.
    private const double WrittenAt = 0.6, ProjectedAt = 0.65, TrainedAt = 0.92;

    // Not on the slow threads of heavy work, though it is heavy: until it has ended there is nothing that pages could be held up from.
    public JobDefinition Definition { get; } = new(JobKey) { MaxAttempts = 3 };

    public async Task<JobOutcome> RunAsync(JobContext job, CancellationToken ct)
    {
        if (catalogue.Find() is not { } shop || sample.Read() is not { IsFilled: false } facts) return JobOutcome.Skip("unchanged", "There is nothing to fill.");
        var events = await WriteAsync(shop, job, ct);
        job.Report("demo-read", WrittenAt);
        var sequence = await projections.CatchUpAsync(ct);
        await campaigns.SettleAsync(facts, ct);
        GC.Collect(); // 200 MB of batches are not needed beside the tables of the training
        job.Report("demo-train", ProjectedAt);
        // One model after another: two at once would be a few seconds faster and take a hundred megabytes more.
        await training.HandleAsync(new TrainModels(null, 1), new Share(job, "demo-train", ProjectedAt, TrainedAt, training.Models.Count), ct);
        GC.Collect();
        job.Report("demo-score", TrainedAt);
        await scoring.HandleAsync(null, 1, ct);
        await sample.MarkAsync(facts with { FilledSequence = sequence }, ct);
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
