using System.Globalization;
using CampaignPortal.Marketing.Audiences;
using CampaignPortal.Marketing.Audiences.Rules;
using CampaignPortal.Marketing.Common;
using CampaignPortal.Marketing.Drafts;
using CampaignPortal.Marketing.Insights;
using CampaignPortal.Web.Components;
using CampaignPortal.Web.Components.Shared;
using CampaignPortal.Web.Identity;
using CampaignPortal.Web.Resources;
using Microsoft.AspNetCore.Components;

namespace CampaignPortal.Web.Features.Audiences;

/// <summary>Reads an audience or begins a new one, counts each change, saves a draft a moment after it, and the audience when asked.</summary>
public sealed partial class AudienceBuilder
{
    private static readonly TimeSpan CountPause = TimeSpan.FromMilliseconds(150), DraftPause = TimeSpan.FromMilliseconds(1500);

    private BuilderState? _state;
    private AudienceDetail? _saved;
    private AudienceRule _savedRule = AudienceRule.Everyone;
    private AudienceRule? _counted;
    private string _name = "", _savedName = "";
    private string? _savedText, _told, _countReference;
    private Problem? _problem;
    private DateTimeOffset? _draftOf;
    private int _listVersion;
    private bool _isText, _isSaving, _isCounting;
    private TypingPause _countPause = null!, _draftPause = null!; // made before anything changes
    private CancellationTokenSource _count = new();

    [Inject] private ReadAudienceHandler Audiences { get; set; } = null!; // injected before anything runs
    [Inject] private ReadRuleChoicesHandler Choices { get; set; } = null!; // as above
    [Inject] private SegmentNamesHandler Segments { get; set; } = null!; // as above
    [Inject] private PreviewAudienceHandler Previews { get; set; } = null!; // as above
    [Inject] private SaveAudienceHandler Saves { get; set; } = null!; // as above
    [Inject] private DraftStore Drafts { get; set; } = null!; // as above
    [Inject] private Toaster Toaster { get; set; } = null!; // as above
    [Inject] private TimeProvider Clock { get; set; } = null!; // as above
    [Inject] private ILogger<PageError> Log { get; set; } = null!; // as above
    [CascadingParameter] private Viewer Viewer { get; set; } = Viewer.Nobody;

    /// <summary>Null makes a new audience.</summary>
    [Parameter] public long? AudienceId { get; set; }
    /// <summary>Raised after a save, with the audience's number.</summary>
    [Parameter] public EventCallback<long> OnSaved { get; set; }
    /// <summary>Raised with the audience's number when somebody wants to use it; what was changed is saved before.</summary>
    [Parameter] public EventCallback<long> OnUse { get; set; }
    /// <summary>One column, without what only the page of audiences shows.</summary>
    [Parameter] public bool IsDrawer { get; set; }
    /// <summary>The rule that a new audience begins with.</summary>
    [Parameter] public AudienceRule? Begin { get; set; }
    /// <summary>The name that a new audience begins with.</summary>
    [Parameter] public string? BeginName { get; set; }
    /// <summary>Stands before the name.</summary>
    [Parameter] public RenderFragment? Head { get; set; }
    /// <summary>What else can be done with a saved audience.</summary>
    [Parameter] public RenderFragment<AudienceDetail>? Actions { get; set; }

    private bool CanEdit => Viewer.User.Can(Capabilities.WriteAudiences);

    private bool IsList => _saved?.Audience.Kind is AudienceKind.Fixed;

    private bool IsChanged => _state is { } state && (state.Rule != _savedRule || _name.Trim() != _savedName);

    private string DraftKey => AudienceId is { } id ? FormattableString.Invariant($"audience:{id}") : "audience:new";

    private string ActiveUses => string.Join(", ", (_saved?.Uses ?? []).Where(u => u.IsActive).Select(u => u.Name));

    private (string Text, Tone Tone)? Badge => IsChanged || AudienceId is null ? (AudienceWords.DraftBadge, Tone.Neutral)
        : _saved is null ? null : IsList ? (AudienceWords.KindFixed, Tone.Info) : AudienceNames.State(_saved.Audience.State);

    public void Dispose()
    {
        if (_state is { } state) Leave(state);
        _count.Cancel();
        _count.Dispose();
    }

    protected override void OnInitialized() => (_countPause, _draftPause) = (new TypingPause(Clock, CountPause), new TypingPause(Clock, DraftPause));

    private async Task<BuilderState?> BeginAsync(CancellationToken ct)
    {
        if (AudienceId is { } id)
        {
            _saved = await Audiences.HandleAsync(id, ct);
            if (_saved is null) return null;
        }
        var segments = await Segments.HandleAsync(CultureInfo.CurrentUICulture.TwoLetterISOLanguageName, ct);
        var choices = BuilderChoices.Of(await Choices.HandleAsync(ct), segments, Viewer.Shop.Currency);
        _savedRule = RuleOf(_saved?.Audience);
        (_name, _savedName) = _saved is null ? (BeginName ?? "", "") : (_saved.Audience.Name, _saved.Audience.Name);
        if (_state is { } last) Leave(last);
        _state = new BuilderState(Begin is not null && _saved is null ? Begin : _savedRule, choices, CanEdit && !IsList);
        if (Begin is null) await TakeDraftAsync(ct);
        _state.Changed += Follow;
        _state.Moves.Told += Tell;
        if (Viewer.User.UserId() is { } user) (_state.Moves.Keep, _state.Moves.Kept) = (rule => RuleClipboard.KeepAsync(Drafts, user, rule), () => RuleClipboard.ReadAsync(Drafts, user));
        await CountAsync(); // the page begins with its figures
        return _state;
    }

    // Somebody came back to what they had not saved. The draft says on which revision it stands.
    private async Task TakeDraftAsync(CancellationToken ct)
    {
        if (!CanEdit || Viewer.User.UserId() is not { } user || await Drafts.ReadAsync(user, DraftKey, ct) is not { } draft) return;
        var line = draft.Text.IndexOf('\n', StringComparison.Ordinal);
        if (line < 0 || RuleJson.Read(draft.Text[(line + 1)..]) is not { IsOk: true } rule || (rule.Value == _savedRule && draft.Text[..line] == _savedName)) return;
        _name = draft.Text[..line];
        _state!.Reset(rule.Value); // made just before
        _draftOf = draft.SavedAt;
    }

    private void Leave(BuilderState state)
    {
        state.Changed -= Follow;
        state.Moves.Told -= Tell;
    }

    // Whoever sees the tree needs no word for a move; whoever hears it does.
    private void Tell(string text, Tone tone)
    {
        if (tone is Tone.Good) Toaster.Done(text);
        else if (tone is Tone.Bad) Toaster.Failed(text);
        else _told = text;
        StateHasChanged();
    }

    private void Follow() => _ = InvokeAsync(async () =>
    {
        _problem = null;
        StateHasChanged();
        await Task.WhenAll(CountSoonAsync(), SaveDraftAsync());
    });

    private async Task CountSoonAsync()
    {
        if (await _countPause.WaitAsync() is null) return;
        var counting = CountAsync();
        StateHasChanged(); // the last count is dimmed meanwhile
        await counting;
        StateHasChanged();
    }

    private async Task CountAsync()
    {
        if (_state is not { } state) return;
        var (last, mine) = (_count, new CancellationTokenSource());
        (_count, _isCounting, _countReference) = (mine, true, null);
        await last.CancelAsync();
        last.Dispose();
        var rule = state.Rule;
        try
        {
            var result = await Previews.HandleAsync(rule, mine.Token);
            if (mine != _count) return;
            if (result.IsOk) (state.Preview, _counted) = (result.Value, rule);
            else _problem = Problem.At(AudienceProblems.RuleWrong, result.Problem!.Message); // not ok
        }
        catch (OperationCanceledException)
        {
            return; // a newer rule is being counted, or the page is gone
        }
        catch (Exception e) // the boundary of a card: the count says so, the page lives
        {
            _countReference = ErrorReference.New();
            Log.PartFailed(_countReference, e);
        }
        if (mine == _count) _isCounting = false;
    }

    private async Task Rename(ChangeEventArgs e)
    {
        (_name, _problem) = ((string?)e.Value ?? "", null);
        await SaveDraftAsync();
    }

    private async Task SaveDraftAsync()
    {
        if (!CanEdit || await _draftPause.WaitAsync() is null || !IsChanged || Viewer.User.UserId() is not { } user || _state is not { } state) return;
        try
        {
            var at = await Drafts.SaveAsync(user, DraftKey, _name.ReplaceLineEndings(" ") + "\n" + RuleJson.Write(state.Rule), CancellationToken.None);
            _savedText = Say.With(AudienceWords.DraftSavedAt, ("time", Figures.Clock(at, Viewer.Zone)));
        }
        catch (Exception e) // a draft that cannot be saved costs nobody the rule: it stands on the page, and the next change tries again
        {
            Log.PartFailed(ErrorReference.New(), e);
        }
        StateHasChanged();
    }

    private async Task SaveAsync()
    {
        if (await SaveAsync(AudienceId, _saved?.Audience.Revision) is { } id) await OnSaved.InvokeAsync(id);
    }

    private async Task SaveAsNewAsync()
    {
        if (await SaveAsync(null, null) is { } id) await OnSaved.InvokeAsync(id);
    }

    private async Task UseAsync()
    {
        var id = AudienceId is { } known && !IsChanged ? known : await SaveAsync(AudienceId, _saved?.Audience.Revision);
        if (id is { } used) await OnUse.InvokeAsync(used);
    }

    // The number of what was saved; null where something stands in the way, which the page then shows.
    private async Task<long?> SaveAsync(long? id, int? revision)
    {
        if (!CanEdit || _isSaving || _state is not { } state || Viewer.User.UserId() is not { } user) return null; // the button is not the only guard
        _isSaving = true;
        try
        {
            var result = await Saves.HandleAsync(new SaveAudience(id, _name, _saved?.Audience.Description, IsList ? AudienceRule.Everyone : state.Rule, revision, user), CancellationToken.None);
            _problem = result.Problem;
            if (!result.IsOk) return null;
            await Drafts.ForgetAsync(user, DraftKey, CancellationToken.None);
            (_savedRule, _savedName, _name, _draftOf, _savedText) = (state.Rule, _name.Trim(), _name.Trim(), null, null);
            if (id is not null) _saved = await Audiences.HandleAsync(id.Value, CancellationToken.None);
            Toaster.Done(Say.With(AudienceWords.Saved, ("name", _name)));
            return result.Value.Id;
        }
        finally
        {
            _isSaving = false;
        }
    }

    private async Task DiscardAsync()
    {
        if (Viewer.User.UserId() is { } user) await Drafts.ForgetAsync(user, DraftKey, CancellationToken.None);
        (_name, _draftOf, _savedText) = (_savedName, null, null);
        _state?.Reset(_savedRule);
    }

    private async Task LoadTheirsAsync()
    {
        if (AudienceId is not { } id || await Audiences.HandleAsync(id, CancellationToken.None) is not { } theirs) return;
        (_saved, _problem) = (theirs, null);
        _savedRule = RuleOf(theirs.Audience);
        _savedName = theirs.Audience.Name;
        await DiscardAsync();
    }

    // Of a list, whoever is on it: the rule that it was frozen from may mean others by now.
    private static AudienceRule RuleOf(Audience? audience) => audience switch
    {
        { Kind: AudienceKind.Fixed } => new AudienceRule(new RuleGroup(GroupKind.All, [new MembershipCondition(audience.Id, true)]), []),
        { } when RuleJson.Read(audience.RuleJson) is { IsOk: true } read => read.Value,
        _ => AudienceRule.Everyone,
    };

    private async Task CountListAsync()
    {
        if (AudienceId is { } id) _saved = await Audiences.HandleAsync(id, CancellationToken.None);
        _listVersion++;
        await CountAsync();
    }

    // Minutes matter on the same day, and only then.
    private string AsOf(DateTimeOffset at)
    {
        var now = Viewer.Clock.GetUtcNow();
        var isToday = TimeZoneInfo.ConvertTime(at, Viewer.Zone).Date == TimeZoneInfo.ConvertTime(now, Viewer.Zone).Date;
        return Say.With(Words.AsOfTime, ("time", isToday ? Figures.Clock(at, Viewer.Zone) : Figures.DayUpTo(at, Viewer.Zone, now)));
    }

    private static (AudienceIdea Idea, AudienceRule Rule)[] Ideas(BuilderState state) =>
        [.. AudienceIdea.All.Select(i => (i, i.Make(state.Choices))).Where(i => i.Item2 is not null).Select(i => (i.i, i.Item2!))]; // filtered just before

    private void Take(BuilderState state, AudienceIdea idea, AudienceRule rule)
    {
        if (_name.Length is 0) _name = AudienceNames.Idea(idea);
        state.Set(rule);
    }
}
