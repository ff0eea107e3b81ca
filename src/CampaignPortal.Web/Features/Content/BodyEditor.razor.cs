using CampaignPortal.Marketing.Content;
using CampaignPortal.Marketing.Content.Templates;
using CampaignPortal.Web.Components.Shared;
using CampaignPortal.Web.Resources;
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
    private IReadOnlyList<ContentProblem> _mjmlProblems = [];
    private bool _isCompiling;
    private int _formatTurn;
    private IJSObjectReference? _mjml;

    [Inject] private MessageComposer Composer { get; set; } = null!; // injected before anything runs
    [Inject] private IJSRuntime Js { get; set; } = null!; // as above
    [Inject] private Confirmation Confirmation { get; set; } = null!; // as above
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
            if (_mjml is not null) await _mjml.DisposeAsync();
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

    private string Source => Content.BodyFormat is BodyFormat.Mjml ? Content.Mjml ?? "" : Content.Body;

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (firstRender && Content.IsBehindSource) await CompileAsync(Source); // left behind by another browser, or by a change without a line
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

    private async Task SetBodyAsync(ChangeEventArgs change)
    {
        var text = (string?)change.Value ?? "";
        if (Content.BodyFormat is not BodyFormat.Mjml)
        {
            await ContentChanged.InvokeAsync(Content with { Body = text });
            return;
        }
        await ContentChanged.InvokeAsync(Content with { Mjml = text }); // what was typed is safe before anything can go wrong
        await CompileAsync(text);
    }

    private async Task SetFormatAsync(ChangeEventArgs change)
    {
        var chosen = Parse(change, Content.BodyFormat);
        if (chosen is BodyFormat.Mjml && Content.BodyFormat is not BodyFormat.Mjml) await BeginMjmlAsync();
        else if (Content.BodyFormat is BodyFormat.Mjml && chosen is not BodyFormat.Mjml) await LeaveMjmlAsync(chosen);
        else await ContentChanged.InvokeAsync(Content with { BodyFormat = chosen });
        _formatTurn++; // the choice shows what is so, also where it was not taken
    }

    // Nothing changes before the body has been compiled once: there is no mail without HTML. The sections of MJML are a frame of their own.
    private async Task BeginMjmlAsync()
    {
        var source = MessageComposer.BeginMjml(Content);
        if (await MjmlAsync(source) is { } html) await ContentChanged.InvokeAsync((Content with { BodyFormat = BodyFormat.Mjml, Layout = MessageLayout.Plain }).WithCompiled(source, html));
    }

    private async Task LeaveMjmlAsync(BodyFormat chosen)
    {
        if (!await Confirmation.AskAsync(new Question(ContentWords.LeaveMjml, ContentWords.LeaveMjmlText, ContentWords.LeaveMjmlDo))) return;
        _mjmlProblems = [];
        await ContentChanged.InvokeAsync(Content with { BodyFormat = chosen, Mjml = null, CompiledFrom = null });
    }

    private async Task CompileAsync(string source)
    {
        if (await MjmlAsync(source) is not { } html || Source != source) return; // a later change compiles by itself
        await ContentChanged.InvokeAsync(Content.WithCompiled(source, html));
    }

    /// <summary>The HTML of a source; null where it cannot be compiled, and then the problems say why.</summary>
    private async Task<string?> MjmlAsync(string source)
    {
        _isCompiling = true;
        StateHasChanged();
        try
        {
            _mjml ??= await Js.InvokeAsync<IJSObjectReference>("import", "/" + Assets["assets/mjml.js"]);
            var made = await _mjml.InvokeAsync<MjmlMade>("compile", source);
            var html = made.Html is { Length: > MessageContent.MaxBodyLength } ? null : made.Html;
            _mjmlProblems = html is null && made.Html is not null
                ? [Problem(1, ContentWords.MjmlTooLong)]
                : [.. made.Errors.Select(e => Problem(e.Line, e.Message))];
            return html;
        }
        catch (JSException)
        {
            _mjmlProblems = [Problem(1, ContentWords.MjmlNotHere)];
            return null;
        }
        finally
        {
            _isCompiling = false;
            StateHasChanged();
        }

        static ContentProblem Problem(int line, string message) => new(ContentPlace.Body, new TemplateProblem(Math.Max(1, line), 1, TemplateCodes.Mjml, message, message));
    }

    private Task SetLayoutAsync(ChangeEventArgs change) => ContentChanged.InvokeAsync(Content with { Layout = Parse(change, Content.Layout) });

    private Task SetMissingAsync(ChangeEventArgs change) => ContentChanged.InvokeAsync(Content with { WhenMissing = Parse(change, Content.WhenMissing) });

    private Task SetLanguageAsync(ChangeEventArgs change) => ContentChanged.InvokeAsync(Content with { Language = change.Value is "en" or "zh-Hans" ? (string)change.Value : "" });

    private Task SetFooterAsync(ChangeEventArgs change) => ContentChanged.InvokeAsync(Content with { HasOwnFooter = change.Value is true });

    private static T Parse<T>(ChangeEventArgs change, T standard) where T : struct, Enum => Enum.TryParse<T>(change.Value?.ToString(), out var value) && Enum.IsDefined(value) ? value : standard;

    private sealed record MjmlMade(string? Html, IReadOnlyList<MjmlError> Errors);

    private sealed record MjmlError(int Line, string Message);
}
