using CampaignPortal.Marketing.Audiences.Evaluation;
using CampaignPortal.Marketing.Audiences.Rules;
using CampaignPortal.Marketing.Common;
using CampaignPortal.Marketing.Database;

namespace CampaignPortal.Marketing.Audiences;

/// <summary>How two sets meet: people in both, and in one of them alone.</summary>
public sealed record AudienceOverlap(int Both, int OnlyThis, int OnlyOther);

/// <summary>Compares a rule, saved or not, with the stored members of an audience.</summary>
public sealed class CompareAudiencesHandler(AudienceEngine engine, PortalDatabase database)
{
    public async Task<Result<AudienceOverlap>> HandleAsync(AudienceRule rule, long otherId, CancellationToken ct)
    {
        if (RuleCheck.Find(rule) is { } problem) return problem;
        return await Task.Run<Result<AudienceOverlap>>(
            () =>
            {
                using var evaluation = engine.Begin(ct);
                using var connection = database.OpenReader();
                var mine = evaluation.Of(rule, ct);
                var other = StoredSets.MembersOf(connection, otherId, evaluation.Everyone.Capacity).And(evaluation.Everyone);
                var both = mine.CountWith(other);
                return new AudienceOverlap(both, mine.Count - both, other.Count - both);
            },
            ct);
    }
}
