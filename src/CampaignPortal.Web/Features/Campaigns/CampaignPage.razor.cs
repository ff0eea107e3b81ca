using CampaignPortal.Marketing.Campaigns;
using CampaignPortal.Marketing.Insights.Campaigns;
using CampaignPortal.Web.Components;
using CampaignPortal.Web.Resources;
using Microsoft.AspNetCore.Components;

namespace CampaignPortal.Web.Features.Campaigns;

/// <summary>What a campaign does and did. While it is being sent the figures move every two seconds, later every ten.</summary>
public sealed partial class CampaignPage : IDisposable
{
    private static readonly TimeSpan Beat = TimeSpan.FromSeconds(2);
    private const int QuietBeats = 5;

    private ITimer? _timer;
    private CampaignState? _state;
    private string? _name;
    private int _tick, _beat;

    [Inject] private ReadCampaignResultHandler Results { get; set; } = null!; // injected before anything runs
    [CascadingParameter] private Viewer Viewer { get; set; } = Viewer.Nobody;
    [Parameter] public long Id { get; set; }
    [SupplyParameterFromQuery(Name = "tab")] private string? Tab { get; set; }
    [SupplyParameterFromQuery(Name = "arm")] private string? Arm { get; set; }
    [SupplyParameterFromQuery(Name = "status")] private string? Status { get; set; }
    [SupplyParameterFromQuery(Name = "after")] private long? After { get; set; }

    public void Dispose() => _timer?.Dispose();

    protected override void OnInitialized()
    {
        if (RendererInfo.IsInteractive) _timer = Viewer.Clock.CreateTimer(_ => _ = InvokeAsync(Follow), null, Beat, Beat);
    }

    private async Task<CampaignResult?> LoadAsync(CancellationToken ct)
    {
        var result = await Results.HandleAsync(Id, ct);
        (_state, _name) = (result?.State, result?.Name);
        return result;
    }

    private void Follow()
    {
        if (_state is null || (_state is not CampaignState.Sending && ++_beat % QuietBeats is not 0)) return;
        Look();
    }

    private void Look()
    {
        _tick++;
        StateHasChanged();
    }

    private string ShownOf(CampaignResult result) => Tab is not null && TabsOf(result).Any(t => t.Key == Tab) ? Tab : "overview";

    private static IEnumerable<(string Key, string Title)> TabsOf(CampaignResult result)
    {
        yield return ("overview", CampaignWords.TabOverview);
        if (result.Test is not null) yield return ("test", CampaignWords.TabTest);
        yield return ("recipients", CampaignWords.TabRecipients);
        if (result.Sent.Sent > 0) yield return ("links", CampaignWords.TabLinks);
        yield return ("content", CampaignWords.TabContent);
        yield return ("history", CampaignWords.TabHistory);
    }

    private string Address(string tab) => $"/campaigns/{Id}" + (tab is "overview" ? "" : "?tab=" + tab);
}
