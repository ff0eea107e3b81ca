using CampaignPortal.Marketing.Campaigns;
using CampaignPortal.Marketing.Campaigns.Planning;
using CampaignPortal.Marketing.Common;
using CampaignPortal.Marketing.Content;
using CampaignPortal.Web.Components;
using CampaignPortal.Web.Components.Shared;
using CampaignPortal.Web.Features.Content;
using CampaignPortal.Web.Features.Customers;
using CampaignPortal.Web.Identity;
using CampaignPortal.Web.Resources;
using Microsoft.AspNetCore.Components;

namespace CampaignPortal.Web.Features.Campaigns;

/// <summary>One page for a whole campaign. What is typed saves itself; whoever edits at the same time is noticed; the reach follows each change.</summary>
public sealed partial class ComposerPage : IAsyncDisposable
{
    private const int SampleCount = 200;
    private static readonly TimeSpan SavePause = TimeSpan.FromMilliseconds(1_500), CountPause = TimeSpan.FromMilliseconds(250);

    private readonly DraftHistory _history = new();
    private readonly CancellationTokenSource _page = new();
    private TypingPause _saving = null!, _counting = null!; // made before the first change
    private CampaignDraft? _draft;
    private StoredDraft? _theirs;
    private ReachEstimate? _reach;
    private PreFlightReport? _report;
    private PowerEstimate? _power;
    private IReadOnlyList<long> _sample = [];
    private long _stored;
    private DateTimeOffset? _savedAt;
    private string? _problem;
    private int _version;
    private bool _isUnsaved, _isCounting, _isReviewing, _isBuilding, _isLaunching, _isLaunched;
    private AudienceStep? _audiences;
    private MessageEditor? _editor;

    [Inject] private CampaignStore Campaigns { get; set; } = null!; // injected before anything runs
    [Inject] private SaveCampaignHandler Saver { get; set; } = null!; // as above
    [Inject] private PreFlightHandler PreFlight { get; set; } = null!; // as above
    [Inject] private SendTestMessageHandler Tests { get; set; } = null!; // as above
    [Inject] private Actors Actors { get; set; } = null!; // as above
    [Inject] private LaunchCampaignHandler Launcher { get; set; } = null!; // as above
    [Inject] private ILogger<ComposerPage> Log { get; set; } = null!; // as above
    [Inject] private Toaster Toasts { get; set; } = null!; // as above
    [Inject] private NavigationManager Navigation { get; set; } = null!; // as above
    [CascadingParameter] private Viewer Viewer { get; set; } = Viewer.Nobody;
    [Parameter] public long Id { get; set; }

    private bool MaySend => Viewer.User.Can(Capabilities.SendCampaigns);

    public async ValueTask DisposeAsync()
    {
        await _page.CancelAsync();
        await SaveAsync(); // whoever leaves within the pause before saving has nothing to lose by it
        _page.Dispose();
    }

    protected override void OnInitialized() => (_saving, _counting) = (new TypingPause(Viewer.Clock, SavePause), new TypingPause(Viewer.Clock, CountPause));

    private async Task<StoredDraft?> LoadAsync(CancellationToken ct)
    {
        var stored = await Campaigns.ReadAsync(Id, ct);
        _isLaunched = stored is { State: not CampaignState.Draft };
        if (stored is null || _isLaunched) return null;
        (_draft, _stored, _savedAt) = (stored.Draft, stored.Version, stored.ChangedAt);
        if (RendererInfo.IsInteractive) _ = CountAsync();
        return stored;
    }

    private void Change(Func<CampaignDraft, CampaignDraft> change)
    {
        if (_draft is not { } before || change(before) is var after && after == before) return;
        _history.Add(before, after);
        Show(after);
    }

    private void ChangeContent(MessageContent content) => Change(d => d with { Variants = [.. d.Variants.Select((v, i) => i == _version ? v with { Content = content } : v)] });

    private void Undo()
    {
        if (_draft is { } now && _history.Undo(now) is { } before) Show(WithIds(before, now));
    }

    private void Redo()
    {
        if (_draft is { } now && _history.Redo(now) is { } after) Show(WithIds(after, now));
    }

    private void Show(CampaignDraft draft)
    {
        (_draft, _isUnsaved) = (draft, true);
        _version = Math.Clamp(_version, 0, draft.Variants.Count - 1);
        _ = SaveSoonAsync();
        _ = CountAsync();
        StateHasChanged(); // the parts tell of changes without being children of an event of this page
    }

    private void ShowVersion(int position)
    {
        _version = position;
        StateHasChanged();
    }

    private async Task SaveSoonAsync()
    {
        if (await _saving.WaitAsync() is null || _page.IsCancellationRequested) return;
        await SaveAsync();
        await InvokeAsync(StateHasChanged);
    }

    /// <summary>Whether what is shown is stored now.</summary>
    private async Task<bool> SaveAsync()
    {
        if (_draft is not { } draft || _theirs is not null || !Viewer.User.Can(Capabilities.WriteContent)) return false;
        if (!_isUnsaved) return true;
        var saved = await Saver.HandleAsync(new SaveCampaign(Id, _stored, draft, Viewer.User.ActorName()), CancellationToken.None);
        _problem = saved.Problem is { } unsaved ? CampaignProblemNames.Of(unsaved) : null;
        if (saved.Problem is not null) return false;
        if (saved.Value.Theirs is { } theirs)
        {
            _theirs = theirs;
            return false;
        }
        (_stored, _savedAt) = (saved.Value.Version, saved.Value.At);
        if (_draft is { } now)
        {
            _isUnsaved = !ReferenceEquals(now, draft);
            // Versions that are new now have numbers: the next save must not add them again.
            _draft = now with { Variants = [.. now.Variants.Select((v, i) => v.Id is 0 && i < saved.Value.VariantIds.Count ? v with { Id = saved.Value.VariantIds[i] } : v)] };
        }
        return true;
    }

    private void TakeTheirs()
    {
        if (_theirs is not { } theirs) return;
        (_draft, _stored, _savedAt, _theirs, _isUnsaved) = (theirs.Draft, theirs.Version, theirs.ChangedAt, null, false);
        _version = 0;
        _history.Clear();
        _ = CountAsync();
    }

    private async Task KeepMineAsync()
    {
        if (_theirs is not { } theirs || _draft is not { } mine) return;
        (_draft, _stored, _theirs, _isUnsaved) = (WithIds(mine, theirs.Draft), theirs.Version, null, true);
        await SaveAsync();
    }

    private async Task CountAsync()
    {
        if (await _counting.WaitAsync() is not { } number || _draft is not { } draft || _page.IsCancellationRequested) return;
        _isCounting = true;
        await InvokeAsync(StateHasChanged);
        try
        {
            var report = await PreFlight.HandleAsync(Id, draft, _page.Token);
            if (!_counting.IsNewest(number)) return; // a newer question is on its way
            (_report, _reach, _power) = (report, report.Reach, report.Power);
            IReadOnlyList<long> sample = [.. report.Reach.Reached.Take(SampleCount)];
            if (!_sample.SequenceEqual(sample)) _sample = sample;
        }
        catch (OperationCanceledException)
        {
            return; // the page is gone
        }
        catch (Exception e) // the boundary of a count that nobody waits for: what was typed is safe, the next change counts again
        {
            var reference = ErrorReference.New();
            _problem = Say.With(CampaignWords.CountFailed, ("reference", reference));
            Log.PartFailed(reference, e);
        }
        _isCounting = false;
        await InvokeAsync(StateHasChanged);
    }

    // The audience was saved by its own builder; nothing of the draft was lost meanwhile.
    private async Task UseAudienceAsync(long id)
    {
        _isBuilding = false;
        if (_audiences is not null) await _audiences.RefreshAsync();
        Change(d => d.Settings.Include.Contains(id) ? d : d with { Settings = d.Settings with { Include = [.. d.Settings.Include, id], IsAudienceChosen = true } });
    }

    private async Task TestAsync(TestRequest test)
    {
        if (!Viewer.User.Can(Capabilities.WriteContent)) return;
        Func<string?, string?>? mask = Viewer.User.SeesIdentified() ? null : name => Masked.Name(name, Viewer.User);
        var sent = await Tests.HandleAsync(new SendTestMessage(test.Content, test.Person, test.Addresses, mask), Actors.Of(Viewer.User), CancellationToken.None);
        if (sent.Problem is { } problem) Toasts.Failed(problem.Field is "address" ? Say.With(CampaignWords.TestStranger, ("address", problem.Message)) : CampaignWords.TestFailed);
        else Toasts.Done(Say.With(CampaignWords.TestSent, ("count", Figures.Count(sent.Value))));
    }

    private async Task ReviewAsync()
    {
        if (_draft is not { } draft || !MaySend) return;
        if (!await SaveAsync()) return;
        _report = await PreFlight.HandleAsync(Id, draft, _page.Token);
        (_reach, _power, _isReviewing) = (_report.Reach, _report.Power, true);
    }

    private async Task LaunchAsync()
    {
        if (_isLaunching || !MaySend || !await SaveAsync()) return;
        _isLaunching = true;
        var launched = await Launcher.HandleAsync(new LaunchCampaign(Id, _stored, Viewer.User.ActorName()), CancellationToken.None);
        _isLaunching = false;
        if (launched.Problem is { } problem)
        {
            await ShowAsync(problem);
            return;
        }
        Toasts.Done(launched.Value.State is CampaignState.Scheduled ? Say.With(CampaignWords.ScheduledNotice, ("time", Figures.Stamp(launched.Value.StartsAt, Viewer.Zone))) : CampaignWords.SendingStarted);
        Navigation.NavigateTo($"/campaigns/{Id}");
    }

    // What stands in the way is shown where it can be mended: the list of checks, or the choice between two drafts.
    private async Task ShowAsync(Problem problem)
    {
        if (_draft is { } draft && problem.Field is not (CampaignProblems.Changed or CampaignProblems.Gone))
        {
            _report = await PreFlight.HandleAsync(Id, draft, _page.Token);
            return;
        }
        _isReviewing = false;
        if (problem.Field is CampaignProblems.Changed) _theirs = await Campaigns.ReadAsync(Id, _page.Token);
        else _problem = CampaignProblemNames.Of(problem);
    }

    // An older draft may not know the numbers that its versions got since.
    private static CampaignDraft WithIds(CampaignDraft draft, CampaignDraft known) =>
        draft with { Variants = [.. draft.Variants.Select((v, i) => i < known.Variants.Count ? v with { Id = known.Variants[i].Id } : v with { Id = 0 })] };
}
