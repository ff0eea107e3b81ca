using CampaignPortal.Marketing.Campaigns;
using CampaignPortal.Web.Components;
using CampaignPortal.Web.Identity;
using Microsoft.AspNetCore.Components;

namespace CampaignPortal.Web.Features.Campaigns;

/// <summary>All campaigns by state; those that are being sent move while one looks.</summary>
public sealed partial class CampaignsPage : IDisposable
{
    private static readonly TimeSpan Refresh = TimeSpan.FromSeconds(5);

    private ITimer? _timer;
    private bool _isMoving;
    private int _tick;

    [Inject] private ListCampaignsHandler Campaigns { get; set; } = null!; // injected before anything runs
    [Inject] private CampaignBeginning Beginning { get; set; } = null!; // as above
    [Inject] private NavigationManager Navigation { get; set; } = null!; // as above
    [CascadingParameter] private Viewer Viewer { get; set; } = Viewer.Nobody;
    [SupplyParameterFromQuery(Name = "tab")] private string? Tab { get; set; }
    [SupplyParameterFromQuery(Name = "q")] private string? Search { get; set; }

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

    private static string Address(CampaignTab tab, string? search)
    {
        var parts = new List<string>();
        if (tab is not CampaignTab.All) parts.Add("tab=" + tab.ToString().ToLowerInvariant());
        if (!string.IsNullOrWhiteSpace(search)) parts.Add("q=" + Uri.EscapeDataString(search.Trim()));
        return "/campaigns" + (parts.Count > 0 ? "?" + string.Join('&', parts) : "");
    }
}
