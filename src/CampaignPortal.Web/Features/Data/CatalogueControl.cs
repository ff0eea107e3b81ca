using CampaignPortal.Marketing.DataQuality;
using CampaignPortal.Marketing.Events.Catalogue;
using CampaignPortal.Web.Components;
using CampaignPortal.Web.Components.Shared;
using CampaignPortal.Web.Identity;
using CampaignPortal.Web.Resources;

namespace CampaignPortal.Web.Features.Data;

/// <summary>What people change in the catalogue and at the gate, with the message that says it happened. Who lacks the right is refused here once more.</summary>
internal sealed class CatalogueControl(SaveCatalogueEntryHandler entries, DataQualityGate gate, CheckDataQualityHandler checks, Toaster toasts, Confirmation confirmation)
{
    public async Task<bool> SaveAsync(Viewer viewer, SaveCatalogueEntry change, string capability)
    {
        if (!viewer.User.Can(capability)) return Refuse();
        var answer = await entries.HandleAsync(change with { By = viewer.User.ActorName() }, CancellationToken.None);
        if (answer.Problem is { } problem) toasts.Failed(problem.Message);
        else toasts.Done(CatalogueWords.Saved);
        return answer.IsOk;
    }

    /// <summary>Blocked events do not come back: their senders are told so, and nothing stores them.</summary>
    public Task<bool> AskToBlockAsync(string name) =>
        confirmation.AskAsync(new Question(Say.With(CatalogueWords.BlockQuestion, ("name", name)), CatalogueWords.BlockText, CatalogueWords.BlockAction, IsDangerous: true));

    public async Task<bool> LetThroughAsync(Viewer viewer, string jobKey)
    {
        if (!viewer.User.Can(Capabilities.ControlJobs)) return Refuse();
        var job = CatalogueNames.Job(jobKey);
        if (!await confirmation.AskAsync(new Question(Say.With(CatalogueWords.LetThroughQuestion, ("job", job)), CatalogueWords.LetThroughText, CatalogueWords.LetThrough))) return false;
        var isGranted = await gate.LetThroughAsync(jobKey, viewer.User.ActorName(), CancellationToken.None);
        if (isGranted) toasts.Done(Say.With(CatalogueWords.LetThroughDone, ("job", job)));
        return isGranted;
    }

    public async Task<bool> CheckNowAsync(Viewer viewer)
    {
        if (!viewer.User.Can(Capabilities.ImportCustomers)) return Refuse();
        var count = await checks.HandleAsync(CancellationToken.None);
        toasts.Done(Say.Counted(count, CatalogueWords.CheckedOne, CatalogueWords.CheckedMany));
        return true;
    }

    private bool Refuse()
    {
        toasts.Failed(CatalogueWords.NotAllowed);
        return false;
    }
}
