using CampaignPortal.Marketing.Audit;
using CampaignPortal.Marketing.Common;
using CampaignPortal.Marketing.Database;
using CampaignPortal.Marketing.Experiments;

namespace CampaignPortal.Marketing.Insights.Campaigns;

/// <summary>Somebody answers for a failed check, so that the result of the run shows.</summary>
/// <param name="Reason">What was found out, in words that colleagues read.</param>
public sealed record AcknowledgeHealth(long CampaignId, HealthKind Kind, string Reason);

/// <summary>Takes an acknowledgement down, or back; each is an entry of the audit log.</summary>
public sealed class AcknowledgeHealthHandler(ReadCampaignResultHandler results, AuditTrail audit, TimeProvider clock)
{
    public const int MinReasonLength = 10, MaxReasonLength = 500;

    /// <summary>A problem at <see cref="AcknowledgeHealth.Reason"/> is one of the words; false when a colleague was quicker.</summary>
    public async Task<Result<bool>> HandleAsync(AcknowledgeHealth command, Actor actor, CancellationToken ct)
    {
        var reason = command.Reason.Trim();
        if (reason.Length is < MinReasonLength or > MaxReasonLength) return Problem.At(nameof(command.Reason), $"Say in {MinReasonLength} to {MaxReasonLength} characters why the result may be read.");
        if (await results.HandleAsync(command.CampaignId, ct) is not { Test: { } test, Run: { } run } || !test.Health.Any(h => h.Kind == command.Kind && h.Level is HealthLevel.Invalid))
            return Problem.Of("This check does not fail any more.");
        return await audit.WriteAsync(
            actor, [Fact(command.CampaignId, command.Kind, "acknowledge", reason)],
            transaction => transaction.Execute(
                "insert into \"HealthAcknowledgements\" (\"RunId\", \"Kind\", \"At\", \"By\", \"Reason\") values (@0, @1, @2, @3, @4) on conflict (\"RunId\", \"Kind\") where \"WithdrawnAt\" is null do nothing",
                run.Id, command.Kind.ToString(), Stored.Ticks(clock.GetUtcNow()), actor.Name, reason) is 1,
            ct);
    }

    /// <summary>The result is covered again. False when there is nothing to take back.</summary>
    public async Task<bool> WithdrawAsync(long campaignId, HealthKind kind, Actor actor, CancellationToken ct)
    {
        if (await results.HandleAsync(campaignId, ct) is not { Run: { } run }) return false;
        return await audit.WriteAsync(
            actor, [Fact(campaignId, kind, "withdraw acknowledgement", null)],
            transaction => transaction.Execute(
                "update \"HealthAcknowledgements\" set \"WithdrawnAt\" = @2, \"WithdrawnBy\" = @3 where \"RunId\" = @0 and \"Kind\" = @1 and \"WithdrawnAt\" is null",
                run.Id, kind.ToString(), Stored.Ticks(clock.GetUtcNow()), actor.Name) > 0,
            ct);
    }

    private static AuditFact Fact(long campaignId, HealthKind kind, string what, string? reason) =>
        new("experiments.decide " + what, FormattableString.Invariant($"campaign {campaignId}"), Detail: reason is null ? kind.ToString() : $"{kind}: {reason}");
}
