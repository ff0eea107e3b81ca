using System.Globalization;
using CampaignPortal.Marketing.Database;
using CampaignPortal.Marketing.Events;
using CampaignPortal.Simulation;
using Microsoft.Extensions.Options;

namespace CampaignPortal.Web.Demo;

/// <summary>Lets the people of the sample shop live on while the portal runs: they visit and buy by themselves, and answer what the portal sends them.</summary>
/// <remarks>
/// Everything enters through the log, like the events of a real shop. What was about to happen when the process ended does not happen: a
/// new process begins with the people as they were at the end of the history.
/// </remarks>
internal sealed partial class DemoShop(
    SampleData sample, DemoCatalogue catalogue, PortalDatabase database, EventLog log, IOptions<DemoOptions> options, TimeProvider clock, ILogger<DemoShop> logger) : BackgroundService
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(500);
    private const int BatchSize = 2_000;

    private volatile bool _isFast;

    /// <summary>Whether days of the simulated people fly by, because something was sent.</summary>
    public bool IsFast => _isFast;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Step, clock);
        Playing? playing = null;
        // What an earlier process sent is over; what is sent while this one fills the shop is not.
        var from = sample.Read() is { IsFilled: true } ? SentMessages.NewestSequence(database) : (long?)null;
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            if (sample.Read() is not { FilledSequence: { } filled } || catalogue.Find() is not { } shop) continue;
            try
            {
                playing ??= await Task.Run(() => Begin(shop, from ?? filled), stoppingToken);
                await PlayAsync(playing, stoppingToken);
            }
            catch (System.Data.Common.DbException e)
            {
                StoreRefused(logger, e); // what happened meanwhile is lost to the log, and the next moment is tried again
            }
        }
    }

    // Nothing of a day that has been lived in the history happens again: it is played, and what comes of it is dropped.
    private Playing Begin(ShopSimulator shop, long sequence)
    {
        var life = shop.Open();
        life.AdvanceTo(shop.Options.End);
        var now = clock.GetUtcNow();
        return new Playing(
            life, new SentMessages(database, shop), new ShopEvents(shop, string.Create(CultureInfo.InvariantCulture, $"{now.ToUnixTimeSeconds():x}-")),
            new DemoPace(now, shop.Options.End, options.Value.FastDay, options.Value.FastDayCount))
        {
            Sequence = sequence,
        };
    }

    private async Task PlayAsync(Playing playing, CancellationToken ct)
    {
        var momentOf = playing.Pace.MoveTo(clock.GetUtcNow());
        var happened = playing.Life.AdvanceTo(playing.Pace.Simulated);
        // Looked for before what people did is written: so their own events are not searched for messages.
        var (messages, sequence) = playing.Sent.After(playing.Sequence);
        playing.Sequence = sequence;
        foreach (var message in messages) playing.Life.Receive(message.Customer, message.Facts);
        if (messages.Count > 0)
        {
            playing.Pace.Launch();
            Answering(logger, messages.Count);
        }
        _isFast = playing.Pace.IsFast;
        foreach (var page in happened.Chunk(BatchSize))
            await log.AppendAsync(new EventBatch(ShopEvents.Source, [.. page.Select(e => playing.Words.Of(e, momentOf(e.At)))]), ct);
    }

    /// <summary>What is under way.</summary>
    private sealed record Playing(ShopLife Life, SentMessages Sent, ShopEvents Words, DemoPace Pace)
    {
        /// <summary>How far the log was read for messages.</summary>
        public long Sequence { get; set; }
    }

    [LoggerMessage(4101, LogLevel.Information, "{Count} messages reached the simulated customers of the sample shop")]
    private static partial void Answering(ILogger logger, int count);

    [LoggerMessage(4102, LogLevel.Warning, "The simulated customers could not be heard: the store refused")]
    private static partial void StoreRefused(ILogger logger, Exception e);
}
