namespace CampaignPortal.Simulation.People;

/// <summary>A customer with everything that is true and that no shop can see.</summary>
public sealed record Person(int Index, string Id, PersonaKind Kind)
{
    /// <summary>What the customer tells the shop.</summary>
    public required string Name { get; init; }
    public required string Email { get; init; }
    public required string Phone { get; init; }
    public required string Country { get; init; }
    public required string City { get; init; }
    public required int BirthYear { get; init; }

    /// <summary>Day of the registration.</summary>
    public required int JoinDay { get; init; }

    /// <summary>Who recommended the shop: word of mouth hands on a part of the taste.</summary>
    public int? Referrer { get; init; }

    /// <summary>From this day the customer stays away for good.</summary>
    public required int GoneDay { get; init; }

    /// <summary>Daily chance to stay away for good from now on: what a forecast can know at best.</summary>
    public required double GonePerDay { get; init; }

    public required double VisitsPerDay { get; init; }

    /// <summary>Log-odds that a visit ends in an order, at full price.</summary>
    public required double OrderLogit { get; init; }

    public required double DiscountSensitivity { get; init; }

    /// <summary>Mean lines of an order, at least 1.</summary>
    public required double Lines { get; init; }

    public required double PriceLevel { get; init; }

    public required double SeasonPull { get; init; }

    /// <summary>Favourite style of goods.</summary>
    public required int Style { get; init; }

    /// <summary>Weight of each department; they add up to 1.</summary>
    public required IReadOnlyList<double> Taste { get; init; }

    /// <summary>The day on which something happens in this life (a move, a child); null never.</summary>
    public int? LifeEventDay { get; init; }

    /// <summary>The department that such a day makes interesting.</summary>
    public int LifeEventDepartment { get; init; }

    /// <summary>Whether the shop may write e-mail from the registration on.</summary>
    public required bool AcceptsEmail { get; init; }

    /// <summary>The address does not exist.</summary>
    public bool HasDeadAddress { get; init; }

    /// <summary>The mail program loads pictures by itself, so that an open says nothing.</summary>
    public bool HasMachineOpens { get; init; }

    public required double OpenLogit { get; init; }

    public required double ClickLogit { get; init; }

    /// <summary>What each recent message takes off the log-odds to open the next one.</summary>
    public required double Fatigue { get; init; }

    /// <summary>Share of own visits that a message spoils for a week; 0 for most, positive for the few whom advertising drives away.</summary>
    public required double Annoyance { get; init; }

    /// <summary>Middle hour of visits, UTC.</summary>
    public required double Hour { get; init; }

    /// <summary>Chance that a visit comes from a phone.</summary>
    public required double MobileShare { get; init; }

    /// <summary>How long a life event lasts, in days, and how much it multiplies interest and visits.</summary>
    internal const int LifeEventDays = 120;
    internal const double LifeEventInterest = 5, LifeEventVisits = 3;

    public bool IsInLifeEvent(int day) => LifeEventDay is { } since && day >= since && day < since + LifeEventDays;

    /// <summary>Whether the person is a customer on that day.</summary>
    public bool IsAlive(int day) => day >= JoinDay && day < GoneDay;
}
