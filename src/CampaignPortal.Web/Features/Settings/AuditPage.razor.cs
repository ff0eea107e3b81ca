using CampaignPortal.Marketing.Audit;
using CampaignPortal.Web.Components;
using CampaignPortal.Web.Components.Shared;
using Microsoft.AspNetCore.Components;

namespace CampaignPortal.Web.Features.Settings;

/// <summary>Who did what, when and from where. The filters stand in the address.</summary>
public sealed partial class AuditPage
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    private AuditFilters? _filters;
    private string? _typed, _shown;
    private TypingPause _pause = null!; // made before the first letter

    [Inject] private ListAuditHandler Entries { get; set; } = null!; // injected before anything runs
    [Inject] private NavigationManager Navigation { get; set; } = null!; // as above
    [Inject] private TimeProvider Clock { get; set; } = null!; // as above
    [CascadingParameter] private Viewer Viewer { get; set; } = Viewer.Nobody;

    [SupplyParameterFromQuery(Name = "q")] private string? Text { get; set; }
    [SupplyParameterFromQuery(Name = "area")] private string? Area { get; set; }
    [SupplyParameterFromQuery(Name = "who")] private string? Actor { get; set; }
    [SupplyParameterFromQuery(Name = "from")] private string? From { get; set; }
    [SupplyParameterFromQuery(Name = "to")] private string? To { get; set; }
    [SupplyParameterFromQuery(Name = "before")] private long? Before { get; set; }

    private ListAudit Query { get; set; } = new(null, null, null, null, null, null);

    private bool IsFiltered => Query with { Before = null } != new ListAudit(null, null, null, null, null, null);

    protected override async Task OnInitializedAsync()
    {
        _pause = new TypingPause(Clock, Pause);
        _filters = await Entries.FiltersAsync(CancellationToken.None);
    }

    protected override void OnParametersSet()
    {
        Query = AuditQuery.Of(Text, Area, Actor, From, To, Before, Viewer.Zone);
        if ((_typed ?? "").Trim() != (Query.Text ?? "")) _shown = _typed = Query.Text;
    }

    private async Task<Marketing.Audit.AuditPage?> LoadAsync(CancellationToken ct) => await Entries.HandleAsync(Query, ct);

    private async Task TypeAsync(ChangeEventArgs e)
    {
        _typed = (string?)e.Value;
        if (await _pause.WaitAsync() is not null) Go(Query with { Text = string.IsNullOrWhiteSpace(_typed) ? null : _typed.Trim(), Before = null });
    }

    private void Go(ListAudit query) => Navigation.NavigateTo(Address(query, From, To));

    private static string? Chosen(ChangeEventArgs e) => e.Value as string is { Length: > 0 } value ? value : null;

    private static string Address(ListAudit query, string? from, string? to) => "/settings/audit" + AuditQuery.Suffix(query.Text, query.Area, query.Actor, from, to, query.Before);
}
