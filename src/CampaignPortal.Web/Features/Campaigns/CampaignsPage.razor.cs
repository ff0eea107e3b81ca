using System.Globalization;
using CampaignPortal.Marketing.Campaigns;
using CampaignPortal.Web.Components;
using CampaignPortal.Web.Components.Shared;
using CampaignPortal.Web.Identity;
using Microsoft.AspNetCore.Components;

namespace CampaignPortal.Web.Features.Campaigns;

/// <summary>All campaigns by state, or those of a month by day; those that are being sent move while one looks.</summary>
public sealed partial class CampaignsPage : IDisposable
{
    private const string MonthFormat = "yyyy-MM";

    private static readonly TimeSpan Refresh = TimeSpan.FromSeconds(5);

    private ITimer? _timer;
    private bool _isMoving;
    private int _tick;

    [Inject] private ListCampaignsHandler Campaigns { get; set; } = null!; // injected before anything runs
    [Inject] private ReadCampaignCalendarHandler Calendar { get; set; } = null!; // as above
    [Inject] private CampaignBeginning Beginning { get; set; } = null!; // as above
    [Inject] private NavigationManager Navigation { get; set; } = null!; // as above
    [CascadingParameter] private Viewer Viewer { get; set; } = Viewer.Nobody;
    [SupplyParameterFromQuery(Name = "tab")] private string? Tab { get; set; }
    [SupplyParameterFromQuery(Name = "q")] private string? Search { get; set; }

    [SupplyParameterFromQuery(Name = "view")] private string? View { get; set; }
    [SupplyParameterFromQuery(Name = "month")] private string? Month { get; set; }

    private bool IsCalendar => View is "calendar";

    // Null is the month of today, also for what no calendar can show.
    private DateOnly? AskedMonth => DateOnly.TryParseExact(Month, MonthFormat, CultureInfo.InvariantCulture, DateTimeStyles.None, out var month) && month.Year is >= 2000 and < 2200 ? month : null;

    private CampaignTab Shown => Enum.TryParse<CampaignTab>(Tab, ignoreCase: true, out var tab) ? tab : CampaignTab.All;

    private bool MayWrite => Viewer.User.Can(Capabilities.WriteContent);

    public void Dispose() => _timer?.Dispose();

    protected override void OnInitialized()
    {
        if (RendererInfo.IsInteractive) _timer = Viewer.Clock.CreateTimer(_ => Look(), null, Refresh, Refresh);
    }

    private async Task<CampaignList?> LoadAsync(CancellationToken ct)
    {
        var list = await Campaigns.HandleAsync(Shown, Search, ct);
        _isMoving = list.Rows.Any(r => r.State is CampaignState.Sending or CampaignState.Scheduled);
        return list;
    }

    private async Task<CampaignCalendar?> LoadMonthAsync(CancellationToken ct)
    {
        var calendar = await Calendar.HandleAsync(AskedMonth, Viewer.Zone, Search, ct);
        _isMoving = calendar.Days.SelectMany(d => d.Entries).Any(e => e.State is CampaignState.Sending or CampaignState.Scheduled);
        return calendar;
    }

    private void Find(string? name) => Navigation.NavigateTo(IsCalendar ? MonthAddress(AskedMonth, name) : ListAddress(Shown, name));

    private async Task CreateAsync()
    {
        if (!MayWrite) return;
        Navigation.NavigateTo($"/campaigns/{await Beginning.CreateAsync(null, null, Viewer, CancellationToken.None)}/edit");
    }

    private void Look() => _ = InvokeAsync(() =>
    {
        if (!_isMoving) return;
        _tick++;
        StateHasChanged();
    });

    private static string ListAddress(CampaignTab tab, string? search) =>
        QueryText.Address("/campaigns", ("tab", tab is CampaignTab.All ? null : tab.ToString().ToLowerInvariant()), ("q", search?.Trim()));

    private static string MonthAddress(DateOnly? month, string? search) =>
        QueryText.Address("/campaigns", ("view", "calendar"), ("month", month?.ToString(MonthFormat, CultureInfo.InvariantCulture)), ("q", search?.Trim()));
}
