using System.Security.Claims;
using CampaignPortal.Marketing.Audit;
using CampaignPortal.Marketing.Common;
using CampaignPortal.Marketing.Database;
using CampaignPortal.Web.Identity;
using CampaignPortal.Web.Resources;

namespace CampaignPortal.Web.Demo;

/// <summary>The one click that makes an empty portal a sample shop: by its admin, or instead of the set-up by whoever has the code of the console.</summary>
internal sealed class FillSampleHandler(SampleData sample, DemoStart start, DemoAccounts accounts, DemoInvitation invitation, SetUpToken token, RecentPassword recent, AuditTrail audit, Actors actors) : IDisposable
{
    private readonly SemaphoreSlim _turn = new(1, 1);

    /// <summary>Whether there is nothing yet that a sample could be mixed with.</summary>
    public bool IsOffered => !sample.IsPresent && sample.HoldsNothing();

    /// <summary>Answers why not; null when the shop is being made.</summary>
    public async Task<Problem?> HandleAsync(ClaimsPrincipal actor, CancellationToken ct)
    {
        if (recent.Refuse(actor, Capabilities.WriteSettings) is { } refusal) return refusal;
        return await BeginAsync(() => audit.WriteAsync(actors.Of(actor), new AuditFact("settings.write fill-sample", "sample shop"), ct), ct);
    }

    /// <summary>Answers the account by which the visitor goes in, or why not.</summary>
    public async Task<Result<DemoAccount>> HandleAsync(string code, CancellationToken ct)
    {
        if (!token.Matches(code)) return Problem.At(nameof(SetUpPortal.Code), Words.SetUpCodeWrong);
        if (await BeginAsync(() => Task.CompletedTask, ct) is { } problem) return problem;
        token.TryUse(code);
        invitation.Print();
        return accounts.Read()[0];
    }

    public void Dispose() => _turn.Dispose();

    // A second click finds the first one's mark.
    private async Task<Problem?> BeginAsync(Func<Task> note, CancellationToken ct)
    {
        await _turn.WaitAsync(ct);
        try
        {
            if (!IsOffered) return Problem.Of(DemoWords.NotEmpty);
            await note();
            await start.BeginAsync(ct);
            return null;
        }
        finally
        {
            _turn.Release();
        }
    }
}
