using CampaignPortal.Marketing.Events;
using static CampaignPortal.Marketing.FeatureStore.FeatureUnit;

namespace CampaignPortal.Marketing.FeatureStore;

/// <summary>What browsing and messages tell. Counts are 0 for a customer without such events, in a shop that has them.</summary>
internal static class ActivityFeatures
{
    private static readonly (EventKind Kind, string Name, string Words)[] Watched =
    [
        (EventKind.PageViewed, "page_views", "pages viewed"), (EventKind.ItemViewed, "item_views", "products viewed"),
        (EventKind.CartAdded, "cart_adds", "products put into the cart"), (EventKind.Searched, "searches", "searches"),
    ];

    public static IEnumerable<Feature> All() => Browsing().Concat(Messages());

    private static IEnumerable<Feature> Browsing()
    {
        foreach (var (kind, name, words) in Watched)
        {
            var needs = Need(kind);
            foreach (var days in new[] { 7, 30, 90 })
            {
                yield return new Feature($"{name}_{days}d", Count, FeatureTheme.Browsing, $"{words} in the last {days} days", needs,
                    s => s.CountIn(kind, days));
            }
            yield return new Feature($"{name}_recency_days", Days, FeatureTheme.Browsing, $"days since the last of: {words}", needs, s => s.DaysSince(kind));
        }
        yield return new Feature("cart_removed_share", Share, FeatureTheme.Browsing, "share of products taken out of the cart again",
            Need(EventKind.CartAdded, EventKind.CartRemoved), s => Rate(s.CountOf(EventKind.CartRemoved), s.CountOf(EventKind.CartAdded)));
        yield return new Feature("review_count", Count, FeatureTheme.Browsing, "reviews written", Need(EventKind.ReviewWritten),
            s => s.CountOf(EventKind.ReviewWritten));
    }

    private static IEnumerable<Feature> Messages()
    {
        var sent = Need(EventKind.MessageSent);
        yield return new Feature("messages_30d", Count, FeatureTheme.Messages, "messages received in the last 30 days", sent,
            s => s.CountIn(EventKind.MessageSent, 30));
        yield return new Feature("messages_90d", Count, FeatureTheme.Messages, "messages received in the last 90 days", sent,
            s => s.CountIn(EventKind.MessageSent, 90));
        yield return new Feature("open_rate", Share, FeatureTheme.Messages, "share of messages opened", Need(EventKind.MessageSent, EventKind.MessageOpened),
            s => Rate(s.CountOf(EventKind.MessageOpened), s.CountOf(EventKind.MessageSent)));
        yield return new Feature("open_rate_90d", Share, FeatureTheme.Messages, "share of messages opened in the last 90 days",
            Need(EventKind.MessageSent, EventKind.MessageOpened), s => Rate(s.CountIn(EventKind.MessageOpened, 90), s.CountIn(EventKind.MessageSent, 90)));
        yield return new Feature("click_rate", Share, FeatureTheme.Messages, "share of messages clicked", Need(EventKind.MessageSent, EventKind.MessageClicked),
            s => Rate(s.CountOf(EventKind.MessageClicked), s.CountOf(EventKind.MessageSent)));
        yield return new Feature("click_recency_days", Days, FeatureTheme.Messages, "days since the last click in a message",
            Need(EventKind.MessageClicked), s => s.DaysSince(EventKind.MessageClicked));
        yield return new Feature("has_unsubscribed", Flag, FeatureTheme.Messages, "unsubscribed once", Need(EventKind.Unsubscribed),
            s => s.CountOf(EventKind.Unsubscribed) > 0 ? 1 : 0);
    }

    private static FeatureNeeds Need(params EventKind[] kinds) => new() { Kinds = kinds };

    /// <summary>Events for each chance; several opens of one message count once at most. NaN without a chance.</summary>
    private static double Rate(int count, int chances) => chances == 0 ? double.NaN : Math.Min(1, (double)count / chances);
}
