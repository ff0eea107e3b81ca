using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Rendering;
using Microsoft.AspNetCore.Components.Routing;

namespace CampaignPortal.Web.Components.Shared;

/// <summary>Keeps a failure inside its panel: the rest of the page lives, the reader gets a reference, the log gets the cause.</summary>
public sealed class PanelBoundary : ErrorBoundaryBase, IDisposable
{
    private string? _reference;

    [Inject] private ILogger<PanelBoundary> Log { get; set; } = null!; // injected before anything runs
    [Inject] private NavigationManager Navigation { get; set; } = null!; // as above

    public void Dispose() => Navigation.LocationChanged -= RecoverOnNavigation;

    protected override void OnInitialized() => Navigation.LocationChanged += RecoverOnNavigation;

    protected override Task OnErrorAsync(Exception exception)
    {
        _reference = ErrorReference.New();
        Log.PartFailed(_reference, exception);
        return Task.CompletedTask;
    }

    protected override void BuildRenderTree(RenderTreeBuilder builder)
    {
        if (CurrentException is null)
        {
            builder.AddContent(0, ChildContent);
            return;
        }
        builder.OpenComponent<PageError>(1);
        builder.AddComponentParameter(2, nameof(PageError.Reference), _reference);
        builder.AddComponentParameter(3, nameof(PageError.OnRetry), EventCallback.Factory.Create(this, Recover));
        builder.CloseComponent();
    }

    private void RecoverOnNavigation(object? sender, LocationChangedEventArgs e)
    {
        if (CurrentException is not null) _ = InvokeAsync(Recover);
    }
}
