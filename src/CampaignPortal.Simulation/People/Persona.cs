namespace CampaignPortal.Simulation.People;

/// <summary>The kind of customer that a person truly is: what a clustering should find.</summary>
public enum PersonaKind : byte
{
    Devoted, Regular, BargainHunter, GiftBuyer, NewHome, Occasional,
}

/// <summary>How customers of a kind behave; each person scatters round it.</summary>
/// <param name="Share">Of all customers.</param>
/// <param name="DaysBetweenVisits">Mean, in a normal season.</param>
/// <param name="OrderChance">Chance that a visit ends in an order, at full price.</param>
/// <param name="DiscountSensitivity">What a discount of 100 % would add to the log-odds of an order.</param>
/// <param name="DaysUntilGone">Mean time until a customer stays away for good.</param>
/// <param name="Lines">Mean lines of an order.</param>
/// <param name="PriceLevel">Log of the price level within a department that is liked best, relative to its middle.</param>
/// <param name="SeasonPull">How strongly the season of the shop moves visits: 1 as the calendar says.</param>
/// <param name="OpenChance">Chance to open a message when nothing tires.</param>
internal sealed record Persona(
    PersonaKind Kind, double Share, double DaysBetweenVisits, double OrderChance, double DiscountSensitivity, double DaysUntilGone, double Lines, double PriceLevel, double SeasonPull, double OpenChance)
{
    public static IReadOnlyList<Persona> All { get; } =
    [
        new(PersonaKind.Devoted, 0.12, 13, 0.30, 1.5, 1_100, 2.6, 0.25, 1.0, 0.52),
        new(PersonaKind.Regular, 0.28, 30, 0.24, 2.5, 520, 2.0, 0.0, 1.0, 0.38),
        new(PersonaKind.BargainHunter, 0.18, 20, 0.08, 8.0, 420, 1.7, -0.35, 1.2, 0.45),
        new(PersonaKind.GiftBuyer, 0.14, 75, 0.34, 2.0, 800, 2.2, 0.1, 3.0, 0.30),
        new(PersonaKind.NewHome, 0.10, 36, 0.28, 2.5, 260, 2.8, 0.05, 0.8, 0.42),
        new(PersonaKind.Occasional, 0.18, 75, 0.16, 3.0, 300, 1.4, -0.1, 1.2, 0.24),
    ];

    public static Persona Of(PersonaKind kind) => All[(int)kind];
}
