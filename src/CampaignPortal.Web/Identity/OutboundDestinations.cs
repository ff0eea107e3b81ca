using CampaignPortal.Marketing.Delivery;
using CampaignPortal.Marketing.Settings;

namespace CampaignPortal.Web.Identity;

/// <summary>The hosts that the server may open a connection to: the whole list. A test finds anything in the source that could open one beside it.</summary>
public sealed class OutboundDestinations(DeliverySettingsStore delivery, TelemetryTarget telemetry)
{
    /// <summary>The mail server that an admin chose and the collector that the machine's owner named, and nothing else; empty while all stays on this computer.</summary>
    public IReadOnlyList<string> All => [.. MailServer, .. telemetry.Address is { } collector ? new[] { collector.Host } : []];

    private string[] MailServer => delivery.Read() is { Transport: KnownSettings.SmtpTransport, Smtp.Host: { Length: > 0 } host } ? [host] : [];
}

/// <summary>Counts what browsers stopped because of the content policy, since the start of the portal.</summary>
public sealed class PolicyReports(TimeProvider clock)
{
    private long _count;

    public DateTimeOffset Since { get; } = clock.GetUtcNow();

    public long Count => Interlocked.Read(ref _count);

    public void Add() => Interlocked.Increment(ref _count);
}
