using CampaignPortal.Marketing.Audiences;
using CampaignPortal.Marketing.Customers;
using CampaignPortal.Marketing.Database;
using CampaignPortal.Marketing.Insights;
using CampaignPortal.Marketing.Jobs;
using CampaignPortal.Marketing.Privacy;
using CampaignPortal.Web.Components;
using CampaignPortal.Web.Components.Shared;
using CampaignPortal.Web.Identity;
using CampaignPortal.Web.Resources;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Routing;
using Microsoft.AspNetCore.WebUtilities;

namespace CampaignPortal.Web.Features.Customers;

/// <summary>The list of customers. Everything that changes what is shown stands in the address; how it is shown is remembered for the person.</summary>
public sealed partial class CustomersPage
{
    internal const string ColumnsPreference = "customers.columns";
    private const string DensityPreference = "customers.density", ViewsOf = "customers";
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    private readonly HashSet<long> _selected = [];
    private string? _typed;
    private string? _shown; // changes only when the address does: a late answer must not take typed letters back
    private CustomerList? _list;
    private IReadOnlyDictionary<int, string> _segments = new Dictionary<int, string>();
    private IReadOnlyList<string> _countries = [];
    private IReadOnlyList<OwnerChoice> _owners = [];
    private IReadOnlyList<CustomerColumn> _columns = CustomerColumn.Default;
    private IReadOnlyList<SavedView> _views = [];
    private string _density = "";
    private long? _previewed;
    private bool _isAdding;
    private TypingPause _pause = null!; // made before the first letter

    [Inject] private ListCustomersHandler Customers { get; set; } = null!; // injected before anything runs
    [Inject] private ExportCustomersHandler Exports { get; set; } = null!; // as above
    [Inject] private StartJobHandler Jobs { get; set; } = null!; // as above
    [Inject] private SegmentNamesHandler Segments { get; set; } = null!; // as above
    [Inject] private CustomerOwners Owners { get; set; } = null!; // as above
    [Inject] private FixAudienceHandler Audiences { get; set; } = null!; // as above
    [Inject] private Preferences Preferences { get; set; } = null!; // as above
    [Inject] private Downloads Downloads { get; set; } = null!; // as above
    [Inject] private StepUpPrompt StepUp { get; set; } = null!; // as above
    [Inject] private Toaster Toaster { get; set; } = null!; // as above
    [Inject] private NavigationManager Navigation { get; set; } = null!; // as above
    [Inject] private TimeProvider Clock { get; set; } = null!; // as above
    [CascadingParameter] private Viewer Viewer { get; set; } = Viewer.Nobody;

    private ListCustomers Query { get; set; } = new(null, CustomerFilter.None, CustomerSort.LastOrder, false, null);

    private bool IsFiltered => Query.Search is not null || !Query.Filter.IsEmpty;

    private bool IsTooShort => Query.Search is { } text && text.Length < ContactDirectory.MinFragmentLength;

    private bool CanExport => Viewer.User.Can(Capabilities.ExportCustomers);

    private long UserId => Viewer.User.UserId() ?? 0;

    private string? NothingHint => Query.Search is not { } text ? null
        : Say.With(_list is { Similar.Count: > 0 } ? CustomersWords.SimilarHint : Words.NoCustomerWith, ("text", text));

    public void Dispose() => Navigation.LocationChanged -= FollowAddress;

    protected override async Task OnInitializedAsync()
    {
        _pause = new TypingPause(Clock, Pause);
        ReadAddress();
        Navigation.LocationChanged += FollowAddress;
        _segments = await Segments.HandleAsync(System.Globalization.CultureInfo.CurrentUICulture.TwoLetterISOLanguageName, CancellationToken.None);
        _countries = Customers.Countries();
        _columns = CustomerColumn.Parse(await Preferences.ReadAsync(UserId, ColumnsPreference, CancellationToken.None));
        _density = await Preferences.ReadAsync(UserId, DensityPreference, CancellationToken.None) is ("dense" or "airy") and var known ? known : "";
        _views = await Preferences.ViewsAsync(UserId, ViewsOf, CancellationToken.None);
        if (Query.Filter.AssignedTo is not null) _owners = await Owners.ChoicesAsync(CancellationToken.None);
    }

    private void FollowAddress(object? sender, LocationChangedEventArgs e)
    {
        if (new Uri(e.Location).AbsolutePath is not "/customers") return; // on the way to another page
        _ = InvokeAsync(() =>
        {
            ReadAddress();
            StateHasChanged();
        });
    }

    private void ReadAddress()
    {
        var address = QueryHelpers.ParseQuery(new Uri(Navigation.Uri).Query);
        Query = CustomersAddress.Read(name => address.TryGetValue(name, out var value) ? value.ToString() : null) with { Scope = Viewer.User.ScopeOfCustomers() };
        if ((_typed ?? "").Trim() != (Query.Search ?? "")) _shown = _typed = Query.Search;
        if (IsTooShort) _list = null;
        _selected.Clear();
    }

    private async Task<CustomerList?> LoadAsync(CancellationToken ct)
    {
        _list = await Customers.HandleAsync(Query, ct);
        StateHasChanged();
        return _list;
    }

    // The address follows when the typing pauses; a step back undoes the search, not a letter.
    private async Task TypeAsync(ChangeEventArgs e)
    {
        _typed = (string?)e.Value;
        if (await _pause.WaitAsync() is null) return;
        var text = string.IsNullOrWhiteSpace(_typed) ? null : _typed.Trim();
        Navigation.NavigateTo(CustomersAddress.Of(Query with { Search = text, After = null }), replace: Query.Search is not null && text is not null);
    }

    private void GoTo(ListCustomers query) => Navigation.NavigateTo(CustomersAddress.Of(query));

    private string SortLink(CustomerSort sort) => CustomersAddress.Of(Query with { Sort = sort, IsAscending = Query.Sort == sort && !Query.IsAscending, After = null });

    private void Toggle(long id)
    {
        if (!_selected.Remove(id)) _selected.Add(id);
    }

    private void TogglePage(IReadOnlyList<CustomerRow> rows, bool isOn)
    {
        foreach (var row in rows)
        {
            if (isOn) _selected.Add(row.Id);
            else _selected.Remove(row.Id);
        }
    }

    private async Task SelectAllAsync() => _selected.UnionWith(await Customers.NumbersAsync(Query with { After = null }, CancellationToken.None));

    private async Task ExportAsync(bool onlySelected)
    {
        if (!await StepUp.AskAsync(Viewer.User, Capabilities.ExportCustomers)) return; // the button is not the only guard
        var columns = ExportedList.Columns(Viewer.User, _columns, _segments);
        var query = Query with { After = null };
        var file = await Exports.HandleAsync(new ExportCustomers(query, onlySelected ? _selected : null, columns, UserId), CancellationToken.None);
        if (!file.IsOk)
        {
            await ExportInBackgroundAsync(query, onlySelected);
            return;
        }
        await Downloads.SaveCsvAsync("customers", file.Value);
        Toaster.Done(Say.With(CustomersWords.Exported, ("count", Figures.Count(onlySelected ? _selected.Count : _list?.MatchCount ?? 0))));
    }

    // Not for a search: its text may name a person, and what a job shall do lies open in the store.
    private async Task ExportInBackgroundAsync(ListCustomers query, bool onlySelected)
    {
        if (onlySelected || query.Search is not null)
        {
            Toaster.Failed(CustomersWords.ExportTooMany);
            return;
        }
        var asked = new ExportListParameters(CustomersAddress.QueryOf(query), CustomerColumn.Write(_columns), System.Globalization.CultureInfo.CurrentUICulture.Name, UserId);
        var started = await Jobs.HandleAsync(new StartJob(ExportCustomersJob.JobKey, asked, Viewer.User.ActorName()), CancellationToken.None);
        if (started.IsOk) Navigation.NavigateTo(FormattableString.Invariant($"/customers/exports/{started.Value.RunId}"));
        else Toaster.Failed(started.Problem!.Message); // not ok is a problem
    }

    private async Task MakeAudienceAsync()
    {
        if (!Viewer.User.Can(Capabilities.WriteAudiences)) return; // the button is not the only guard
        var name = Say.With(AudienceWords.NewFromCustomersName, ("day", Figures.Stamp(Clock.GetUtcNow(), Viewer.Zone)));
        var made = await Audiences.HandleAsync(new FixAudience(name, _selected, null, UserId), CancellationToken.None);
        if (!made.IsOk)
        {
            Toaster.Failed(Features.Audiences.AudienceNames.Problem(made.Problem!)); // not ok
            return;
        }
        Toaster.Done(Say.With(AudienceWords.MadeFromCustomers, ("name", name), ("count", Figures.Count(_selected.Count))));
        Navigation.NavigateTo($"/audiences/{made.Value}");
    }

    private Task ChooseColumnsAsync(IReadOnlyList<CustomerColumn> columns)
    {
        _columns = columns;
        return Preferences.SaveAsync(UserId, ColumnsPreference, CustomerColumn.Write(columns), CancellationToken.None);
    }

    private Task ChooseDensityAsync(string density)
    {
        _density = density;
        return Preferences.SaveAsync(UserId, DensityPreference, density, CancellationToken.None);
    }

    private async Task SaveViewAsync(string name)
    {
        await Preferences.SaveViewAsync(UserId, ViewsOf, name, CustomersAddress.QueryOf(Query with { After = null }), CancellationToken.None);
        _views = await Preferences.ViewsAsync(UserId, ViewsOf, CancellationToken.None);
        Toaster.Done(Say.With(CustomersWords.ViewSaved, ("name", name)));
    }

    private async Task DeleteViewAsync(SavedView view)
    {
        await Preferences.DeleteViewAsync(UserId, view.Id, CancellationToken.None);
        _views = await Preferences.ViewsAsync(UserId, ViewsOf, CancellationToken.None);
        Toaster.Done(Say.With(CustomersWords.ViewDeleted, ("name", view.Name)), () => SaveAgainAsync(view));
    }

    private async Task SaveAgainAsync(SavedView view)
    {
        await Preferences.SaveViewAsync(UserId, ViewsOf, view.Name, view.Query, CancellationToken.None);
        _views = await Preferences.ViewsAsync(UserId, ViewsOf, CancellationToken.None);
        await InvokeAsync(StateHasChanged);
    }
}
