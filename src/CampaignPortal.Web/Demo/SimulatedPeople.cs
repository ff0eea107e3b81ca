using CampaignPortal.Marketing.Events;
using CampaignPortal.Simulation;

namespace CampaignPortal.Web.Demo;

/// <summary>The people of the sample shop while they live on: one process's share of it.</summary>
/// <remarks>
/// A step writes what happened, then notes how far it came. A process that ends between the two tells the same again, under the same ids,
/// which the log knows; what was still to come is drawn again, the same.
/// </remarks>
internal sealed class SimulatedPeople
{
    private const int BatchSize = 2_000;

    private readonly ShopLife _life;
    private readonly SentMessages _sent;
    private readonly ShopEvents _words;
    private readonly DemoPace _pace;
    private readonly DemoMemory _memory;
    private readonly EventLog _log;
    private long _sequence;

    private SimulatedPeople(ShopSimulator shop, ShopLife life, SentMessages sent, DemoPace pace, DemoMemory memory, EventLog log, long sequence) =>
        (_life, _sent, _words, _pace, _memory, _log, _sequence) = (life, sent, new ShopEvents(shop), pace, memory, log, sequence);

    /// <summary>Whether days fly by, because something was sent.</summary>
    public bool IsFast => _pace.IsFast;

    /// <summary>Plays again what was lived before; what came of it is in the log already and is dropped.</summary>
    public static async Task<SimulatedPeople> WakeAsync(ShopSimulator shop, SentMessages sent, DemoMemory memory, EventLog log, DemoOptions options, DateTimeOffset now, CancellationToken ct)
    {
        var moment = memory.ReadMoment() ?? new DemoMoment(shop.Options.End, shop.Options.End, Sequence: 0);
        var life = shop.Open();
        life.AdvanceTo(shop.Options.End);
        foreach (var heard in memory.ReadHeard())
        {
            life.AdvanceTo(heard.Simulated);
            Receive(life, (await sent.AfterAsync(heard.After, heard.Until, ct)).Messages);
        }
        life.AdvanceTo(moment.Simulated);
        return new SimulatedPeople(shop, life, sent, new DemoPace(now, moment.Simulated, options.FastDay, options.FastDayCount, moment.FastUntil), memory, log, moment.Sequence);
    }

    /// <summary>Lives up to now. Answers how many messages arrived.</summary>
    public async Task<int> LiveAsync(DateTimeOffset now, CancellationToken ct)
    {
        var momentOf = _pace.MoveTo(now);
        var happened = _life.AdvanceTo(_pace.Simulated);
        // Looked for before what people did is written: so their own events are not searched for messages.
        var (messages, sequence) = await _sent.AfterAsync(_sequence, until: null, ct);
        var heard = messages.Count > 0 ? new HeardMessages(_pace.Simulated, _sequence, sequence) : null;
        Receive(_life, messages);
        if (heard is not null) _pace.Launch();
        _sequence = sequence;
        foreach (var page in happened.Chunk(BatchSize))
            await _log.AppendAsync(new EventBatch(ShopEvents.Source, [.. page.Select(e => _words.Of(e, momentOf(e.At)))]), ct);
        if (heard is not null || happened.Count > 0 || _pace.IsFast) await _memory.SaveAsync(new DemoMoment(_pace.Simulated, _pace.FastUntil, sequence), heard, ct);
        return messages.Count;
    }

    private static void Receive(ShopLife life, IReadOnlyList<SentMessage> messages)
    {
        foreach (var message in messages) life.Receive(message.Customer, message.Facts);
    }
}
