using CampaignPortal.Marketing.Database;
using CampaignPortal.Marketing.Jobs;
using CampaignPortal.Simulation;
using CampaignPortal.Web.Identity;
using Microsoft.Extensions.Options;

namespace CampaignPortal.Web.Demo;

/// <summary>Decides, before the portal listens, whether it becomes a sample shop, and makes what has to be there for the first page: the mark, the shop's facts, the accounts, the campaigns.</summary>
internal sealed class DemoStart(
    SampleData sample, DemoWish wish, DemoAccounts accounts, DemoCampaigns campaigns, DemoSettings settings, StartJobHandler jobs, IOptions<DemoOptions> options, TimeProvider clock)
{
    /// <summary>Name of the sample shop.</summary>
    public const string ShopName = "Fern & Hearth Home";

    private const string Zone = "Europe/Berlin";

    /// <summary>At every start of the portal.</summary>
    public async Task PrepareAsync(CancellationToken ct)
    {
        if (sample.IsPresent || (wish.IsWanted && sample.IsStoreEmpty())) await BeginAsync(ct);
    }

    /// <summary>Makes the portal a sample shop, or goes on where a process ended that was about to.</summary>
    public async Task BeginAsync(CancellationToken ct)
    {
        if (!sample.IsPresent)
        {
            // The mark comes first: a process that dies here goes on with a sample shop, and never takes made-up people for real ones.
            await sample.MarkAsync(new SampleFacts(ShopOptions.DemoSeed, clock.GetUtcNow(), options.Value.CustomerCount, FilledSequence: null), ct);
            await settings.SaveAsync(new ShopSettings(ShopName, "EUR", Zone, "en") { Country = "DE" }, ct);
        }
        if (sample.ReadSecrets() is null) await accounts.CreateAsync(ct);
        if (sample.Read() is not { IsFilled: false } facts) return;
        await campaigns.RecordAsync(facts, await accounts.NumberOfAsync(Roles.Marketer), ct);
        await jobs.HandleAsync(new StartJob(FillDemoJob.JobKey, null, JobStarters.Schedule), ct);
    }
}
