using System.Data.Common;
using CampaignPortal.Marketing.Database;

namespace CampaignPortal.Marketing.Campaigns;

/// <summary>Moves a campaign from one state to another inside a transaction: the only writer of states, and each move leaves its row.</summary>
public static class CampaignTransitions
{
    /// <summary>Moves, when the campaign stands in <paramref name="from"/>; false when somebody was quicker.</summary>
    /// <exception cref="InvalidOperationException">The table does not allow the move.</exception>
    public static bool Move(DbTransaction transaction, long campaignId, CampaignState from, CampaignState to, string by, string? reason, DateTimeOffset at)
    {
        if (!CampaignStates.Allows(from, to)) throw new InvalidOperationException($"A campaign cannot go from {from} to {to}.");
        if (transaction.Execute("update \"Campaigns\" set \"State\" = @2 where \"Id\" = @0 and \"State\" = @1", campaignId, from.ToString(), to.ToString()) is 0) return false;
        transaction.Execute(
            "insert into \"CampaignTransitions\" (\"CampaignId\", \"From\", \"To\", \"At\", \"By\", \"Reason\") values (@0, @1, @2, @3, @4, @5)",
            campaignId, from.ToString(), to.ToString(), Stored.Ticks(at), by, reason);
        return true;
    }

    /// <summary>Where the campaign stands; null when there is none.</summary>
    public static CampaignState? StateOf(DbTransaction transaction, long campaignId)
    {
        using var find = transaction.Prepare("select \"State\" from \"Campaigns\" where \"Id\" = @0", 1);
        find.Set(0, campaignId);
        return find.ExecuteScalar() is string state ? Enum.Parse<CampaignState>(state) : null;
    }
}
