using System.Globalization;
using CampaignPortal.Marketing.Audiences;
using CampaignPortal.Marketing.Audiences.Rules;
using CampaignPortal.Marketing.Database;
using CampaignPortal.Marketing.Insights;
using CampaignPortal.Marketing.Jobs;
using CampaignPortal.Web.Components;
using CampaignPortal.Web.Components.Shared;
using CampaignPortal.Web.Features.Customers;
using CampaignPortal.Web.Identity;
using CampaignPortal.Web.Resources;
using Microsoft.AspNetCore.Components;

namespace CampaignPortal.Web.Features.Audiences;

/// <summary>The page of one audience: the builder, and what can be done with the audience as a whole.</summary>
public sealed partial class AudiencePage
{
    private int _version;
    private AudienceRule? _begin;
    private string? _beginName;
    private AudienceDetail? _exported; // whose columns are being chosen
    private IReadOnlyList<CustomerColumn> _columns = CustomerColumn.Default;
    private bool _isReady;

    [Inject] private DuplicateAudienceHandler Duplicates { get; set; } = null!; // injected before anything runs
    [Inject] private FixAudienceHandler Fixes { get; set; } = null!; // as above
    [Inject] private ArchiveAudienceHandler Archives { get; set; } = null!; // as above
    [Inject] private ResolveAudience Resolve { get; set; } = null!; // as above
    [Inject] private ExportCustomersHandler Exports { get; set; } = null!; // as above
    [Inject] private ReadRuleChoicesHandler Choices { get; set; } = null!; // as above
    [Inject] private SegmentNamesHandler Segments { get; set; } = null!; // as above
    [Inject] private Preferences Preferences { get; set; } = null!; // as above
    [Inject] private StartJobHandler Jobs { get; set; } = null!; // as above
    [Inject] private Downloads Downloads { get; set; } = null!; // as above
    [Inject] private StepUpPrompt StepUp { get; set; } = null!; // as above
    [Inject] private Toaster Toaster { get; set; } = null!; // as above
    [Inject] private NavigationManager Navigation { get; set; } = null!; // as above
    [CascadingParameter] private Viewer Viewer { get; set; } = Viewer.Nobody;
    /// <summary>Null begins a new one.</summary>
    [Parameter] public long? Id { get; set; }
    /// <summary>A ready-made idea that a new one begins with.</summary>
    [SupplyParameterFromQuery] public string? Idea { get; set; }

    /// <summary>A rule that another page proposes, as JSON; with <see cref="Name"/>.</summary>
    [SupplyParameterFromQuery] public string? Rule { get; set; }
    [SupplyParameterFromQuery] public string? Name { get; set; }

    private bool CanWrite => Viewer.User.Can(Capabilities.WriteAudiences);

    private long UserId => Viewer.User.UserId() ?? 0;

    protected override async Task OnInitializedAsync()
    {
        if (Id is null && Rule is { Length: > 0 } json && RuleJson.Read(json) is { IsOk: true } proposed)
        {
            (_begin, _beginName) = (proposed.Value, Name);
        }
        else if (Id is null && AudienceIdea.All.FirstOrDefault(i => i.Key == Idea) is { } idea)
        {
            var choices = BuilderChoices.Of(await Choices.HandleAsync(CancellationToken.None), new Dictionary<int, string>(), Viewer.Shop.Currency);
            (_begin, _beginName) = (idea.Make(choices), AudienceNames.Idea(idea));
        }
        _isReady = true; // the builder takes the idea when it begins
    }

    private void Saved(long id)
    {
        if (Id != id) Navigation.NavigateTo($"/audiences/{id}");
    }

    private void Use(long id) => Navigation.NavigateTo($"/campaigns/new?audience={id}");

    private async Task DuplicateAsync(AudienceDetail detail)
    {
        if (!CanWrite) return; // the button is not the only guard
        var name = Say.With(AudienceWords.CopyOf, ("name", detail.Audience.Name));
        var copy = await Duplicates.HandleAsync(new DuplicateAudience(detail.Audience.Id, name, UserId), CancellationToken.None);
        if (!copy.IsOk)
        {
            Toaster.Failed(AudienceNames.Problem(copy.Problem!)); // not ok
            return;
        }
        Toaster.Done(Say.With(AudienceWords.Duplicated, ("name", name)));
        Navigation.NavigateTo($"/audiences/{copy.Value.Id}");
    }

    private async Task FreezeAsync(AudienceDetail detail)
    {
        if (!CanWrite) return;
        _version++;
        var name = Say.With(AudienceWords.FrozenName, ("name", detail.Audience.Name), ("day", Figures.Stamp(Viewer.Clock.GetUtcNow(), Viewer.Zone)));
        var made = await Fixes.HandleAsync(new FixAudience(name[..Math.Min(name.Length, Audience.MaxNameLength)], null, detail.Audience.Id, UserId), CancellationToken.None);
        if (!made.IsOk)
        {
            Toaster.Failed(AudienceNames.Problem(made.Problem!)); // not ok
            return;
        }
        Toaster.Done(Say.With(AudienceWords.Frozen, ("name", name), ("count", Figures.Count(detail.Audience.Size))));
        Navigation.NavigateTo($"/audiences/{made.Value}");
    }

    private async Task ArchiveAsync(AudienceDetail detail)
    {
        if (!CanWrite) return;
        _version++;
        var done = await Archives.HandleAsync(new ArchiveAudience(detail.Audience.Id, true, UserId), CancellationToken.None);
        if (!done.IsOk)
        {
            Toaster.Failed(AudienceNames.Problem(done.Problem!)); // not ok
            return;
        }
        Toaster.Done(AudienceNames.Archived(done.Value), () => RestoreAsync(detail.Audience.Id));
        Navigation.NavigateTo("/audiences");
    }

    private async Task RestoreAsync(long id)
    {
        if (CanWrite) await Archives.HandleAsync(new ArchiveAudience(id, false, UserId), CancellationToken.None);
        await InvokeAsync(() => Navigation.NavigateTo($"/audiences/{id}"));
    }

    private async Task ChooseColumnsAsync(AudienceDetail detail)
    {
        _version++;
        _columns = CustomerColumn.Parse(await Preferences.ReadAsync(UserId, CustomersPage.ColumnsPreference, CancellationToken.None));
        _exported = detail;
    }

    private async Task ExportAsync(AudienceDetail detail, IReadOnlyList<CustomerColumn> chosen)
    {
        _exported = null;
        if (!await StepUp.AskAsync(Viewer.User, Capabilities.ExportCustomers)) return; // the button is not the only guard
        var (id, name) = (detail.Audience.Id, detail.Audience.Name);
        var members = await Resolve.HandleAsync(new AudienceSelection([id], []), CancellationToken.None);
        var segments = await Segments.HandleAsync(CultureInfo.CurrentUICulture.TwoLetterISOLanguageName, CancellationToken.None);
        var query = new ListCustomers(null, CustomerFilter.None, CustomerSort.LastOrder, false, null) { Scope = Viewer.User.ScopeOfCustomers() };
        var columns = ExportedList.Columns(Viewer.User, chosen, segments, name);
        var file = await Exports.HandleAsync(new ExportCustomers(query, members.Customers.ToHashSet(), columns, UserId) { Of = ExportedList.KeyOf(id) }, CancellationToken.None);
        if (!file.IsOk)
        {
            await ExportInBackgroundAsync(id, chosen);
            return;
        }
        await Downloads.SaveCsvAsync(FormattableString.Invariant($"audience-{id}"), file.Value);
        Toaster.Done(Say.With(AudienceWords.Exported, ("count", Figures.Count(members.Customers.Length))));
    }

    // Too many for a waiting page.
    private async Task ExportInBackgroundAsync(long id, IReadOnlyList<CustomerColumn> chosen)
    {
        var asked = new ExportListParameters("", CustomerColumn.Write(chosen), CultureInfo.CurrentUICulture.Name, UserId, id);
        var started = await Jobs.HandleAsync(new StartJob(ExportCustomersJob.JobKey, asked, Viewer.User.ActorName()), CancellationToken.None);
        if (started.IsOk) Navigation.NavigateTo(FormattableString.Invariant($"/customers/exports/{started.Value.RunId}"));
        else Toaster.Failed(started.Problem!.Message); // not ok is a problem
    }
}
