using CampaignPortal.Marketing.Campaigns;
using CampaignPortal.Marketing.Database;
using CampaignPortal.Marketing.Delivery;
using CampaignPortal.Marketing.Events;
using CampaignPortal.Simulation;
using Microsoft.Extensions.Options;

namespace CampaignPortal.Web.Demo;

/// <summary>Lets the people of the sample shop live on while the portal runs: they visit and buy by themselves, and answer what the portal sends them.</summary>
/// <remarks>Everything enters through the log, like the events of a real shop. While the portal is down nobody lives; afterwards everybody goes on.</remarks>
internal sealed partial class DemoShop(
    SampleData sample, DemoCatalogue catalogue, PortalDatabase database, ReadMessageFactsHandler versions, BodyStore bodies, EventLog log, IOptions<DemoOptions> options, TimeProvider clock,
    ILogger<DemoShop> logger) : BackgroundService
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(500);

    private volatile bool _isFast;

    /// <summary>Whether days of the simulated people fly by, because something was sent.</summary>
    public bool IsFast => _isFast;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Step, clock);
        SimulatedPeople? people = null;
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            if (sample.Read() is not { IsFilled: true } || catalogue.Find() is not { } shop) continue;
            try
            {
                people ??= await Task.Run(() => WakeAsync(shop, stoppingToken), stoppingToken);
                var count = await people.LiveAsync(clock.GetUtcNow(), stoppingToken);
                if (count > 0) Answering(logger, count);
                _isFast = people.IsFast;
            }
            catch (System.Data.Common.DbException e)
            {
                people = null; // what was not written happens again
                StoreRefused(logger, e);
            }
        }
    }

    private Task<SimulatedPeople> WakeAsync(ShopSimulator shop, CancellationToken ct) =>
        SimulatedPeople.WakeAsync(shop, new SentMessages(database, versions, bodies, shop), new DemoMemory(database), log, options.Value, clock.GetUtcNow(), ct);

    [LoggerMessage(4101, LogLevel.Information, "{Count} messages reached the simulated customers of the sample shop")]
    private static partial void Answering(ILogger logger, int count);

    [LoggerMessage(4102, LogLevel.Warning, "The simulated customers could not be heard: the store refused")]
    private static partial void StoreRefused(ILogger logger, Exception e);
}
