using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace CampaignPortal.Web.Components.Layout;

/// <summary>
/// Moves the focus to where a page begins when another page is shown, so that readers announce it. Unlike the framework's own component it
/// leaves the focus alone where somebody was quicker than the circuit: it only takes it on the first page if nothing has it.
/// </summary>
public sealed class FocusOnArrival(IJSRuntime js) : ComponentBase
{
    private Type? _shown;

    [Parameter, EditorRequired] public required Microsoft.AspNetCore.Components.RouteData RouteData { get; set; }

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (RouteData.PageType == _shown) return;
        var isFirst = _shown is null;
        _shown = RouteData.PageType;
        await js.InvokeVoidAsync("campaignPortal.arrive", isFirst);
    }
}
