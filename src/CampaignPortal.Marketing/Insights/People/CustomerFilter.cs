using CampaignPortal.Marketing.Customers;

namespace CampaignPortal.Marketing.Insights;

/// <summary>Which customers a list shows; every part narrows it, null leaves it open.</summary>
public sealed record CustomerFilter
{
    public static CustomerFilter None { get; } = new();

    public LifeStage? Stage { get; init; }
    public int? Segment { get; init; }
    /// <summary>A channel on which one may write, or <c>none</c>: nobody asked, or everything is closed.</summary>
    public string? Consent { get; init; }
    public string? Country { get; init; }
    /// <summary>The last order lies within so many days.</summary>
    public int? LastOrderWithinDays { get; init; }
    /// <summary>The last order lies further back than so many days.</summary>
    public int? NoOrderForDays { get; init; }
    /// <summary>1 is the most valuable tenth by what is expected.</summary>
    public int? Tenth { get; init; }
    /// <summary>Recency 1 to 5; 5 is lately.</summary>
    public int? Recency { get; init; }
    /// <summary>Frequency 1 to 5; 5 is often.</summary>
    public int? Frequency { get; init; }
    /// <summary>A chance to leave of at least so many percent.</summary>
    public int? LeaveAtLeast { get; init; }
    /// <summary>A chance to buy of at least so many percent.</summary>
    public int? BuyAtLeast { get; init; }
    /// <summary>Only customers whom this user looks after.</summary>
    public long? AssignedTo { get; init; }

    public bool IsEmpty => this == None;

    /// <summary>The question for a row of these columns.</summary>
    internal Func<int, bool> Compile(CustomerColumns columns, CustomerScope scope)
    {
        var parts = new List<Func<int, bool>>();
        if (scope.OwnOf is not null) parts.Add(row => scope.Sees(columns.Owner[row]));
        if (Stage is { } stage) parts.Add(row => columns.Stage[row] == stage);
        if (Segment is { } segment) parts.Add(row => columns.Segment[row] == segment);
        if (Tenth is { } tenth) parts.Add(row => columns.Tenth[row] == tenth);
        if (Recency is { } recency) parts.Add(row => columns.Recency[row] == recency);
        if (Frequency is { } frequency) parts.Add(row => columns.Frequency[row] == frequency);
        if (LeaveAtLeast is { } leave) parts.Add(row => columns.Leave[row] >= leave / 100.0);
        if (BuyAtLeast is { } buy) parts.Add(row => columns.Purchase[row] >= buy / 100.0);
        if (AssignedTo is { } owner) parts.Add(row => columns.Owner[row] == owner);
        if (Consent is not null) parts.Add(ConsentPart(columns));
        if (Country is not null)
        {
            var country = columns.Countries.ToList().IndexOf(Country);
            parts.Add(row => country >= 0 && columns.Country[row] == country);
        }
        if (LastOrderWithinDays is { } within)
        {
            var from = (columns.AsOf - TimeSpan.FromDays(Math.Clamp(within, 0, 100_000))).UtcTicks;
            parts.Add(row => columns.LastOrderAt[row] >= from);
        }
        if (NoOrderForDays is { } silent)
        {
            var until = (columns.AsOf - TimeSpan.FromDays(Math.Clamp(silent, 0, 100_000))).UtcTicks;
            parts.Add(row => columns.LastOrderAt[row] is var last && last != 0 && last < until);
        }
        var all = parts.ToArray();
        return row =>
        {
            foreach (var part in all)
            {
                if (!part(row)) return false;
            }
            return true;
        };
    }

    private Func<int, bool> ConsentPart(CustomerColumns columns)
    {
        const ConsentMask Open = ConsentMask.Email | ConsentMask.Sms | ConsentMask.Push;
        var wanted = Consent switch
        {
            "email" => ConsentMask.Email,
            "sms" => ConsentMask.Sms,
            "push" => ConsentMask.Push,
            _ => ConsentMask.None,
        };
        return wanted is ConsentMask.None ? row => (columns.Consent[row] & Open) is ConsentMask.None : row => (columns.Consent[row] & wanted) is not ConsentMask.None;
    }
}
