using CampaignPortal.Marketing.Events;
using CampaignPortal.Marketing.Imports.Mapping;

namespace CampaignPortal.Marketing.Imports.Presets;

/// <summary>Names that other systems give to the events that the portal knows.</summary>
internal static class EventNames
{
    private static readonly Dictionary<string, string> ByKey = Build();

    /// <summary>The portal's name, or null for an event that it does not know.</summary>
    public static string? Find(string name) => KnownEvents.Contains(name) ? name : ByKey.GetValueOrDefault(FieldSuggestions.Normalise(name));

    private static Dictionary<string, string> Build()
    {
        (string Known, string[] Others)[] names =
        [
            (KnownEvents.PageViewed, ["page", "page view", "pageview", "page viewed", "浏览页面"]),
            (KnownEvents.ItemViewed, ["view", "product viewed", "product view", "item view", "view item", "detail", "click item", "浏览", "浏览商品", "pv"]),
            (KnownEvents.Searched, ["search", "products searched", "搜索"]),
            (KnownEvents.CartAdded, ["add to cart", "addtocart", "product added", "cart", "cart add", "加购", "加入购物车"]),
            (KnownEvents.CartRemoved, ["remove from cart", "product removed", "cart remove", "移出购物车"]),
            (KnownEvents.OrderPlaced, ["order", "purchase", "transaction", "order completed", "buy", "checkout completed", "sale", "下单", "购买", "成交"]),
            (KnownEvents.OrderReturned, ["return", "refund", "order refunded", "order cancelled", "退货", "退款"]),
            (KnownEvents.MessageSent, ["sent", "email sent", "send"]),
            (KnownEvents.MessageDelivered, ["delivered", "email delivered"]),
            (KnownEvents.MessageOpened, ["open", "opened", "email opened"]),
            (KnownEvents.MessageClicked, ["click", "clicked", "email link clicked", "email clicked"]),
            (KnownEvents.MessageBounced, ["bounce", "bounced", "email bounced"]),
            (KnownEvents.MessageComplained, ["complaint", "spam", "email marked as spam"]),
            (KnownEvents.Unsubscribed, ["unsubscribe", "退订"]),
            (KnownEvents.ReviewWritten, ["review", "rating", "product reviewed", "评价", "评论"]),
        ];
        var keys = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var known in KnownEvents.All) keys[FieldSuggestions.Normalise(known)] = known;
        foreach (var (known, others) in names)
        {
            foreach (var other in others) keys[FieldSuggestions.Normalise(other)] = known;
        }
        return keys;
    }
}
