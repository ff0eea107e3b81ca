namespace CampaignPortal.Simulation.Messages;

/// <summary>What a message says, as far as people react to it.</summary>
/// <param name="Key">Names this message to this person: the same key always gets the same reaction.</param>
/// <param name="Campaign">The shop's id of the campaign.</param>
/// <param name="Variant">The shop's id of the version; null when there is one version only.</param>
/// <param name="Subject">The subject line.</param>
public sealed record MessageFacts(string Key, string Campaign, string? Variant, string Subject)
{
    /// <summary>Share of the price that the message takes off, 0 to 1.</summary>
    public double Discount { get; init; }

    /// <summary>Departments that the message shows, as places in <see cref="Shop.Department.All"/>; empty shows nothing in particular.</summary>
    public IReadOnlyList<int> Departments { get; init; } = [];
}

/// <summary>The true chances of a person with a message.</summary>
/// <param name="Open">To open it.</param>
/// <param name="Click">To click, once opened.</param>
/// <param name="OrderAfterClick">That the visit behind a click ends in an order.</param>
/// <param name="OrderAfterOpen">Of an order some time later, once opened without a click.</param>
/// <param name="Unsubscribe">To unsubscribe, once opened without a click.</param>
public sealed record ResponseOdds(double Open, double Click, double OrderAfterClick, double OrderAfterOpen, double Unsubscribe)
{
    /// <summary>Chance of an order that would not have happened without the message.</summary>
    public double ExtraOrder => Open * (Click * OrderAfterClick + (1 - Click) * OrderAfterOpen);
}

/// <summary>What a person did with a message; times in days after it arrived, null for what did not happen.</summary>
/// <param name="Odds">The chances behind the draw.</param>
public sealed record Reaction(ResponseOdds Odds)
{
    public bool IsBounced { get; init; }

    /// <summary>The mail program loaded the pictures, whether or not anybody looked.</summary>
    public double? MachineOpenAfter { get; init; }

    public double? OpenAfter { get; init; }
    public double? ClickAfter { get; init; }

    /// <summary>A visit that is there because of the message, behind a click or later.</summary>
    public double? VisitAfter { get; init; }

    /// <summary>Chance that this visit ends in an order.</summary>
    public double VisitOrderChance { get; init; }

    public double? UnsubscribeAfter { get; init; }
}
