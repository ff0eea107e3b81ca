using System.Data.Common;
using CampaignPortal.Marketing.Audiences.Evaluation;
using CampaignPortal.Marketing.Database;
using CampaignPortal.Marketing.Privacy;

namespace CampaignPortal.Marketing.Audiences;

/// <summary>How many of a set one may write to on a channel, and why not to the others; everybody is counted once, under the first reason.</summary>
/// <param name="Channel"><c>email</c>, <c>sms</c> or <c>push</c>.</param>
public sealed record ChannelReach(string Channel, int Reachable, int WithoutConsent, int Suppressed, int WithoutAddress)
{
    public static IReadOnlyList<string> Channels { get; } = ["email", "sms", "push"];
}

/// <param name="Total">Customers of the selection.</param>
public sealed record AudienceReach(int Total, IReadOnlyList<ChannelReach> Channels);

/// <summary>Counts the reach of a selection of stored audiences.</summary>
public sealed class ReachOfHandler(PortalDatabase database)
{
    public Task<AudienceReach> HandleAsync(AudienceSelection selection, CancellationToken ct) => Task.Run(
        () =>
        {
            using var connection = database.OpenReader();
            using var snapshot = database.BeginSnapshot(connection);
            var customers = ResolveAudience.SetOf(connection, selection, ct);
            return new AudienceReach(customers.Count, [.. ChannelReach.Channels.Select(channel => Of(connection, customers, channel))]);
        },
        ct);

    private static ChannelReach Of(DbConnection connection, CustomerSet customers, string channel)
    {
        var total = customers.Count;
        var allowed = customers.Copy().And(StoredSets.Read(
            connection, customers.Capacity, $"""select "CustomerId" from "Consents" where "Channel" = @0 and "Purpose" = '{ConsentProjection.Marketing}' and "IsGranted" """, channel));
        var allowedCount = allowed.Count;
        allowed.AndNot(StoredSets.Forbidden(connection, channel, customers.Capacity));
        var openCount = allowed.Count;
        var reachable = customers.CountWith(StoredSets.Reachable(connection, channel, customers.Capacity));
        return new ChannelReach(channel, reachable, total - allowedCount, allowedCount - openCount, openCount - reachable);
    }
}
