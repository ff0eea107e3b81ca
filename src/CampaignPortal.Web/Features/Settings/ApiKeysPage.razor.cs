using System.Globalization;
using CampaignPortal.Marketing.Access;
using CampaignPortal.Web.Components;
using CampaignPortal.Web.Components.Shared;
using CampaignPortal.Web.Identity;
using CampaignPortal.Web.Resources;
using Microsoft.AspNetCore.Components;

namespace CampaignPortal.Web.Features.Settings;

/// <summary>The keys of the HTTP API.</summary>
public sealed partial class ApiKeysPage
{
    private readonly HashSet<string> _scopes = [ApiScopes.EventsWrite];
    private string _name = "";
    private string _days = "365";
    private string? _problem, _secret;
    private string _secretOf = "";
    private int _version;

    [Inject] private ManageApiKeysHandler Keys { get; set; } = null!; // injected before anything runs
    [Inject] private StepUpPrompt StepUp { get; set; } = null!; // as above
    [Inject] private Confirmation Confirmation { get; set; } = null!; // as above
    [Inject] private Toaster Toaster { get; set; } = null!; // as above
    [CascadingParameter] private Viewer Viewer { get; set; } = Viewer.Nobody;

    private async Task<IReadOnlyList<ApiKeyRow>?> LoadAsync(CancellationToken ct) => await Keys.ListAsync(ct);

    private void Choose(string scope, bool isChosen)
    {
        if (isChosen) _scopes.Add(scope);
        else _scopes.Remove(scope);
    }

    private async Task CreateAsync()
    {
        if (!await StepUp.AskAsync(Viewer.User, Capabilities.ManageUsers)) return;
        var days = int.Parse(_days, CultureInfo.InvariantCulture);
        var made = await Keys.CreateAsync(Viewer.User, _name.Trim(), [.. ApiScopes.All.Where(_scopes.Contains)], days > 0 ? TimeSpan.FromDays(days) : null, CancellationToken.None);
        _problem = made.Problem?.Message;
        if (!made.IsOk) return;
        (_secret, _secretOf, _name) = (made.Value, _name.Trim(), "");
        _version++;
    }

    private async Task RotateAsync(ApiKeyRow row)
    {
        if (!await StepUp.AskAsync(Viewer.User, Capabilities.ManageUsers)) return;
        var made = await Keys.RotateAsync(Viewer.User, row.Name, CancellationToken.None);
        if (made.Problem is { } problem) Toaster.Failed(problem.Message);
        else (_secret, _secretOf) = (made.Value, row.Name);
        _version++;
    }

    private async Task RevokeAsync(ApiKeyRow row)
    {
        var question = new Question(Say.With(SettingsWords.RevokeKeyTitle, ("name", row.Name)), SettingsWords.RevokeKeyText, SettingsWords.RevokeKey, IsDangerous: true);
        if (!await Confirmation.AskAsync(question) || !await StepUp.AskAsync(Viewer.User, Capabilities.ManageUsers)) return;
        if (await Keys.RevokeAsync(Viewer.User, row.Name, CancellationToken.None) is { } problem) Toaster.Failed(problem.Message);
        else Toaster.Done(Say.With(SettingsWords.KeyRevoked, ("name", row.Name)));
        _version++;
    }

    private string State(ApiKeyRow row) => row.State switch
    {
        ApiKeyState.Valid => SettingsWords.KeyValid,
        ApiKeyState.Rotating => Say.With(SettingsWords.KeyRotating, ("time", Figures.Day(row.PreviousUntil!.Value, Viewer.Zone, Viewer.Clock.GetUtcNow()))), // set while rotating
        ApiKeyState.Expired => SettingsWords.KeyExpired,
        _ => SettingsWords.KeyEnded,
    };
}
