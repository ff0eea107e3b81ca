using System.Data.Common;
using CampaignPortal.Marketing.Common;
using CampaignPortal.Marketing.Database;

namespace CampaignPortal.Marketing.Campaigns;

/// <summary>Saves a draft.</summary>
/// <param name="Version">The version that the person began with.</param>
/// <param name="By">A user's number.</param>
public sealed record SaveCampaign(long Id, long Version, CampaignDraft Draft, string By);

/// <summary>What came of saving.</summary>
/// <param name="Version">The version now.</param>
/// <param name="Theirs">What another person saved meanwhile; then nothing of ours was stored.</param>
public sealed record SavedCampaign(long Version, DateTimeOffset At, StoredDraft? Theirs)
{
    /// <summary>Numbers of the versions, in their order.</summary>
    public IReadOnlyList<long> VariantIds { get; init; } = [];
}

/// <summary>Why a draft cannot be saved or launched: fields of the problem, which pages turn into words. A launch may also name one of <see cref="CheckCodes"/>, or a finding of the content.</summary>
public static class CampaignProblems
{
    public const string NameTooLong = "name-too-long", VersionCount = "version-count", Gone = "gone", Launched = "launched";

    /// <summary>Somebody else saved since.</summary>
    public const string Changed = "version";
}

/// <summary>Saves name, settings and versions in one transaction, unless somebody else did since.</summary>
public sealed class SaveCampaignHandler(PortalDatabase database, CampaignStore campaigns, TimeProvider clock)
{
    public async Task<Result<SavedCampaign>> HandleAsync(SaveCampaign command, CancellationToken ct)
    {
        if (command.Draft.Name.Length > CampaignDraft.MaxNameLength) return Problem.At(CampaignProblems.NameTooLong, $"A name has at most {CampaignDraft.MaxNameLength} characters.");
        if (command.Draft.Variants.Count is 0 or > CampaignDraft.MaxVariantCount) return Problem.At(CampaignProblems.VersionCount, $"A campaign has 1 to {CampaignDraft.MaxVariantCount} versions.");
        var now = clock.GetUtcNow();
        var (isSaved, ids) = await database.WriteAsync(transaction => Save(transaction, command, now), ct);
        if (isSaved) return new SavedCampaign(command.Version + 1, now, null) { VariantIds = ids };
        if (await campaigns.ReadAsync(command.Id, ct) is not { } theirs) return Problem.At(CampaignProblems.Gone, "There is no such campaign any more.");
        if (theirs.State is not CampaignState.Draft) return Problem.At(CampaignProblems.Launched, "The campaign is not a draft any more; what was launched stays as it is.");
        return new SavedCampaign(theirs.Version, theirs.ChangedAt, theirs);
    }

    private static (bool IsSaved, IReadOnlyList<long> Ids) Save(DbTransaction transaction, SaveCampaign command, DateTimeOffset now)
    {
        var changed = transaction.Execute(
            "update \"Campaigns\" set \"Name\" = @2, \"Settings\" = @3, \"Version\" = \"Version\" + 1, \"ChangedAt\" = @4, \"ChangedBy\" = @5 where \"Id\" = @0 and \"Version\" = @1 and \"State\" = 'Draft'",
            command.Id, command.Version, command.Draft.Name, command.Draft.Settings.ToJson(), Stored.Ticks(now), command.By);
        return changed is 0 ? (false, []) : (true, SaveVariants(transaction, command.Id, command.Draft.Variants));
    }

    // Rows keep their numbers where they stay: a test send or a preview that names one goes on working.
    private static List<long> SaveVariants(DbTransaction transaction, long campaignId, IReadOnlyList<DraftVariant> variants)
    {
        var ids = new List<long>(variants.Count);
        transaction.Execute("update \"CampaignVariants\" set \"Position\" = -1 - \"Position\" where \"CampaignId\" = @0", campaignId);
        using var update = transaction.Prepare("update \"CampaignVariants\" set \"Position\" = @2, \"Weight\" = @3, \"Content\" = @4 where \"Id\" = @0 and \"CampaignId\" = @1", 5);
        using var insert = transaction.Prepare("insert into \"CampaignVariants\" (\"CampaignId\", \"Position\", \"Weight\", \"Content\") values (@0, @1, @2, @3) returning \"Id\"", 4);
        for (var i = 0; i < variants.Count; i++)
        {
            var (variant, content) = (variants[i], variants[i].Content.ToJson());
            if (variant.Id > 0 && update.Run(variant.Id, campaignId, i, variant.Weight, content) > 0) ids.Add(variant.Id);
            else ids.Add(insert.RunScalar(campaignId, i, variant.Weight, content) ?? throw new InvalidOperationException("The insert gave no number."));
        }
        transaction.Execute("delete from \"CampaignVariants\" where \"CampaignId\" = @0 and \"Position\" < 0", campaignId);
        return ids;
    }
}
