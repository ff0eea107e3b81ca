using System.Globalization;
using CampaignPortal.Marketing.Customers;
using CampaignPortal.Marketing.Insights;
using CampaignPortal.Marketing.Predictions;
using CampaignPortal.Marketing.Privacy;
using CampaignPortal.Web.Components.Shared;
using Microsoft.AspNetCore.Components;

namespace CampaignPortal.Web.Features.Customers;

/// <summary>The list of customers. Everything that changes what is shown stands in the address.</summary>
public sealed partial class CustomersPage
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    private string? _typed;
    private string? _shown; // changes only when the address does: a late answer must not take typed letters back
    private CustomerList? _list;
    private IReadOnlyDictionary<int, string> _segments = new Dictionary<int, string>();
    private TypingPause _pause = null!; // made before the first letter

    [Inject] private ListCustomersHandler Customers { get; set; } = null!; // injected before anything runs
    [Inject] private ReadModelsHandler Models { get; set; } = null!; // as above
    [Inject] private NavigationManager Navigation { get; set; } = null!; // as above
    [Inject] private TimeProvider Clock { get; set; } = null!; // as above

    [SupplyParameterFromQuery(Name = "q")] private string? Search { get; set; }
    [SupplyParameterFromQuery(Name = "stage")] private string? Stage { get; set; }
    [SupplyParameterFromQuery(Name = "segment")] private int? Segment { get; set; }
    [SupplyParameterFromQuery(Name = "sort")] private string? Sort { get; set; }
    [SupplyParameterFromQuery(Name = "after")] private string? After { get; set; }

    private ListCustomers Query { get; set; } = new(null, null, null, CustomerSort.LastOrder, false, null);

    private bool IsFiltered => Query.Search is not null || Query.Stage is not null || Query.Segment is not null;

    private bool IsTooShort => Query.Search is { } text && text.Length < ContactDirectory.MinFragmentLength;

    protected override async Task OnInitializedAsync()
    {
        _pause = new TypingPause(Clock, Pause);
        _segments = await Models.SegmentNamesAsync(CultureInfo.CurrentUICulture.TwoLetterISOLanguageName, CancellationToken.None);
    }

    protected override void OnParametersSet()
    {
        var isAscending = Sort?.EndsWith("-up", StringComparison.Ordinal) is true;
        var sort = Enum.TryParse<CustomerSort>(isAscending ? Sort![..^3] : Sort, ignoreCase: true, out var known) && Enum.IsDefined(known) ? known : CustomerSort.LastOrder;
        var stage = Enum.TryParse<LifeStage>(Stage, ignoreCase: true, out var knownStage) && Enum.IsDefined(knownStage) ? knownStage : (LifeStage?)null;
        var search = string.IsNullOrWhiteSpace(Search) ? null : Search.Trim();
        Query = new ListCustomers(search, stage, Segment, sort, isAscending, After);
        if ((_typed ?? "").Trim() != (search ?? "")) _shown = _typed = search;
        if (IsTooShort) _list = null;
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
        Navigation.NavigateTo(Address(Query with { Search = text, After = null }), replace: Query.Search is not null && text is not null);
    }

    private void Go(string? stage = null, string? segment = null)
    {
        var query = Query with { After = null };
        if (stage is not null) query = query with { Stage = Enum.TryParse<LifeStage>(stage, out var known) ? known : null };
        if (segment is not null) query = query with { Segment = int.TryParse(segment, CultureInfo.InvariantCulture, out var number) ? number : null };
        Navigation.NavigateTo(Address(query));
    }

    private string SortLink(CustomerSort sort) => Address(Query with { Sort = sort, IsAscending = Query.Sort == sort && !Query.IsAscending, After = null });

    private static string Address(ListCustomers query)
    {
        var parts = new List<string>();
        if (query.Search is not null) parts.Add("q=" + Uri.EscapeDataString(query.Search));
        if (query.Stage is { } stage) parts.Add("stage=" + stage);
        if (query.Segment is { } segment) parts.Add("segment=" + segment.ToString(CultureInfo.InvariantCulture));
        if (query.Sort is not CustomerSort.LastOrder || query.IsAscending) parts.Add("sort=" + query.Sort.ToString().ToLowerInvariant() + (query.IsAscending ? "-up" : ""));
        if (query.After is not null) parts.Add("after=" + Uri.EscapeDataString(query.After));
        return "/customers" + (parts.Count == 0 ? "" : "?" + string.Join('&', parts));
    }
}
