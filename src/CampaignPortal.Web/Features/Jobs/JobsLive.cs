using CampaignPortal.Marketing.Jobs;
using CampaignPortal.Web.Components;
using CampaignPortal.Web.Components.Shared;
using Microsoft.AspNetCore.Components;

namespace CampaignPortal.Web.Features.Jobs;

/// <summary>A part that follows the jobs: drawn again when one moves on (once a second at most), and now and then for "in 12 min".</summary>
public abstract class JobsLive : ComponentBase, IDisposable
{
    private static readonly TimeSpan Minute = TimeSpan.FromSeconds(20);

    private ITimer? _timer;
    private Action? _heard;

    [Inject] protected RunningJobs Running { get; set; } = null!; // injected before anything runs
    [Inject] protected TimeProvider Clock { get; set; } = null!; // as above
    [CascadingParameter] protected Viewer Viewer { get; set; } = Viewer.Nobody;

    /// <summary>Counts what was heard: part of the key of whatever follows a log.</summary>
    protected long Tick { get; private set; }

    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    protected virtual void Dispose(bool disposing)
    {
        if (_heard is not null) Running.Changed -= _heard;
        _timer?.Dispose();
    }

    protected override void OnInitialized()
    {
        if (!RendererInfo.IsInteractive) return; // the page that is sent first stands still
        Running.Changed += _heard = AsReader.Of(Heard);
        _timer = Clock.CreateTimer(_ => Heard(), null, Minute, Minute);
    }

    private void Heard() => _ = InvokeAsync(() =>
    {
        Tick++;
        StateHasChanged();
    });
}
