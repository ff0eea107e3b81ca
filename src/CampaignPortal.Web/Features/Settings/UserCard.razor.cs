using CampaignPortal.Marketing.Access;
using CampaignPortal.Marketing.Common;
using CampaignPortal.Web.Components;
using CampaignPortal.Web.Components.Shared;
using CampaignPortal.Web.Identity;
using CampaignPortal.Web.Resources;
using Microsoft.AspNetCore.Components;

namespace CampaignPortal.Web.Features.Settings;

/// <summary>What an admin can do to one account.</summary>
public sealed partial class UserCard
{
    private OneTimeLink? _link;
    private int _version;

    [Inject] private ManageUsersHandler Manage { get; set; } = null!; // injected before anything runs
    [Inject] private InviteUserHandler Invitations { get; set; } = null!; // as above
    [Inject] private SessionStore Sessions { get; set; } = null!; // as above
    [Inject] private StepUpPrompt StepUp { get; set; } = null!; // as above
    [Inject] private Confirmation Confirmation { get; set; } = null!; // as above
    [Inject] private Toaster Toaster { get; set; } = null!; // as above
    [Inject] private NavigationManager Navigation { get; set; } = null!; // as above
    [CascadingParameter] private Viewer Viewer { get; set; } = Viewer.Nobody;
    [Parameter, EditorRequired] public required UserRow User { get; set; }
    [Parameter] public EventCallback OnChanged { get; set; }

    private bool IsSelf => Viewer.User.UserId() == User.Id;

    private async Task<IReadOnlyList<SessionRow>?> LoadAsync(CancellationToken ct) => await Sessions.ListAsync(User.Id, PortalIdentity.IdleLifetime, ct);

    private Task ChangeRoleAsync(string role) =>
        ActAsync(() => Manage.ChangeRoleAsync(Viewer.User, User.Id, role, default), Say.With(SettingsWords.RoleChanged, ("name", User.Name), ("role", Vocabulary.Role(role))));

    private async Task DeactivateAsync()
    {
        var question = new Question(Say.With(SettingsWords.DeactivateTitle, ("name", User.Name)), SettingsWords.DeactivateText, SettingsWords.Deactivate, IsDangerous: true);
        if (await Confirmation.AskAsync(question)) await ActAsync(() => Manage.DeactivateAsync(Viewer.User, User.Id, default), Say.With(SettingsWords.DeactivatedDone, ("name", User.Name)));
    }

    private async Task ResetAsync()
    {
        if (!await StepUp.AskAsync(Viewer.User, Capabilities.ManageUsers)) return;
        var made = await Invitations.ResetPasswordAsync(Viewer.User, User.Id, default);
        if (made.Problem is { } problem) Toaster.Failed(problem.Message);
        else _link = made.Value;
        await OnChanged.InvokeAsync();
    }

    private Task EndAsync(long? session) => ActAsync(() => Manage.EndSessionsAsync(Viewer.User, User.Id, session, default), SettingsWords.DeviceEnded);

    private async Task ActAsync(Func<Task<Problem?>> act, string done)
    {
        if (await StepUp.AskAsync(Viewer.User, Capabilities.ManageUsers))
        {
            if (await act() is { } problem) Toaster.Failed(problem.Message);
            else Toaster.Done(done);
        }
        _version++;
        await OnChanged.InvokeAsync();
    }
}
