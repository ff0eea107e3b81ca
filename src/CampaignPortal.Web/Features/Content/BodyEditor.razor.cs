using CampaignPortal.Marketing.Content;
using CampaignPortal.Marketing.Content.Templates;
using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace CampaignPortal.Web.Features.Content;

public sealed partial class BodyEditor
{
    private ElementReference _area;
    private IJSObjectReference? _module, _editor;
    private bool _isText, _isPicking;
    private MessageContent? _checked;
    private IReadOnlyList<ContentProblem> _problems = [];

    [Inject] private MessageComposer Composer { get; set; } = null!; // injected before anything runs
    [Inject] private IJSRuntime Js { get; set; } = null!; // as above
    [Parameter, EditorRequired] public required MessageContent Content { get; set; }
    [Parameter] public EventCallback<MessageContent> ContentChanged { get; set; }
    [Parameter] public IReadOnlyList<long> Recipients { get; set; } = [];
    [Parameter] public string KeepAs { get; set; } = "0";

    public async ValueTask DisposeAsync()
    {
        try
        {
            if (_editor is not null) await _editor.InvokeVoidAsync("dispose");
            if (_editor is not null) await _editor.DisposeAsync();
            if (_module is not null) await _module.DisposeAsync();
        }
        catch (JSDisconnectedException)
        {
            // The browser is gone, and its listeners with it.
        }
    }

    protected override void OnParametersSet()
    {
        if (_checked == Content) return;
        (_checked, _problems) = (Content, Composer.Compile(Content).Problems);
    }

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (_isText)
        {
            if (_editor is not null) await _editor.DisposeAsync(); // its field is gone
            _editor = null;
            return;
        }
        if (_editor is not null) return;
        _module ??= await Js.InvokeAsync<IJSObjectReference>("import", "/" + Assets["assets/composer.js"]);
        _editor = await _module.InvokeAsync<IJSObjectReference>("create", _area);
    }

    private async Task InsertAsync(string before, string after, string sample)
    {
        if (_editor is not null) await _editor.InvokeVoidAsync("insert", before, after, sample);
    }

    private async Task GoAsync(TemplateProblem problem)
    {
        if (_editor is not null) await _editor.InvokeVoidAsync("goTo", problem.Line, problem.Column);
    }

    private Task SetBodyAsync(ChangeEventArgs change) => ContentChanged.InvokeAsync(Content with { Body = (string?)change.Value ?? "" });

    private Task SetFormatAsync(ChangeEventArgs change) => ContentChanged.InvokeAsync(Content with { BodyFormat = Parse(change, Content.BodyFormat) });

    private Task SetLayoutAsync(ChangeEventArgs change) => ContentChanged.InvokeAsync(Content with { Layout = Parse(change, Content.Layout) });

    private Task SetMissingAsync(ChangeEventArgs change) => ContentChanged.InvokeAsync(Content with { WhenMissing = Parse(change, Content.WhenMissing) });

    private Task SetLanguageAsync(ChangeEventArgs change) => ContentChanged.InvokeAsync(Content with { Language = change.Value is "en" or "zh-Hans" ? (string)change.Value : "" });

    private Task SetFooterAsync(ChangeEventArgs change) => ContentChanged.InvokeAsync(Content with { HasOwnFooter = change.Value is true });

    private static T Parse<T>(ChangeEventArgs change, T standard) where T : struct, Enum => Enum.TryParse<T>(change.Value?.ToString(), out var value) && Enum.IsDefined(value) ? value : standard;
}
