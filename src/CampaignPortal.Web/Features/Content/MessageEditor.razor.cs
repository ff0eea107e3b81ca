using CampaignPortal.Marketing.Content;
using CampaignPortal.Web.Components;
using CampaignPortal.Web.Components.Shared;
using CampaignPortal.Web.Features.Customers;
using CampaignPortal.Web.Identity;
using CampaignPortal.Web.Resources;
using Microsoft.AspNetCore.Components;

namespace CampaignPortal.Web.Features.Content;

/// <summary>What the recipient holds.</summary>
public enum PreviewDevice
{
    Computer, Phone, Dark,
}

/// <summary>An author wants to see the message in a mail program.</summary>
/// <param name="Addresses">At most <see cref="MaxAddressCount"/>.</param>
/// <param name="Person">As whom it is filled.</param>
public sealed record TestRequest(MessageContent Content, PreviewPerson Person, IReadOnlyList<string> Addresses)
{
    public const int MaxAddressCount = 5;
}

public sealed partial class MessageEditor
{
    private bool _isPreview, _isTesting, _isBusy;
    private PreviewDevice _device;
    private IReadOnlyList<PreviewPerson> _people = [];
    private PreviewPerson? _person;
    private MessagePreview? _preview;
    private MessageContent? _shown;
    private IReadOnlyList<long>? _knownRecipients;
    private string? _token;
    private long _newest;

    [Inject] private PreviewMessageHandler Previews { get; set; } = null!; // injected before anything runs
    [Inject] private PreviewStore Store { get; set; } = null!; // as above
    [CascadingParameter] private Viewer Viewer { get; set; } = Viewer.Nobody;
    [Parameter, EditorRequired] public required MessageContent Content { get; set; }
    /// <summary>Raised after a pause in typing; the page keeps the draft.</summary>
    [Parameter] public EventCallback<MessageContent> ContentChanged { get; set; }
    /// <summary>People to preview as; empty takes some of everybody.</summary>
    [Parameter] public IReadOnlyList<long> Recipients { get; set; } = [];
    /// <summary>Sends a test; the button is there only when somebody listens.</summary>
    [Parameter] public EventCallback<TestRequest> OnTest { get; set; }
    /// <summary>Whether the page has its own button, which calls <see cref="AskForTest"/>.</summary>
    [Parameter] public bool IsTestOutside { get; set; }
    /// <summary>Tells this message from the others of the page, for text that outlives a lost connection.</summary>
    [Parameter] public string KeepAs { get; set; } = "0";
    /// <summary>Begins with the message as one person gets it, instead of its source.</summary>
    [Parameter] public bool BeginsWithPreview { get; set; }

    private static IReadOnlyList<(PreviewDevice Device, string Icon, string Label)> Devices =>
        [(PreviewDevice.Computer, "monitor", ContentWords.OnComputer), (PreviewDevice.Phone, "smartphone", ContentWords.OnPhone), (PreviewDevice.Dark, "moon", ContentWords.InDark)];

    private string? _address => _token is null ? null : PreviewEndpoints.AddressOf(_token, _device is PreviewDevice.Dark);

    /// <summary>Opens the dialog of a test.</summary>
    public void AskForTest()
    {
        _isTesting = true;
        StateHasChanged();
    }

    // The first answer of the server has no frame yet: what it held would be gone before the browser asked for it.
    protected override void OnInitialized() => _isPreview = BeginsWithPreview && RendererInfo.IsInteractive;

    public void Dispose()
    {
        if (_token is not null) Store.Retire(_token);
    }

    protected override async Task OnParametersSetAsync()
    {
        if (_knownRecipients is null || !_knownRecipients.SequenceEqual(Recipients))
        {
            _knownRecipients = Recipients;
            _people = await Previews.ListPeopleAsync(Recipients, CancellationToken.None);
            if (_person is null || !_people.Contains(_person)) (_person, _shown) = (_people[0], null);
        }
        if (_isPreview && _shown != Content) await RenderAsync();
    }

    private Task ShowAsync(bool isPreview)
    {
        _isPreview = isPreview;
        return isPreview && _shown != Content ? RenderAsync() : Task.CompletedTask;
    }

    private Task ChooseAsync(PreviewPerson person)
    {
        _person = person;
        return RenderAsync();
    }

    private async Task RenderAsync()
    {
        if (_person is not { } person) return;
        var (number, content) = (++_newest, Content);
        _isBusy = true;
        var preview = await Previews.HandleAsync(content, person, Viewer.User.SeesIdentified() ? null : name => Masked.Name(name, Viewer.User), CancellationToken.None);
        if (number != _newest) return; // a newer one is on its way
        (_preview, _shown, _isBusy) = (preview, content, false);
        if (_token is not null) Store.Retire(_token);
        _token = preview.Outcome is RenderedMessage message && Viewer.User.UserId() is { } user ? Store.Add(message.Html, user) : null;
    }

    private async Task TestAsync((PreviewPerson Person, IReadOnlyList<string> Addresses) test)
    {
        _isTesting = false;
        if (Viewer.User.Can(Capabilities.WriteContent)) await OnTest.InvokeAsync(new TestRequest(Content, test.Person, test.Addresses));
    }
}
