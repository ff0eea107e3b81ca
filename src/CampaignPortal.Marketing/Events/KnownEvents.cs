namespace CampaignPortal.Marketing.Events;

/// <summary>Names of the events that the portal treats specially. Everything else is stored as <see cref="Custom"/> with its own name among the properties.</summary>
public static class KnownEvents
{
    public const string PageViewed = "page_viewed";
    public const string ItemViewed = "item_viewed";
    public const string Searched = "searched";
    public const string CartAdded = "cart_added";
    public const string CartRemoved = "cart_removed";
    /// <summary>One event for each line; lines of one order share their order id. Whatever counts orders reads the Orders projection.</summary>
    public const string OrderPlaced = "order_placed";
    public const string OrderReturned = "order_returned";
    public const string MessageSent = "message_sent";
    public const string MessageDelivered = "message_delivered";
    public const string MessageOpened = "message_opened";
    public const string MessageClicked = "message_clicked";
    public const string MessageBounced = "message_bounced";
    public const string MessageComplained = "message_complained";
    public const string Unsubscribed = "unsubscribed";
    public const string ConsentChanged = "consent_changed";
    public const string ProfileUpdated = "profile_updated";
    public const string ExperimentAssigned = "experiment_assigned";
    public const string ExperimentExposed = "experiment_exposed";
    public const string RecommendationShown = "recommendation_shown";
    public const string RecommendationClicked = "recommendation_clicked";
    public const string ReviewWritten = "review_written";
    public const string Custom = "custom";

    private static readonly string[] Names =
    [
        Custom, PageViewed, ItemViewed, Searched, CartAdded, CartRemoved, OrderPlaced, OrderReturned, MessageSent, MessageDelivered,
        MessageOpened, MessageClicked, MessageBounced, MessageComplained, Unsubscribed, ConsentChanged, ProfileUpdated,
        ExperimentAssigned, ExperimentExposed, RecommendationShown, RecommendationClicked, ReviewWritten,
    ];

    private static readonly Dictionary<string, EventKind> Kinds =
        Names.Select((name, index) => (name, index)).ToDictionary(x => x.name, x => (EventKind)x.index, StringComparer.Ordinal);

    /// <summary>All names, in the order of <see cref="EventKind"/>.</summary>
    public static IReadOnlyList<string> All => Names;

    public static bool Contains(string type) => Kinds.ContainsKey(type);

    public static EventKind KindOf(string type) => Kinds.GetValueOrDefault(type, EventKind.Custom);

    public static string NameOf(EventKind kind) => Names[(int)kind];
}

/// <summary>The same names as small numbers, for tables in memory.</summary>
public enum EventKind : byte
{
    Custom, PageViewed, ItemViewed, Searched, CartAdded, CartRemoved, OrderPlaced, OrderReturned, MessageSent, MessageDelivered,
    MessageOpened, MessageClicked, MessageBounced, MessageComplained, Unsubscribed, ConsentChanged, ProfileUpdated,
    ExperimentAssigned, ExperimentExposed, RecommendationShown, RecommendationClicked, ReviewWritten,
}
