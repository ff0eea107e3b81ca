using System.Globalization;
using CampaignPortal.Marketing.Audiences;
using CampaignPortal.Marketing.Audiences.Rules;
using CampaignPortal.Marketing.Events;
using CampaignPortal.Marketing.Predictions;
using CampaignPortal.Marketing.Recommendations;
using CampaignPortal.Statistics.Random;
using CampaignPortal.Testing;

namespace CampaignPortal.Marketing.Tests.Audiences;

/// <summary>A drawn shop in which every kind of condition finds somebody, with moments at the borders of windows and values that are missing or of another kind.</summary>
internal static class AudienceShop
{
    public const int CustomerCount = 120;
    public static readonly DateTimeOffset Now = ManualClock.Noon;
    public static readonly string[] EventNames = ["item_viewed", "order_placed", "order_returned", "cart_added", "wish_listed", "quiz_done"];
    public static readonly string[] Items = ["i-0", "i-1", "i-2", "i-3", "i-4", "i-5"];
    /// <summary>Of the items, in their order; one has none.</summary>
    public static readonly string?[] Categories = ["Garden", "Home", "Garden", "Home", "Kitchen", null];
    public static readonly string[] Zones = ["Asia/Kathmandu", "America/New_York", "Australia/Lord_Howe", "Mars/Base"];
    public static readonly string[] Campaigns = ["1", "2", "3"];
    public static readonly string[] Countries = ["Germany", "germany", "France", "法国", "it's; drop table \"Events\"--"];

    public static async Task<TestStore> OpenAsync(int customerCount = CustomerCount, int eventsEach = 25)
    {
        var store = await TestStore.OpenAsync(now: Now);
        var rng = new Rng(11);
        for (var c = 0; c < customerCount; c++) await store.Log.AppendAsync(Batch(c, rng.Fork(c), eventsEach), CancellationToken.None);
        await store.Get<ProjectionHost>().CatchUpAsync(CancellationToken.None);
        await AddScoresAsync(store, rng, customerCount);
        await AddListsAsync(store, rng, customerCount);
        await AddAudiencesAsync(store, customerCount);
        return store;
    }

    public static IReadOnlyList<ItemDraft> Drafts() => [.. Items.Select((item, i) => new ItemDraft(item) { Name = item, Category = Categories[i], Price = 10, Currency = "EUR" })];

    private static EventBatch Batch(int number, Rng rng, int eventCount)
    {
        var id = string.Create(CultureInfo.InvariantCulture, $"c-{number}");
        var events = new List<NewEvent>();
        for (var i = 0; i < eventCount; i++) events.Add(Event(rng, id, i) is var e && i % 5 is 4 ? e with { Customer = null, Visitor = "browser of " + id } : e);
        // Two of three say in the end who they are: what their browsers did before is theirs.
        if (number % 3 > 0) events.Add(An.Event($"{id}-sign-in", "page_viewed", id, Now.AddDays(-1), item: null) with { Visitor = "browser of " + id });
        var traits = new List<string>();
        if (rng.NextInt(4) > 0) traits.Add($"\"country\":{System.Text.Json.JsonSerializer.Serialize(Countries[rng.NextInt(Countries.Length)])}");
        if (rng.NextInt(3) > 0) traits.Add(rng.NextInt(5) is 0 ? "\"points\":\"many\"" : $"\"points\":{rng.NextInt(50)}");
        if (rng.NextInt(3) > 0) traits.Add($"\"birthday\":\"{new DateOnly(1990, 1, 1).AddDays(rng.NextInt(800)):yyyy-MM-dd}\"");
        if (rng.NextInt(3) > 0) traits.Add(rng.NextInt(2) is 0 ? "\"tags\":[\"vip\",\"garden\"]" : "\"tags\":[\"garden\"]");
        if (rng.NextInt(3) > 0) traits.Add(rng.NextInt(6) is 0 ? "\"latitude\":\"north\",\"longitude\":8" : $"\"latitude\":{47 + rng.NextInt(8)},\"longitude\":{6 + rng.NextInt(9)}");
        if (rng.NextInt(2) is 0) traits.Add($"\"{(rng.NextInt(2) is 0 ? "time_zone" : "timezone")}\":\"{Zones[rng.NextInt(Zones.Length)]}\"");
        if (rng.NextInt(3) > 0) traits.Add($"\"lastVisit\":\"{Now.AddHours(-rng.NextInt(2_000)):yyyy-MM-ddTHH:mm:sszzz}\"");
        if (traits.Count > 0) events.Add(An.Event($"{id}-traits", "profile_updated", id, Now.AddDays(-40), item: null) with { Properties = $"{{\"traits\":{{{string.Join(',', traits)}}}}}" });
        foreach (var channel in new[] { "email", "sms", "push" })
        {
            if (rng.NextInt(3) is 0) continue;
            var state = rng.NextInt(3) is 0 ? "withdrawn" : "granted";
            events.Add(An.Event($"{id}-{channel}", "consent_changed", id, Now.AddDays(-30), item: null) with { Properties = $$"""{"channel":"{{channel}}","purpose":"marketing","state":"{{state}}"}""" });
        }
        if (rng.NextInt(8) is 0) events.Add(An.Event($"{id}-bounce", "message_bounced", id, Now.AddDays(-5), item: null));
        return new EventBatch("shop", [.. events])
        {
            Items = number > 0 ? [] : Drafts(),
            Contacts = rng.NextInt(3) is 0 ? [] : [new ContactDraft(id) { Email = $"{id}@example.com", Phone = rng.NextInt(2) is 0 ? null : $"+49 30 1{number:000000}" }],
        };
    }

    private static NewEvent Event(Rng rng, string customer, int number)
    {
        string[] types = ["item_viewed", "order_placed", "order_placed", "order_returned", "cart_added", "custom", "custom", "message_sent", "message_opened", "message_clicked"];
        var type = types[rng.NextInt(types.Length)];
        var isMessage = type.StartsWith("message", StringComparison.Ordinal);
        var name = EventNames[4 + rng.NextInt(2)];
        var properties = new List<string>();
        if (type is "custom") properties.Add($"\"name\":\"{name}\"");
        if (rng.NextInt(2) is 0) properties.Add($"\"score\":{rng.NextInt(10)}");
        if (rng.NextInt(3) is 0) properties.Add("\"device\":\"Phone\"");
        if (isMessage && rng.NextInt(3) is 0) properties.Add("\"by\":\"machine\"");
        var isOrder = type is "order_placed" or "order_returned";
        return new NewEvent
        {
            MessageId = string.Create(CultureInfo.InvariantCulture, $"{customer}-{number}"),
            Type = type,
            Customer = customer,
            // Whole days and odd minutes, so that borders of windows are met.
            OccurredAt = Now.AddDays(-rng.NextInt(70)).AddMinutes(rng.NextInt(3) is 0 ? 0 : -rng.NextInt(1_440)),
            Item = isMessage || rng.NextInt(4) is 0 ? null : Items[rng.NextInt(Items.Length)],
            OrderId = isOrder ? string.Create(CultureInfo.InvariantCulture, $"{customer}-o{(type is "order_placed" ? rng.NextInt(4) : 9)}") : null,
            Quantity = isOrder ? 1 + rng.NextInt(3) : null,
            Amount = isOrder ? 5 + rng.NextInt(40) : null,
            Currency = isOrder ? "EUR" : null,
            CampaignId = isMessage && rng.NextInt(4) > 0 ? Campaigns[rng.NextInt(Campaigns.Length)] : null,
            Properties = properties.Count is 0 ? null : $"{{{string.Join(',', properties)}}}",
        };
    }

    private static async Task AddScoresAsync(TestStore store, Rng rng, int customerCount)
    {
        await using var db = await store.ContextAsync();
        for (long c = 1; c <= customerCount; c++)
        {
            if (rng.NextInt(5) is 0) continue;
            var asOf = Now.AddDays(rng.NextInt(4) is 0 ? -RuleLimits.StaleScoreDays - 1 : -rng.NextInt(RuleLimits.StaleScoreDays + 1));
            db.CustomerScores.Add(new CustomerScore { CustomerId = c, Model = "purchase-30", Version = 1, Value = rng.NextInt(100) / 100.0, Percentile = (c - 0.5) / customerCount, AsOf = asOf });
            db.CustomerScores.Add(new CustomerScore { CustomerId = c, Model = "segments", Version = 1, Value = rng.NextInt(4), Percentile = 0, AsOf = asOf });
        }
        await db.SaveChangesAsync();
    }

    // Some have none, some have old ones, and some short ones.
    private static async Task AddListsAsync(TestStore store, Rng rng, int customerCount)
    {
        await using var db = await store.ContextAsync();
        for (long c = 1; c <= customerCount; c++)
        {
            foreach (var list in RecommendableCondition.Lists.Where(_ => rng.NextInt(4) > 0))
            {
                var asOf = Now.AddDays(rng.NextInt(4) is 0 ? -RuleLimits.StaleScoreDays - 1 : -rng.NextInt(RuleLimits.StaleScoreDays + 1));
                db.RecommendationLists.Add(new RecommendationList { CustomerId = c, List = list, Version = 1, Items = "[]", ItemCount = 1 + rng.NextInt(5), AsOf = asOf });
            }
        }
        await db.SaveChangesAsync();
    }

    private static async Task AddAudiencesAsync(TestStore store, int customerCount)
    {
        await using var db = await store.ContextAsync();
        var audience = new Audience { Name = "Stored", Kind = AudienceKind.Fixed, RuleJson = RuleJson.Write(AudienceRule.Everyone), State = AudienceState.Ready, EvaluatedAt = Now, CreatedAt = Now, ChangedAt = Now };
        db.Audiences.Add(audience);
        await db.SaveChangesAsync();
        for (long c = 1; c <= customerCount; c += 3) db.AudienceMembers.Add(new AudienceMember { AudienceId = audience.Id, CustomerId = c, JoinedAt = Now });
        await db.SaveChangesAsync();
    }
}
