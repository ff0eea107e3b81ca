namespace CampaignPortal.Marketing.Delivery;

/// <summary>What the program, not a person, decides about sending.</summary>
public sealed class DeliveryOptions
{
    /// <summary>Where the server listens: the start of links until somebody sets the public address.</summary>
    public string ServerUrl { get; set; } = "http://localhost:5000";

    /// <summary>Sample customers must never be written to: then everything goes to the pickup folder, whatever the settings say (DI-25).</summary>
    public bool ForcePickup { get; set; }

    /// <summary>How long a worker may hold a message without a sign of life.</summary>
    public TimeSpan Lease { get; set; } = TimeSpan.FromSeconds(120);

    /// <summary>How often leases are renewed and what was left behind is picked up.</summary>
    public TimeSpan Recovery { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Messages claimed at once.</summary>
    public int BatchSize { get; set; } = 100;

    /// <summary>How long a message that a person put back may still be sent.</summary>
    public TimeSpan PutBackWithin { get; set; } = TimeSpan.FromHours(24);

    /// <summary>Failures until a message is given up.</summary>
    public int MaxTries { get; set; } = 12;
}
