using System.Globalization;
using System.Text.Json;
using CampaignPortal.Marketing.Events;

namespace CampaignPortal.Marketing.Experiments;

/// <summary>What <c>experiment_assigned</c> says of a customer.</summary>
/// <param name="Part"><c>test</c> or <c>rest</c>.</param>
/// <param name="Arm"><c>variant</c>, <c>holdout</c> or <c>waiting</c>; the variant itself is the event's own.</param>
/// <param name="Probability">With which the customer came into this arm; null while waiting.</param>
/// <param name="DueAt">When the message is due; null for who waits, and for holdouts, whose exposure says it.</param>
public sealed record AssignmentFact(long Occurrence, string Part, string Arm, double? Probability, DateTimeOffset? DueAt)
{
    public const string Test = "test", Rest = "rest", Variant = "variant", Holdout = "holdout", Waiting = "waiting";
}

/// <summary>Writes and reads the events that make an experiment: who was drawn where, and who could have been affected when.</summary>
public static class AssignmentEvents
{
    public const string Source = "campaigns";

    public static NewEvent Assigned(long campaignId, long? variantId, string customer, AssignmentFact fact, DateTimeOffset at) => new()
    {
        // An assignment is written once for each part it plays: waiting first, then the winner.
        MessageId = string.Create(CultureInfo.InvariantCulture, $"assigned-{campaignId}-{fact.Occurrence:x}-{fact.Arm[0]}-{Key(customer)}"),
        Type = KnownEvents.ExperimentAssigned,
        OccurredAt = at,
        Customer = customer,
        CampaignId = campaignId.ToString(CultureInfo.InvariantCulture),
        VariantId = variantId?.ToString(CultureInfo.InvariantCulture),
        Properties = Write(fact),
    };

    /// <summary>A holdout's message would have been due now.</summary>
    public static NewEvent Exposed(long campaignId, string customer, long occurrence, DateTimeOffset dueAt, DateTimeOffset at) => new()
    {
        MessageId = string.Create(CultureInfo.InvariantCulture, $"exposed-{campaignId}-{occurrence:x}-{Key(customer)}"),
        Type = KnownEvents.ExperimentExposed,
        OccurredAt = at,
        Customer = customer,
        CampaignId = campaignId.ToString(CultureInfo.InvariantCulture),
        Properties = Write(new AssignmentFact(occurrence, AssignmentFact.Test, AssignmentFact.Holdout, null, dueAt)),
    };

    /// <summary>The fact behind an event's properties; null where they are not of this kind.</summary>
    public static AssignmentFact? Read(string? properties)
    {
        if (properties is null) return null;
        using var document = JsonDocument.Parse(properties);
        var root = document.RootElement;
        if (!root.TryGetProperty("part", out var part) || !root.TryGetProperty("arm", out var arm) || !root.TryGetProperty("occurrence", out var occurrence)) return null;
        return new AssignmentFact(
            occurrence.GetInt64(), part.GetString() ?? AssignmentFact.Test, arm.GetString() ?? AssignmentFact.Variant,
            root.TryGetProperty("probability", out var probability) ? probability.GetDouble() : null,
            root.TryGetProperty("due", out var due) ? due.GetDateTimeOffset() : null);
    }

    private static string Write(AssignmentFact fact)
    {
        using var memory = new MemoryStream();
        using (var json = new Utf8JsonWriter(memory))
        {
            json.WriteStartObject();
            json.WriteNumber("occurrence", fact.Occurrence);
            json.WriteString("part", fact.Part);
            json.WriteString("arm", fact.Arm);
            if (fact.Probability is { } probability) json.WriteNumber("probability", probability);
            if (fact.DueAt is { } due) json.WriteString("due", due.ToUniversalTime());
            json.WriteEndObject();
        }
        return System.Text.Encoding.UTF8.GetString(memory.GetBuffer(), 0, (int)memory.Length);
    }

    // Message ids are short visible ASCII; a shop's own ids may be anything.
    private static string Key(string customer)
    {
        Span<byte> hash = stackalloc byte[32];
        System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(customer), hash);
        return Convert.ToHexStringLower(hash[..12]);
    }
}
