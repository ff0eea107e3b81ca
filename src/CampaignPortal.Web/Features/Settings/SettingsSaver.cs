using CampaignPortal.Marketing.Settings;
using CampaignPortal.Web.Components;
using CampaignPortal.Web.Components.Shared;
using CampaignPortal.Web.Identity;
using CampaignPortal.Web.Resources;

namespace CampaignPortal.Web.Features.Settings;

/// <summary>Saves a form of settings: the password where it is due, then all changes or none (scoped to the circuit).</summary>
public sealed class SettingsSaver(SettingsHandler settings, StepUpPrompt stepUp, RecentPassword recent, Actors actors, Toaster toaster)
{
    /// <summary>What stands in the way of saving: values of others. Empty when saved, or when the person was told why not.</summary>
    public async Task<IReadOnlyList<SettingConflict>> SaveAsync(SettingsForm form, Viewer viewer, Func<string, string> label)
    {
        if (form.FirstWrong is { } wrong)
        {
            toaster.Failed(Say.With(SettingsWords.ValueNotAllowed, ("setting", label(wrong))));
            return [];
        }
        if (!await stepUp.AskAsync(viewer.User, Capabilities.WriteSettings)) return [];
        if (recent.Refuse(viewer.User, Capabilities.WriteSettings) is { } refusal)
        {
            toaster.Failed(refusal.Message);
            return [];
        }
        var saved = await settings.SaveAsync(form.Changes, actors.Of(viewer.User), CancellationToken.None);
        if (saved.Problem is { } problem)
        {
            toaster.Failed(problem.Message);
            return [];
        }
        if (saved.Value.Conflicts.Count == 0)
        {
            form.Accept();
            toaster.Done(SettingsWords.Saved);
        }
        return saved.Value.Conflicts;
    }
}
