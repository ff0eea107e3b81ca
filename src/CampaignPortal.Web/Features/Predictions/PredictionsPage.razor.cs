using CampaignPortal.Marketing.Jobs;
using CampaignPortal.Marketing.Predictions;
using CampaignPortal.Web.Components;
using CampaignPortal.Web.Components.Shared;
using CampaignPortal.Web.Identity;
using CampaignPortal.Web.Resources;
using Microsoft.AspNetCore.Components;

namespace CampaignPortal.Web.Features.Predictions;

/// <summary>The registry of models and one of them in full. Model, tab and compared versions stand in the address.</summary>
public sealed partial class PredictionsPage
{
    private int _reloads;

    [Inject] private ReadModelsHandler Models { get; set; } = null!; // injected before anything runs
    [Inject] private ActivateModelHandler Activator { get; set; } = null!; // as above
    [Inject] private ReviewModelHandler Reviews { get; set; } = null!; // as above
    [Inject] private StartJobHandler Jobs { get; set; } = null!; // as above
    [Inject] private Toaster Toaster { get; set; } = null!; // as above
    [Inject] private Confirmation Confirmation { get; set; } = null!; // as above

    [Parameter] public string? Model { get; set; }
    [SupplyParameterFromQuery(Name = "tab")] private string? Tab { get; set; }
    [SupplyParameterFromQuery(Name = "version")] private int? Compared { get; set; }
    [SupplyParameterFromQuery(Name = "a")] private int? A { get; set; }
    [SupplyParameterFromQuery(Name = "b")] private int? B { get; set; }
    [CascadingParameter] private HttpContext? Http { get; set; }
    [CascadingParameter] private Viewer Viewer { get; set; } = Viewer.Nobody;

    private string Actor => Viewer.User.ActorName();

    private async Task<Registry?> LoadAsync(CancellationToken ct)
    {
        var rows = await Models.ListAsync(ct);
        var name = Model ?? (rows.Count > 0 ? rows[0].Model : null);
        var page = name is null ? null : await Models.ReadAsync(name, ct);
        if (Model is not null && page is null && Http is { Response.HasStarted: false }) Http.Response.StatusCode = StatusCodes.Status404NotFound;
        return new Registry(rows, page, page is null ? null : await Reviews.LastAsync(page.Row.Model, ct));
    }

    private void Reload()
    {
        _reloads++;
        StateHasChanged();
    }

    private async Task TrainAsync(string model)
    {
        if (!MayDo(Capabilities.TrainModels)) return;
        var started = await Jobs.HandleAsync(new StartJob(TrainJob.JobKey, new TrainJobParameters(model), Actor), CancellationToken.None);
        if (started.Problem is { } problem) Toaster.Failed(problem.Message);
        else Toaster.Done(Say.With(started.Value.WasUnderWay ? PredictionsWords.TrainingUnderWay : PredictionsWords.TrainingStarted, ("model", Vocabulary.Model(model))));
    }

    private async Task ActivateAsync(Activation wanted)
    {
        if (!MayDo(Capabilities.ActivateModels)) return;
        var (model, version, live) = (wanted.Model, Number(wanted.Version), Number(wanted.Live));
        var question = wanted.Version < wanted.Live
            ? new Question(Say.With(PredictionsWords.RollBackQuestion, ("model", Vocabulary.Model(model)), ("version", version)), Say.With(PredictionsWords.RollBackText, ("version", version), ("live", live)),
                Say.With(PredictionsWords.RollBackAction, ("version", version)))
            : new Question(Say.With(PredictionsWords.SwitchOnQuestion, ("model", Vocabulary.Model(model)), ("version", version)), Say.With(PredictionsWords.SwitchOnText, ("live", live)),
                Say.With(PredictionsWords.SwitchOnAction, ("version", version)));
        if (!await Confirmation.AskAsync(question) || !MayDo(Capabilities.ActivateModels)) return; // rights may go while the question stands
        var result = await Activator.HandleAsync(new ActivateModel(model, wanted.Version, wanted.Live, wanted.Reason, Actor), CancellationToken.None);
        if (result.IsOk) Toaster.Done(Say.With(PredictionsWords.Activated, ("version", version)));
        else Toaster.Failed(WordsOf(result.Problem!.Message, version)); // not ok is a problem
        Reload();
    }

    private async Task ReviewAsync(int version)
    {
        if (!MayDo(Capabilities.ActivateModels) || Model is null) return;
        await Reviews.HandleAsync(new ReviewModel(Model, version, Actor), CancellationToken.None);
        Toaster.Done(PredictionsWords.MarkedReviewed);
        Reload();
    }

    // The buttons are not there for those who may not; whoever finds a way to click them is refused here.
    private bool MayDo(string capability)
    {
        if (Viewer.User.Can(capability)) return true;
        Toaster.Failed(PredictionsWords.NotAllowed);
        return false;
    }

    private static string WordsOf(string problem, string version) => problem switch
    {
        ActivateModelHandler.Gone => Say.With(PredictionsWords.ActivateGone, ("version", version)),
        ActivateModelHandler.NeedsReason => PredictionsWords.ReasonMissing,
        _ => PredictionsWords.ActivateStale,
    };

    private static string Number(int version) => version.ToString(System.Globalization.CultureInfo.InvariantCulture);

    public sealed record Registry(IReadOnlyList<ModelRow> Rows, ModelPage? Page, ModelReview? Review)
    {
        public int TroubledCount => Rows.Count(r => r.State is ModelState.Failed or ModelState.NotPromoted);

        public int DriftingCount => Rows.Count(r => r.Drift > InputDrift.Limit);

        public DateTimeOffset? ScoredAsOf => Rows.Max(r => r.ScoredAsOf);
    }
}

/// <summary>A wish to let another version answer.</summary>
/// <param name="Reason">Why, where the version was judged worse.</param>
public sealed record Activation(string Model, int Version, int Live, string? Reason);
