using System.Text.Json;
using CampaignPortal.Marketing.Audiences.Rules;
using CampaignPortal.Marketing.Database;
using CampaignPortal.Marketing.Events;

namespace CampaignPortal.Marketing.Audiences.Evaluation;

/// <summary>Names that rules and the log agree on.</summary>
internal static class EventFacts
{
    /// <summary>Property of an open or a click that says who did it: <c>human</c>, <c>machine</c> or <c>unknown</c>.</summary>
    public const string Agent = "by";

    public const string Machine = "machine";

    /// <summary>Model whose score is the number of a segment.</summary>
    public const string Segments = "segments";

    public static string TypeOf(MessageAction action) => action switch
    {
        MessageAction.Sent => KnownEvents.MessageSent,
        MessageAction.Delivered => KnownEvents.MessageDelivered,
        MessageAction.Opened => KnownEvents.MessageOpened,
        MessageAction.Clicked => KnownEvents.MessageClicked,
        MessageAction.Bounced => KnownEvents.MessageBounced,
        MessageAction.Complained => KnownEvents.MessageComplained,
        _ => KnownEvents.Unsubscribed,
    };

    /// <summary>Whether a rule's event is one of the shop's own: stored as <c>custom</c>, with its name among the properties.</summary>
    public static bool IsCustom(string name) => !KnownEvents.Contains(name) || name is KnownEvents.Custom;

    /// <summary>What the properties of an event say under a name; null when they do not.</summary>
    public static RuleValue? Property(string? properties, string name)
    {
        if (properties is null) return null;
        using var document = JsonDocument.Parse(properties);
        if (document.RootElement.ValueKind is not JsonValueKind.Object || !document.RootElement.TryGetProperty(name, out var value)) return null;
        return value.ValueKind switch
        {
            JsonValueKind.Null => null,
            JsonValueKind.String => value.GetString() is { Length: > 0 } text ? RuleValue.OfText(text) : null,
            _ => RuleValue.OfText(value.GetRawText()),
        };
    }

    /// <summary>A property of an event that may have a column of its own.</summary>
    public static RuleValue? Value(string of, in EventRow e) => of switch
    {
        "amount" => e.Amount is { } a ? RuleValue.OfNumber(Stored.Amount(a)) : null,
        "quantity" => e.Quantity is { } q ? RuleValue.OfNumber(Stored.Amount(q)) : null,
        RuleFigures.EventTime => RuleValue.OfMoment(e.OccurredAt),
        _ => Property(e.Properties, of),
    };

    public static bool IsByMachine(string? properties) => properties is not null && properties.Contains(Machine, StringComparison.Ordinal) && Property(properties, Agent)?.Text is Machine;
}
