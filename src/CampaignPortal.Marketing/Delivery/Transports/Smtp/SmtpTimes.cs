namespace CampaignPortal.Marketing.Delivery.Transports.Smtp;

/// <summary>How long to wait in each phase: the least that RFC 5321 §4.5.3.2 asks for. A shorter wait after the final dot makes duplicates.</summary>
internal static class SmtpTimes
{
    public static TimeSpan Connect { get; } = TimeSpan.FromMinutes(1);

    /// <summary>What is under way when the program stops may still finish.</summary>
    public static TimeSpan Farewell { get; } = TimeSpan.FromSeconds(5);

    /// <summary>A connection that rested longer is not trusted.</summary>
    public static TimeSpan Rest { get; } = TimeSpan.FromSeconds(30);

    public static TimeSpan Of(SendPhase phase) => phase switch
    {
        SendPhase.Connect => Connect,
        SendPhase.Data => TimeSpan.FromMinutes(2),
        SendPhase.Body => TimeSpan.FromMinutes(3),
        SendPhase.FinalDot or SendPhase.Reply => TimeSpan.FromMinutes(10),
        _ => TimeSpan.FromMinutes(5),
    };
}
