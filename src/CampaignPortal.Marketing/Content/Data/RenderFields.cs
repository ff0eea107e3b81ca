using CampaignPortal.Marketing.Customers.Attributes;

namespace CampaignPortal.Marketing.Content.Data;

/// <summary>A field that messages may use.</summary>
/// <param name="Path">As a template writes it.</param>
public sealed record RenderField(string Path, AttributeKind Kind)
{
    /// <summary>First name of the path: what the picker lists it under.</summary>
    public string Group => Path.Contains('.', StringComparison.Ordinal) ? Path[..Path.IndexOf('.', StringComparison.Ordinal)] : Path;
}

/// <summary>The fields that every installation has; traits and scores come with the data.</summary>
public static class RenderFields
{
    public const string Unsubscribe = Html.TemplateSource.UnsubscribeField, View = Html.TemplateSource.ViewField;

    public static IReadOnlyList<RenderField> Fixed { get; } =
    [
        new("customer.first_name", AttributeKind.Text), new("customer.last_name", AttributeKind.Text), new("customer.name", AttributeKind.Text), new("customer.email", AttributeKind.Text),
        new("customer.number", AttributeKind.Text), new("customer.life_stage", AttributeKind.Text), new("customer.since", AttributeKind.DateTime),
        new("orders.count", AttributeKind.Number), new("orders.total", AttributeKind.Money), new("orders.average", AttributeKind.Money), new("orders.first_at", AttributeKind.DateTime),
        new("orders.last_at", AttributeKind.DateTime), new("orders.last_items", AttributeKind.List),
        new("segment.number", AttributeKind.Number), new("segment.name", AttributeKind.Text),
        new("shop.name", AttributeKind.Text), new("shop.currency", AttributeKind.Text), new("shop.country", AttributeKind.Text), new("shop.url", AttributeKind.Text), new("shop.postal_address", AttributeKind.Text),
        new("now", AttributeKind.DateTime),
    ];

    /// <summary>What the items of lists have: <c>recommendations</c> and <c>orders.last_items</c>.</summary>
    public static IReadOnlyList<string> ItemFields { get; } = ["name", "price", "currency", "url", "image", "category", "description", "number", "reason", "quantity", "amount"];

    /// <summary>Addresses that every message has of its own.</summary>
    public static IReadOnlyList<string> Addresses { get; } = [Unsubscribe, View];
}
