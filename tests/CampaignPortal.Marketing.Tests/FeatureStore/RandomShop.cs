using CampaignPortal.Marketing.Events;
using CampaignPortal.Marketing.FeatureStore;
using CampaignPortal.Statistics.Random;
using CampaignPortal.Testing;

namespace CampaignPortal.Marketing.Tests.FeatureStore;

/// <summary>Random streams of every kind of event, for laws that must hold on any stream.</summary>
internal static class RandomShop
{
    public static readonly DateTimeOffset Begin = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private static readonly EventKind[] Kinds =
        [EventKind.OrderPlaced, EventKind.OrderPlaced, EventKind.ItemViewed, EventKind.CartAdded, EventKind.Searched, EventKind.MessageSent, EventKind.MessageOpened, EventKind.OrderReturned];

    public static void Fill(EventTableBuilder builder, Rng rng, int eventCount, DateTimeOffset from, int dayCount, string orderPrefix)
    {
        for (var item = 0; item < 20; item++) builder.Item($"i{item}", $"item {(item % 2 == 0 ? "lamp" : "chair")}", item % 3 == 0 ? "Home/Light" : "Garden", 5 + item);
        for (var i = 0; i < eventCount; i++)
        {
            var kind = Kinds[rng.NextInt(Kinds.Length)];
            var at = from.AddMinutes(rng.NextInt(dayCount * 24 * 60));
            var isOrder = kind is EventKind.OrderPlaced or EventKind.OrderReturned;
            builder.Add($"c{rng.NextInt(12)}", at, kind, rng.NextInt(20), isOrder ? $"{orderPrefix}{i}" : null, isOrder ? 1 + rng.NextInt(30) : 0,
                isOrder ? Math.Round(rng.NextDouble() * 100, 2) : 0, rng.NextInt(3) == 0 ? 1.5 : 0, rng.NextInt(2) == 0 ? "email" : "web", "phone");
        }
    }

    public static FeatureTable Build(EventTable table, FeatureSchema schema, IReadOnlyList<DateTimeOffset> cuts, FeatureRows rows = FeatureRows.Buyers, int degree = 1) =>
        FeatureTable.Build(table, schema, cuts, rows, degree, TestContext.Current.CancellationToken);
}
