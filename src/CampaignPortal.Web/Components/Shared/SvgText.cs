using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Rendering;

namespace CampaignPortal.Web.Components.Shared;

/// <summary>A text inside a drawing. Razor keeps the element's name for itself, so markup cannot write it.</summary>
public sealed class SvgText : ComponentBase
{
    [Parameter, EditorRequired] public double X { get; set; }
    [Parameter, EditorRequired] public double Y { get; set; }
    /// <summary><c>start</c>, <c>middle</c> or <c>end</c>.</summary>
    [Parameter] public string Anchor { get; set; } = "start";
    /// <summary>In the colour of text instead of that of labels.</summary>
    [Parameter] public bool Dark { get; set; }
    /// <summary>A class in place of the two: the ink of a filled cell, for instance.</summary>
    [Parameter] public string? Class { get; set; }
    [Parameter, EditorRequired] public required string Text { get; set; }

    protected override void BuildRenderTree(RenderTreeBuilder builder)
    {
        builder.OpenElement(0, "text");
        builder.AddAttribute(1, "x", Svg.N(X));
        builder.AddAttribute(2, "y", Svg.N(Y));
        builder.AddAttribute(3, "text-anchor", Anchor);
        if ((Class ?? (Dark ? "dk" : null)) is { } name) builder.AddAttribute(4, "class", name);
        builder.AddContent(5, Text);
        builder.CloseElement();
    }
}
