using System.Globalization;
using CampaignPortal.Marketing.Database;
using CampaignPortal.Marketing.Events;
using CampaignPortal.Statistics.Random;
using Microsoft.Extensions.DependencyInjection;

namespace CampaignPortal.Testing;

/// <summary>A big shop for measurements, drawn from a seed: eighteen months of visits, orders, returns, messages and consents of very different customers.</summary>
/// <remarks>
/// Visits come as a stream in the order of time, the way a real log grows: the events of one customer lie scattered over the whole log.
/// Only the next visit of each customer is in memory, so the size of the history does not matter.
/// </remarks>
public sealed class LargeShop
{
    private const int BatchSize = 5_000;
    private const double Days = 548;

    // Mean events of a visit, as Visit draws them: views, cart, order lines, messages, returns, opt-outs.
    private const double EventsPerVisit = 3.5 + 0.4 + 0.4 * 2.5 + 0.15 * 1.6 + 0.02 + 0.004;
    private const double EventsPerCustomer = 2;

    private readonly Rng _rng;
    private readonly LargeShopPeople _people;
    private readonly LargeShopCatalogue _catalogue;
    private readonly DateTimeOffset _start;
    private readonly float[] _visitsPerDay, _leavesOn;
    private readonly bool[] _isKnown;
    private readonly PriorityQueue<int, double> _nextVisit;
    private readonly List<NewEvent> _events = new(BatchSize + 64);
    private readonly List<ContactDraft> _contacts = [];
    private ulong _eventNumber, _orderNumber;

    /// <param name="customerCount">Customers, each with contact data.</param>
    /// <param name="eventCount">Events of the log, met within a percent or so.</param>
    /// <param name="seed">The same seed makes the same shop.</param>
    /// <param name="end">The last moment of the history; it begins eighteen months before.</param>
    public LargeShop(int customerCount, int eventCount, long seed, DateTimeOffset end)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(customerCount, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(eventCount, customerCount * 4);
        _rng = new Rng(seed);
        _people = new LargeShopPeople(_rng.Fork(1));
        _catalogue = new LargeShopCatalogue(_rng.Fork(2));
        _start = end.AddDays(-Days);
        (_visitsPerDay, _leavesOn, _isKnown) = (new float[customerCount], new float[customerCount], new bool[customerCount]);
        _nextVisit = new PriorityQueue<int, double>(customerCount);
        DrawCustomers((eventCount - EventsPerCustomer * customerCount) / EventsPerVisit);
    }

    /// <summary>Writes the shop into an empty portal through its log and brings the projections up to date.</summary>
    public static async Task FillAsync(IServiceProvider services, LargeShop shop, Action<long>? progress, CancellationToken ct)
    {
        await services.GetRequiredService<ShopSettingsStore>().SaveAsync(new ShopSettings("Fern & Hearth Home", "EUR", "Europe/Berlin", "en"), ct);
        var log = services.GetRequiredService<EventLog>();
        var last = Task.CompletedTask;
        var count = 0L;
        foreach (var batch in shop.Batches())
        {
            await last; // one is drawn while the one before is being written
            last = log.AppendAsync(batch, ct);
            progress?.Invoke(count += batch.Events.Count);
        }
        await last;
        await services.GetRequiredService<ProjectionHost>().CatchUpAsync(ct);
    }

    /// <summary>The history, once.</summary>
    public IEnumerable<EventBatch> Batches()
    {
        IReadOnlyList<ItemDraft> items = _catalogue.Items;
        while (_nextVisit.TryDequeue(out var customer, out var day))
        {
            if (_isKnown[customer]) Visit(customer, day);
            else Join(customer, day);
            var next = day - Math.Log(1 - _rng.NextDouble()) / _visitsPerDay[customer];
            if (next < _leavesOn[customer]) _nextVisit.Enqueue(customer, next);
            if (_events.Count < BatchSize && _nextVisit.Count > 0) continue;
            yield return new EventBatch(EventTableReader.ImportSource, [.. _events]) { Items = items, Contacts = [.. _contacts], IsBackfill = true };
            items = [];
            _events.Clear();
            _contacts.Clear();
        }
    }

    // A log-normal rate of visits: a tenth of the customers makes about half of them. A third is there from the start, a fourth leaves for good.
    private void DrawCustomers(double visitCount)
    {
        var sum = 0.0;
        for (var c = 0; c < _visitsPerDay.Length; c++)
        {
            var joins = _rng.NextInt(3) is 0 ? 14 * _rng.NextDouble() : (Days - 10) * _rng.NextDouble();
            var leaves = _rng.NextInt(4) is 0 ? joins + (Days - joins) * _rng.NextDouble() : Days;
            _visitsPerDay[c] = (float)Math.Exp(1.2 * _rng.NextNormal());
            _leavesOn[c] = (float)leaves;
            sum += _visitsPerDay[c] * (leaves - joins);
            _nextVisit.Enqueue(c, joins);
        }
        for (var c = 0; c < _visitsPerDay.Length; c++) _visitsPerDay[c] = (float)(_visitsPerDay[c] * visitCount / sum);
    }

    private void Join(int customer, double day)
    {
        _isKnown[customer] = true;
        var person = _people.Draw(customer);
        _contacts.Add(person.Contact);
        Add(customer, day, KnownEvents.ProfileUpdated, properties: person.Traits);
        var state = _rng.NextInt(4) is 0 ? "withdrawn" : "granted";
        Add(customer, day, KnownEvents.ConsentChanged, properties: $$"""{"channel":"email","purpose":"marketing","state":"{{state}}","origin":"registration"}""");
    }

    private void Visit(int customer, double day)
    {
        const double Second = 1.0 / 86_400;
        if (_rng.NextDouble() < 0.15) Message(customer, day - 300 * Second);
        var device = _rng.NextInt(3) is 0 ? """{"device":"desktop"}""" : """{"device":"mobile"}""";
        var item = 0;
        for (var view = _rng.NextInt(6); view >= 0; view--, day += 40 * Second)
            Add(customer, day, KnownEvents.ItemViewed, item = LargeShopCatalogue.Draw(_rng, customer), properties: device);
        if (_rng.NextDouble() < 0.4) Add(customer, day, KnownEvents.CartAdded, item, quantity: 1);
        if (_rng.NextDouble() < 0.4) Order(customer, day + 90 * Second);
        if (_rng.NextDouble() < 0.004) Add(customer, day, KnownEvents.Unsubscribed, properties: """{"channel":"email","purpose":"marketing"}""");
    }

    private void Order(int customer, double day)
    {
        var order = string.Create(CultureInfo.InvariantCulture, $"{1_000_000 + _orderNumber++}");
        var lines = 1 + _rng.NextInt(4);
        for (var line = 0; line < lines; line++)
        {
            var item = LargeShopCatalogue.Draw(_rng, customer);
            var pieces = 1 + _rng.NextInt(3);
            Add(customer, day, KnownEvents.OrderPlaced, item, order, pieces, _catalogue.Items[item].Price * pieces);
            if (line is 0 && _rng.NextDouble() < 0.05) Add(customer, Math.Min(Days, day + 3 + 17 * _rng.NextDouble()), KnownEvents.OrderReturned, item, order, 1, _catalogue.Items[item].Price);
        }
    }

    private void Message(int customer, double day)
    {
        var campaign = string.Create(CultureInfo.InvariantCulture, $"newsletter-{(int)(day / 7)}");
        Add(customer, day, KnownEvents.MessageSent, campaign: campaign, properties: """{"channel":"email"}""");
        if (_rng.NextDouble() < 0.4) Add(customer, day, KnownEvents.MessageOpened, campaign: campaign, properties: """{"channel":"email"}""");
        if (_rng.NextDouble() < 0.2) Add(customer, day, KnownEvents.MessageClicked, campaign: campaign, properties: """{"channel":"email"}""");
    }

    private void Add(
        int customer, double day, string type, int? item = null, string? order = null, int? quantity = null, decimal? amount = null, string? campaign = null, string? properties = null) => _events.Add(new NewEvent
        {
            // Scattered like the hashes and random ids of real sources: ids in order would flatter the index.
            MessageId = CounterRng.Mix(_eventNumber++).ToString("x16", CultureInfo.InvariantCulture),
            Type = type,
            OccurredAt = _start.AddTicks((long)(day * TimeSpan.TicksPerDay) / 10_000_000 * 10_000_000),
            Customer = LargeShopPeople.IdOf(customer),
            Item = item is { } i ? _catalogue.Items[i].ExternalId : null,
            OrderId = order,
            Quantity = quantity,
            Amount = amount,
            Currency = amount is null ? null : "EUR",
            CampaignId = campaign,
            Properties = properties,
        });
}
