using System.Globalization;
using System.Text.Json;
using CampaignPortal.Marketing.Database;
using CampaignPortal.Marketing.Events;
using CampaignPortal.Marketing.Predictions;
using CampaignPortal.Marketing.Recommendations;
using CampaignPortal.Statistics.Random;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace CampaignPortal.Testing;

/// <summary>A small shop with people, orders, visits, consents, scores and models, for tests of pages. Everything in it is made up.</summary>
public static class SampleShop
{
    public const string Name = "Fern & Hearth Home";

    private static readonly string[] FirstNames = ["Lena", "Jonas", "Helena", "Ayla", "Petra", "Milena", "Tom", "Rosalena", "Karl", "Mara", "Dana", "Ines", "Ben", "Nora", "Yuki", "Omar", "伟", "芳"];
    private static readonly string[] LastNames = ["Marten", "Ortel", "Brandt", "Kern", "Vogt", "Sawicki", "Adler", "Fink", "Lenz", "Ilves", "Peters", "Haas", "Moreau", "Silva", "Tanaka", "Haddad", "王", "李"];
    private static readonly (string Name, string Category, decimal Price)[] Products =
    [
        ("Linen duvet cover, sage", "Bedding", 89), ("Wool throw, oat", "Bedding", 59), ("Linen pillowcases, sage", "Bedding", 36), ("Ceramic table lamp", "Lighting", 74),
        ("Brass reading lamp", "Lighting", 84), ("Soy candle", "Decoration", 12.40m), ("Stoneware dinner set", "Kitchen", 128), ("Oak serving board", "Kitchen", 42),
        ("Jute rug", "Living", 149), ("Glass carafe", "Kitchen", 24.50m),
    ];

    /// <summary>Fills an empty portal; the customer of the mock-ups is number 1.</summary>
    public static async Task FillAsync(IServiceProvider services, DateTimeOffset now, int customerCount = 60)
    {
        await services.GetRequiredService<ShopSettingsStore>().SaveAsync(new ShopSettings(Name, "EUR", "Europe/Berlin", "en"), CancellationToken.None);
        var rng = new Rng(7);
        var log = services.GetRequiredService<EventLog>();
        for (var i = 0; i < customerCount; i++) await log.AppendAsync(CustomerBatch(i, rng.Fork(i), now, isFirst: i == 0), CancellationToken.None);
        await services.GetRequiredService<ProjectionHost>().CatchUpAsync(CancellationToken.None);

        var databases = services.GetRequiredService<IDbContextFactory<PortalDbContext>>();
        await using var db = await databases.CreateDbContextAsync();
        await AddModelsAsync(db, now);
        await AddScoresAsync(db, rng, now);
    }

    private static EventBatch CustomerBatch(int number, Rng rng, DateTimeOffset now, bool isFirst)
    {
        var id = (20714 + number * 13).ToString(CultureInfo.InvariantCulture);
        var name = $"{FirstNames[number % FirstNames.Length]} {LastNames[(number + number / FirstNames.Length) % LastNames.Length]}";
        var events = new List<NewEvent>();
        string MessageId() => $"{id}-{events.Count}";
        void Add(string type, DateTimeOffset at, string? item = null, string? order = null, decimal? quantity = null, decimal? amount = null, string? properties = null, string? campaign = null) =>
            events.Add(new NewEvent
            {
                MessageId = MessageId(), Type = type, OccurredAt = at, Customer = id, Item = item, OrderId = order, Quantity = quantity, Amount = amount,
                Currency = amount is null ? null : "EUR", Properties = properties, CampaignId = campaign,
            });

        var gapDays = isFirst ? 41 : 14 + (int)(rng.NextDouble() * 90);
        var last = now.AddDays(isFirst ? -23 : -rng.NextDouble() * 220);
        var orderCount = isFirst ? 12 : 1 + (int)(rng.NextDouble() * 14);
        Add("profile_updated", last.AddDays(-gapDays * orderCount), properties: """{"traits":{"country":"Germany","city":"Leipzig"}}""");
        if (number % 5 != 4) Add("consent_changed", last.AddDays(-gapDays * orderCount), properties: $$"""{"channel":"email","purpose":"marketing","state":"{{(number % 7 == 6 ? "withdrawn" : "granted")}}","origin":"checkout"}""");
        if (number % 3 == 0) Add("consent_changed", last.AddDays(-gapDays), properties: $$"""{"channel":"sms","purpose":"marketing","state":"{{(isFirst ? "withdrawn" : "granted")}}","origin":"checkout"}""");
        for (var o = orderCount - 1; o >= 0; o--)
        {
            var at = last.AddDays(-gapDays * o * (0.8 + 0.4 * rng.NextDouble()));
            var order = $"{1_000_000 + number * 100 + o}";
            foreach (var line in Enumerable.Range(0, 1 + (int)(rng.NextDouble() * 3)))
            {
                var product = Products[(number + line + (o % 2)) % Products.Length];
                var pieces = 1 + (int)(rng.NextDouble() * 2);
                Add("order_placed", at, product.Name, order, pieces, product.Price * pieces);
            }
        }
        if (number % 6 == 0) Add("order_returned", last.AddDays(-gapDays + 9), Products[number % Products.Length].Name, $"R{number}", 1, Products[number % Products.Length].Price);
        foreach (var view in Enumerable.Range(0, 5)) Add("item_viewed", now.AddHours(-2).AddMinutes(view * 2), Products[(number + view) % Products.Length].Name);
        Add("cart_added", now.AddDays(-3).AddHours(9), Products[number % Products.Length].Name, quantity: 1);
        Add("message_sent", now.AddDays(-4), campaign: "Winter bedding preview");
        Add("message_clicked", now.AddDays(-4).AddMinutes(31), campaign: "Winter bedding preview");
        if (isFirst) Add("review_written", last.AddDays(-16), "Stoneware dinner set");

        var mail = name.Any(c => c > 0x2e80) ? $"c{id}@example.cn" : $"{name.Replace(' ', '.').ToLowerInvariant()}@example.{(number % 2 == 0 ? "com" : "net")}";
        return new EventBatch("sample", [.. events.OrderBy(e => e.OccurredAt)])
        {
            Items = number > 0 ? [] : [.. Products.Select(p => new ItemDraft(p.Name) { Name = p.Name, Category = p.Category, Price = p.Price, Currency = "EUR" })],
            Contacts = [new ContactDraft(id) { Name = name, Email = mail, Phone = $"+49 30 5550 {number:0000}" }],
        };
    }

    private static async Task AddModelsAsync(PortalDbContext db, DateTimeOffset now)
    {
        foreach (var (model, kind, report) in Reports())
        {
            foreach (var version in Enumerable.Range(1, 4))
            {
                var at = now.AddDays((version - 4) * 7).AddHours(-9);
                var run = new TrainingRun
                {
                    Model = model, Status = "succeeded", Seed = 7, Options = "{}", LastSequence = 1, AsOf = at, StartedAt = at, FinishedAt = at.AddSeconds(4), Seconds = 4.2, Version = version,
                };
                db.TrainingRuns.Add(run);
                await db.SaveChangesAsync();
                db.ModelVersions.Add(new ModelVersion
                {
                    Model = model, Version = version, TrainingRunId = run.Id, Kind = kind, CreatedAt = at.AddSeconds(4), AsOf = at, Fingerprint = "8f14e45fceea167a", Sha256 = new string('a', 64),
                    Metrics = JsonSerializer.Serialize(new { headline = new { }, details = Aged(report, 4 - version) }, JsonSerializerOptions.Web), IsPromoted = true,
                });
            }
            db.ModelHeads.Add(new ModelHead { Model = model, Version = 4, ActivatedAt = now.AddHours(-9) });
        }
        var failed = now.AddHours(-8);
        db.TrainingRuns.Add(new TrainingRun
        {
            Model = ModelNames.Recommendations, Status = "failed", Seed = 7, Options = "{}", LastSequence = 1, AsOf = failed, StartedAt = failed, FinishedAt = failed,
            Reason = "The training stopped on an error; the live model stays.",
        });
        await db.SaveChangesAsync();
    }

    // Earlier versions were a little worse.
    private static ModelReport Aged(ModelReport report, int age) => report with
    {
        Metrics = [.. report.Metrics.Select((m, i) => i > 0 ? m : m with { Value = m.Value - 0.011 * age, Lower = m.Lower - 0.011 * age, Upper = m.Upper - 0.011 * age })],
    };

    private static IEnumerable<(string Model, string Kind, ModelReport Report)> Reports()
    {
        yield return (ModelNames.Purchase, "blend", Propensity(0.842, 0.721));
        yield return (ModelNames.Churn, "logistic", Propensity(0.861, 0.767) with { Epochs = [], BestEpoch = null });
        yield return (ModelNames.LifetimeValue, "bg-nbd", new ModelReport
        {
            Metrics = [new("rank-correlation", 0.61, 0.58, 0.64, 0.49, "past-rate"), new("total-bias", -0.032), new("mae", 41.2, null, null, 55.8, "mean")], TestRowCount = 5_200,
        });
        yield return (ModelNames.Recommendations, "hybrid", new ModelReport { Metrics = [new("hr-10", 0.214, 0.206, 0.222, 0.126, "popular"), new("ndcg-10", 0.112, null, null, 0.061, "popular")], TestRowCount = 3_905 });
        yield return (ModelNames.Segments, "kmeans", new ModelReport
        {
            Metrics = [new("silhouette", 0.41)],
            Segments =
            [
                new(0, "Loyal full-price buyers", 14, [new("order_count", 1.9), new("revenue", 1.6), new("discount_share", -0.8)]),
                new(1, "New, one small order", 22, [new("order_count", -0.9), new("tenure_days", -1.2), new("revenue", -0.7)]),
                new(2, "Slipping regulars", 24, [new("overdue_ratio", 1.4), new("recency_days", 1.1), new("orders_90d", -0.9)]),
            ],
        });
    }

    private static ModelReport Propensity(double auc, double rule) => new()
    {
        Metrics =
        [
            new("auc", auc, auc - 0.006, auc + 0.006, rule, "rfm"), new("pr-auc", 0.61, 0.59, 0.63, 0.44, "rfm"), new("log-loss", 0.392, 0.385, 0.399, 0.471, "rfm"),
            new("ece", 0.014, 0.009, 0.02), new("lift-10", 3.6, 3.4, 3.8, 2.7, "rfm"),
        ],
        Calibration =
        [
            .. new[] { 0.04, 0.11, 0.2, 0.3, 0.41, 0.52, 0.62, 0.72, 0.83, 0.92 }
                .Select((p, i) => new ReliabilityBin(p, p + 0.012 * (i % 3 - 1), Math.Max(0, p - 0.02 - 0.006 * i), Math.Min(1, p + 0.02 + 0.006 * i), 2_400 / (i + 1))),
        ],
        Gains = [.. Enumerable.Range(0, 21).Select(i => new GainPoint(i / 20.0, 1 - Math.Pow(1 - i / 20.0, 3.3), 1 - Math.Pow(1 - i / 20.0, 2.1)))],
        Drivers =
        [
            new("recency_days", 0.31, 0.02), new("orders_90d", 0.22, 0.015), new("item_views_7d", 0.16, 0.013), new("click_recency_days", 0.1, 0.01), new("gap_mean_days", 0.06, 0.008),
            new("discount_share", 0.03, 0.006), new("weekend_share", 0.01, 0.004),
        ],
        Epochs = [.. Enumerable.Range(1, 25).Select(e => new EpochLoss(e, 0.34 + 0.3 * Math.Exp(-e / 4.0), 0.385 + 0.24 * Math.Exp(-e / 4.0) + 0.0004 * e))],
        BestEpoch = 18,
        Candidates = [new("logistic", auc - 0.004, false), new("mlp", auc - 0.002, false), new("blend", auc, true)],
        TestRowCount = 5_200,
        TrainRowCount = 31_400,
        BaseRate = 0.21,
    };

    private static async Task AddScoresAsync(PortalDbContext db, Rng rng, DateTimeOffset now)
    {
        var customers = await db.Customers.OrderBy(c => c.Id).Select(c => c.Id).ToListAsync();
        var scored = now.AddHours(-9);
        var items = await db.Items.OrderBy(i => i.Id).ToListAsync();
        foreach (var (id, i) in customers.Select((id, i) => (id, i)))
        {
            if (i == customers.Count - 1) continue; // somebody whom no model knows
            var isFirst = i == 0;
            var purchase = isFirst ? 0.64 : 0.03 + 0.6 * rng.NextDouble();
            var value = isFirst ? 540 : 20 + 800 * rng.NextDouble();
            void Add(string model, double score, double? low, double? high, string? reasons = null) => db.CustomerScores.Add(new CustomerScore
            {
                CustomerId = id, Model = model, Version = 4, Value = score, Lower = low, Upper = high, Percentile = isFirst ? 0.93 : rng.NextDouble() * 0.95, Reasons = reasons, AsOf = scored,
            });
            Add(ModelNames.Purchase, purchase, purchase * 0.9, Math.Min(0.99, purchase * 1.1), Reasons(purchase));
            Add(ModelNames.Churn, isFirst ? 0.12 : 1 - purchase, isFirst ? 0.09 : 0.9 - purchase * 0.9, isFirst ? 0.16 : 1 - purchase * 0.8);
            Add(ModelNames.LifetimeValue, value, value * 0.67, value * 1.41);
            Add(ModelNames.Alive, isFirst ? 0.94 : 0.5 + purchase / 2, null, null);
            Add(ModelNames.NextOrder, isFirst ? 18 : 40, 5, isFirst ? 36 : 90);
            Add(ModelNames.Segments, isFirst ? 0 : i % 3, null, null);
            db.RecommendationLists.Add(List(id, RecommendationRow.BuyAgain, scored, [(items[5].Id, "rhythm", []), (items[0].Id, "bought-before", [])]));
            db.RecommendationLists.Add(List(id, RecommendationRow.NewForYou, scored, [(items[1].Id, "because-bought", [items[0].Name!]), (items[4].Id, "trending", []), (items[8].Id, "fits-taste", [])]));
        }
        await db.SaveChangesAsync();
    }

    private static RecommendationList List(long customer, string list, DateTimeOffset at, IReadOnlyList<(long Item, string Reason, string[] Arguments)> items) => new()
    {
        CustomerId = customer, List = list, Version = 4, AsOf = at,
        Items = JsonSerializer.Serialize(items.Select((x, i) => new { item = x.Item, score = 1.0 - i * 0.1, reason = x.Reason, arguments = x.Arguments }), JsonSerializerOptions.Web),
    };

    private static string Reasons(double score)
    {
        const double Average = 0.21;
        var left = score - Average;
        return JsonSerializer.Serialize(
            new ScoreReason[]
            {
                new(ScoreReason.Average, null, Average), new("item_views_7d", 5, left * 0.44), new("cart_adds_7d", 1, left * 0.3), new("order_count", 12, left * 0.21), new("recency_days", 23, left * 0.14),
                new("return_count", 1, left * -0.09), new(ScoreReason.EverythingElse, null, 0),
            },
            JsonSerializerOptions.Web);
    }
}
