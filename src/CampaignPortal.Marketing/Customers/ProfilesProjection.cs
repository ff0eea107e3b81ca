using System.Data.Common;
using System.Runtime.InteropServices;
using CampaignPortal.Marketing.Database;
using CampaignPortal.Marketing.Events;

namespace CampaignPortal.Marketing.Customers;

/// <summary>What is known of each customer: traits (the newest moment wins) and counts of what they did.</summary>
public sealed class ProfilesProjection : IProjection
{
    private static readonly string[] CountColumns = ["EventCount", "ViewCount", "CartCount", "MessageCount", "OpenCount", "ClickCount"];

    public string Name => "profiles";

    public int Version => 3;

    public IReadOnlyList<string> Tables { get; } = ["CustomerProfiles", "CustomerTraits"];

    public void Apply(DbTransaction transaction, IReadOnlyList<LoggedEvent> events)
    {
        var counts = new Dictionary<long, Counts>();
        var traits = new Dictionary<(long Customer, string Name), (string Value, long At)>();
        foreach (var e in events)
        {
            if (e.CustomerId is not { } customer) continue;
            // What a colleague writes down is nothing that the customer did.
            if (e.Source is not EventTableReader.PortalSource) CollectionsMarshal.GetValueRefOrAddDefault(counts, customer, out _).Add(e);
            foreach (var (name, value) in EventTraits.Of(e.Kind, e.Properties))
            {
                ref var known = ref CollectionsMarshal.GetValueRefOrAddDefault(traits, (customer, name), out var exists);
                if (!exists || e.OccurredAt >= known.At) known = (value, e.OccurredAt);
            }
        }
        SaveCounts(transaction, counts);
        SaveTraits(transaction, traits);
    }

    private static void SaveCounts(DbTransaction transaction, Dictionary<long, Counts> counts)
    {
        using var save = transaction.Prepare(
            "insert into \"CustomerProfiles\" (\"CustomerId\", \"FirstSeenAt\", \"LastSeenAt\", \"EventCount\", \"ViewCount\", \"CartCount\", \"MessageCount\", \"OpenCount\", \"ClickCount\") "
            + "values (@0, @1, @2, @3, @4, @5, @6, @7, @8) on conflict (\"CustomerId\") do update set "
            + "\"FirstSeenAt\" = case when excluded.\"FirstSeenAt\" < \"CustomerProfiles\".\"FirstSeenAt\" then excluded.\"FirstSeenAt\" else \"CustomerProfiles\".\"FirstSeenAt\" end, "
            + "\"LastSeenAt\" = case when excluded.\"LastSeenAt\" > \"CustomerProfiles\".\"LastSeenAt\" then excluded.\"LastSeenAt\" else \"CustomerProfiles\".\"LastSeenAt\" end, "
            + string.Join(", ", CountColumns.Select(c => $"\"{c}\" = \"CustomerProfiles\".\"{c}\" + excluded.\"{c}\"")),
            9);
        foreach (var (customer, c) in counts) save.Run(customer, c.First, c.Last, c.Events, c.Views, c.Carts, c.Messages, c.Opens, c.Clicks);
    }

    private static void SaveTraits(DbTransaction transaction, Dictionary<(long Customer, string Name), (string Value, long At)> traits)
    {
        using var save = transaction.Prepare(
            "insert into \"CustomerTraits\" (\"CustomerId\", \"Name\", \"Value\", \"ChangedAt\") values (@0, @1, @2, @3) "
            + "on conflict (\"CustomerId\", \"Name\") do update set \"Value\" = excluded.\"Value\", \"ChangedAt\" = excluded.\"ChangedAt\" where excluded.\"ChangedAt\" >= \"CustomerTraits\".\"ChangedAt\"",
            4);
        foreach (var ((customer, name), (value, at)) in traits) save.Run(customer, name, value, at);
    }

    private struct Counts
    {
        public long First, Last, Events, Views, Carts, Messages, Opens, Clicks;

        public void Add(in LoggedEvent e)
        {
            if (Events is 0 || e.OccurredAt < First) First = e.OccurredAt;
            if (Events is 0 || e.OccurredAt > Last) Last = e.OccurredAt;
            Events++;
            switch (e.Kind)
            {
                case EventKind.ItemViewed or EventKind.PageViewed: Views++; break;
                case EventKind.CartAdded: Carts++; break;
                case EventKind.MessageSent: Messages++; break;
                case EventKind.MessageOpened: Opens++; break;
                case EventKind.MessageClicked: Clicks++; break;
            }
        }
    }
}
