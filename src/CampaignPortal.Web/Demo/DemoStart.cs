using CampaignPortal.Marketing.Database;
using CampaignPortal.Marketing.Jobs;
using CampaignPortal.Simulation;
using Microsoft.Extensions.Options;

namespace CampaignPortal.Web.Demo;

/// <summary>Decides, before the portal listens, whether it becomes a sample shop, and makes what has to be there for the first page: the mark, the shop's facts, the accounts.</summary>
internal sealed class DemoStart(SampleData sample, DemoWish wish, DemoAccounts accounts, ShopSettingsStore shop, StartJobHandler jobs, IOptions<DemoOptions> options, TimeProvider clock)
{
    /// <summary>Name of the sample shop.</summary>
    public const string ShopName = "Fern & Hearth Home";

    private const string Zone = "Europe/Berlin";

    public async Task PrepareAsync(CancellationToken ct)
    {
        if (!sample.IsPresent && (!wish.IsWanted || !sample.IsStoreEmpty())) return;
        if (!sample.IsPresent)
        {
            // The mark comes first: a process that dies here goes on with a sample shop, and never takes made-up people for real ones.
            await sample.MarkAsync(new SampleFacts(ShopOptions.DemoSeed, clock.GetUtcNow(), options.Value.CustomerCount, FilledSequence: null), ct);
            await shop.SaveAsync(new ShopSettings(ShopName, "EUR", Zone, "en") { Country = "DE" }, ct);
        }
        if (sample.ReadSecrets() is null) await accounts.CreateAsync(ct);
        if (sample.Read() is { IsFilled: false }) await jobs.HandleAsync(new StartJob(FillDemoJob.JobKey, null, JobStarters.Schedule), ct);
    }
}
