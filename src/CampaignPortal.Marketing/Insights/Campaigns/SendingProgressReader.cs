using CampaignPortal.Marketing.Database;
using CampaignPortal.Marketing.Delivery;

namespace CampaignPortal.Marketing.Insights.Campaigns;

/// <summary>Counts a campaign's messages by where they stand, from an index.</summary>
public sealed class SendingProgressReader(PortalDatabase database)
{
    public SendingProgress Read(long campaignId)
    {
        using var connection = database.OpenReader();
        var states = new Dictionary<MessageState, long>();
        using (var command = connection.Prepare("select \"State\", count(*) from \"Messages\" where \"CampaignId\" = @0 group by \"State\"", 1))
        {
            command.Set(0, campaignId);
            using var reader = command.ExecuteReader();
            while (reader.Read()) states[(MessageState)reader.GetInt32(0)] = reader.GetInt64(1);
        }
        return new SendingProgress(
            states.Values.Sum(), states.GetValueOrDefault(MessageState.Accepted), states.Where(s => !MessageStates.Ended.Contains(s.Key)).Sum(s => s.Value), states.GetValueOrDefault(MessageState.InDoubt),
            KeptBack(connection, campaignId))
        {
            Bounces = Bounces(connection, campaignId),
        };
    }

    private static Dictionary<(string Reason, int Code), long> Bounces(System.Data.Common.DbConnection connection, long campaignId)
    {
        using var command = connection.Prepare(
            FormattableString.Invariant($"select coalesce(\"Reason\", 'unknown'), coalesce(\"ReplyCode\", 0), count(*) from \"Messages\" where \"CampaignId\" = @0 and \"State\" = {(int)MessageState.Rejected} group by 1, 2"), 1);
        command.Set(0, campaignId);
        using var reader = command.ExecuteReader();
        var bounces = new Dictionary<(string Reason, int Code), long>();
        while (reader.Read()) bounces[(reader.GetString(0), reader.GetInt32(1))] = reader.GetInt64(2);
        return bounces;
    }

    private static Dictionary<string, long> KeptBack(System.Data.Common.DbConnection connection, long campaignId)
    {
        using var command = connection.Prepare(
            FormattableString.Invariant($"select coalesce(\"Reason\", 'unknown'), count(*) from \"Messages\" where \"CampaignId\" = @0 and \"State\" in ({(int)MessageState.Rejected}, {(int)MessageState.Suppressed}, {(int)MessageState.Expired}, {(int)MessageState.DeadLetter}) group by \"Reason\""), 1);
        command.Set(0, campaignId);
        using var reader = command.ExecuteReader();
        var reasons = new Dictionary<string, long>(StringComparer.Ordinal);
        while (reader.Read()) reasons[reader.GetString(0)] = reader.GetInt64(1);
        return reasons;
    }
}
