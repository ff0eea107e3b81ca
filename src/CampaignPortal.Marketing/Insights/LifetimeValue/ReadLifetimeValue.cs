using CampaignPortal.Learning.Persistence;
using CampaignPortal.Marketing.Database;
using CampaignPortal.Marketing.Predictions;
using CampaignPortal.Marketing.Predictions.LifetimeValue;
using Microsoft.EntityFrameworkCore;

namespace CampaignPortal.Marketing.Insights;

/// <summary>A number of months that a forecast can be asked for.</summary>
/// <param name="IsOffered">The shop has at least as long a history.</param>
public sealed record Horizon(int Months, bool IsOffered);

/// <summary>A calendar month that has happened.</summary>
/// <param name="Revenue">Ordered by known customers, before returns, as the model counts it.</param>
/// <param name="Repeat">Part of it that was not a first order: what a forecast of known customers can be compared with.</param>
/// <param name="IsWhole">False for the month in which the forecast begins.</param>
public sealed record KnownMonth(MonthNumber Month, double Revenue, double Repeat, bool IsWhole);

/// <summary>Everything the page of lifetime value shows.</summary>
public sealed record LifetimeOverview
{
    /// <summary>Null until a model was trained that carries a forecast; then <see cref="Reason"/> says why.</summary>
    public LifetimeForecast? Forecast { get; init; }
    public string? Reason { get; init; }
    public int? Version { get; init; }
    /// <summary>The moment of the page.</summary>
    public required DateTimeOffset AsOf { get; init; }
    /// <summary>First day that is not known whole; the forecast begins on it or earlier.</summary>
    public required int EndDay { get; init; }
    /// <summary>An earlier forecast against what came; null where the history is too short.</summary>
    public LifetimeHit? Hit { get; init; }
    public required IReadOnlyList<Horizon> Horizons { get; init; }
    public required int HistoryMonths { get; init; }
    /// <summary>What a model needs and what there is, while there is none.</summary>
    public required LifetimeNeeds Needs { get; init; }
    public required IReadOnlyList<KnownMonth> Known { get; init; }
    public required ValueConcentration Concentration { get; init; }
    public required IReadOnlyList<CohortValueRow> Cohorts { get; init; }
    public required FirstOrders FirstOrders { get; init; }
    /// <summary>Months ahead that the customers' own scores look.</summary>
    public int ScoreMonths { get; init; } = 12;
}

/// <summary>The floor below which no model is trained, beside what the shop has.</summary>
/// <param name="RepeatCustomers">Customers with orders on two days or more.</param>
/// <param name="Days">Between the first and the last order.</param>
public sealed record LifetimeNeeds(int Customers, int RepeatCustomers, int Days)
{
    public static LifetimeValueSettings Floor { get; } = new();

    public bool IsMet => Customers >= Floor.MinCustomers && RepeatCustomers >= Floor.MinRepeatCustomers && Days >= Floor.MinHistoryDays;

    internal static LifetimeNeeds Of(OrderBook book)
    {
        var (customers, repeats) = (0, 0);
        for (var customer = 0; customer < book.CustomerCount; customer++)
        {
            var first = book.FirstOrderDay(customer);
            if (first < 0) continue;
            customers++;
            for (var i = book.Start[customer]; i < book.Start[customer + 1]; i++)
            {
                if (!book.IsOrder[i] || book.Day[i] == first) continue;
                repeats++;
                break;
            }
        }
        return new LifetimeNeeds(customers, repeats, book.Range is { } range ? range.Last - range.First : 0);
    }
}

/// <summary>A forecast of some time ago and what came in from the same customers.</summary>
public sealed record LifetimeHit(int Days, double Forecast, double Actual)
{
    public const double LargestGoodError = 0.25;

    /// <summary>Difference of the forecast as a share of what came.</summary>
    public double Error => Actual > 0 ? Forecast / Actual - 1 : double.PositiveInfinity;

    /// <summary>1 is a perfect forecast; below 0 stays 0.</summary>
    public double Share => Math.Max(0, 1 - Math.Abs(Error));

    public bool NeedsCare => Math.Abs(Error) > LargestGoodError;
}

/// <summary>Reads the live model's forecast beside what happened.</summary>
public sealed class ReadLifetimeValueHandler(ModelRegistry registry, IDbContextFactory<PortalDbContext> databases, OrderBooks books, ValueConcentrations concentrations)
{
    private const int CohortMonths = 12;

    private static readonly int[] Choices = [3, 6, 12, 24];

    private volatile Loaded? _loaded;
    private volatile Made? _made;

    public async Task<LifetimeOverview> HandleAsync(CancellationToken ct)
    {
        var book = await books.ReadAsync(ct);
        var concentration = await concentrations.ReadAsync(ct);
        var live = LoadLive();
        if (live?.Model.Forecast is null) return Make(book, concentration, live) with { Reason = await LastReasonAsync(ct) };
        // Orders, scores and model are the same objects until something changes: the sums over all customers are made once.
        if (_made is { } made && made.Book == book && made.Concentration == concentration && made.Live == live) return made.Page;
        var page = Make(book, concentration, live);
        _made = new Made(book, concentration, live, page);
        return page;
    }

    private static LifetimeOverview Make(OrderBook book, ValueConcentration concentration, Loaded? live)
    {
        var forecast = live?.Model.Forecast;
        var historyMonths = book.HistoryMonths;
        var endDay = forecast?.FromDay ?? book.EndDay;
        return new LifetimeOverview
        {
            Forecast = forecast,
            Version = live?.Version,
            AsOf = book.AsOf,
            EndDay = book.EndDay,
            Hit = forecast is { BackTest.Count: > 0 } ? new LifetimeHit(forecast.FromDay - forecast.BackTestDay, forecast.BackTest.Sum(m => m.Forecast), forecast.BackTest.Sum(m => m.Actual)) : null,
            // A shorter history than the shortest choice trains no model; the first choice stays, so that there always is one.
            Horizons = [.. Choices.Select(months => new Horizon(months, months <= Math.Max(Choices[0], historyMonths)))],
            HistoryMonths = historyMonths,
            Needs = LifetimeNeeds.Of(book),
            Known = KnownMonths(book, endDay),
            Concentration = concentration,
            Cohorts = CohortValues.Of(book, forecast, CohortMonths),
            FirstOrders = FirstOrders.Of(book, endDay),
            ScoreMonths = live?.Model.Settings.MonthCount ?? 12,
        };
    }

    private async Task<string?> LastReasonAsync(CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        return await db.TrainingRuns.AsNoTracking().Where(r => r.Model == ModelNames.LifetimeValue).OrderByDescending(r => r.Id).Select(r => r.Reason).FirstOrDefaultAsync(ct);
    }

    /// <summary>Ordered value by month, up to a day.</summary>
    internal static IReadOnlyList<KnownMonth> KnownMonths(OrderBook book, int endDay)
    {
        if (book.Range is not { } range || range.First >= endDay) return [];
        var first = MonthNumber.Of(range.First);
        var (all, repeat) = (new double[MonthNumber.Of(endDay - 1) - first + 1], new double[MonthNumber.Of(endDay - 1) - first + 1]);
        for (var customer = 0; customer < book.CustomerCount; customer++)
        {
            var firstDay = book.FirstOrderDay(customer);
            for (var i = book.Start[customer]; i < book.Start[customer + 1] && book.Day[i] < endDay; i++)
            {
                if (!book.IsOrder[i]) continue;
                var month = MonthNumber.Of(book.Day[i]) - first;
                all[month] += book.Gross[i] / 10_000.0;
                if (book.Day[i] != firstDay) repeat[month] += book.Gross[i] / 10_000.0;
            }
        }
        return [.. all.Select((sum, i) => new KnownMonth(first + i, sum, repeat[i], (first + i + 1).FirstDay <= endDay))];
    }

    // Reading the files costs some milliseconds, and they never change.
    private Loaded? LoadLive()
    {
        if (registry.FindLive(ModelNames.LifetimeValue) is not { } live) return null;
        if (_loaded is { } loaded && loaded.Version == live.Version) return loaded;
        return _loaded = new Loaded(live.Version, ModelFolder.Load<LifetimeValueModel>(live.Folder));
    }

    private sealed record Loaded(int Version, LifetimeValueModel Model);

    private sealed record Made(OrderBook Book, ValueConcentration Concentration, Loaded? Live, LifetimeOverview Page);
}
