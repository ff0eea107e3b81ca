using CampaignPortal.Marketing.Settings;
using CampaignPortal.Web.Components;
using CampaignPortal.Web.Resources;
using Microsoft.AspNetCore.Components;

namespace CampaignPortal.Web.Features.Settings;

/// <summary>Defaults that protect people: where data may go, what they agree to, how long things are kept.</summary>
public sealed partial class PrivacyPage
{
    private static readonly string[] Keys = [KnownSettings.QuarantineDays, KnownSettings.SessionDays, KnownSettings.InvitationDays];

    private SettingsForm? _form;
    private IReadOnlyList<SettingConflict> _conflicts = [];
    private RetentionCounts? _preview;

    [Inject] private SettingsHandler Settings { get; set; } = null!; // injected before anything runs
    [Inject] private RetentionHandler Retention { get; set; } = null!; // as above
    [Inject] private SettingsSaver Saver { get; set; } = null!; // as above
    [CascadingParameter] private Viewer Viewer { get; set; } = Viewer.Nobody;

    private async Task<SettingsForm?> LoadAsync(CancellationToken ct)
    {
        _preview = await Retention.PreviewAsync(ct);
        return _form = new SettingsForm(await Settings.ReadAsync(Keys, ct));
    }

    private async Task SaveAsync()
    {
        _conflicts = await Saver.SaveAsync(_form!, Viewer, Label); // the bar is there once the form is
        _preview = await Retention.PreviewAsync(CancellationToken.None);
    }

    private void Discard()
    {
        _form?.Discard();
        _conflicts = [];
    }

    private void Resolve((SettingConflict Conflict, bool KeepMine) choice)
    {
        _form?.Resolve(choice.Conflict, choice.KeepMine);
        _conflicts = [.. _conflicts.Where(c => c != choice.Conflict)];
    }

    private static bool IsWrong(SettingsForm form, string key) => !KnownSettings.Find(key)!.IsAllowed(form[key].Trim()); // the page's keys are known

    private static string Label(string key) => key switch
    {
        KnownSettings.QuarantineDays => SettingsWords.KeepQuarantine,
        KnownSettings.SessionDays => SettingsWords.KeepSessions,
        _ => SettingsWords.KeepInvitations,
    };

    private static string Hint(string key) => key switch
    {
        KnownSettings.QuarantineDays => SettingsWords.KeepQuarantineHint,
        KnownSettings.SessionDays => SettingsWords.KeepSessionsHint,
        _ => SettingsWords.KeepInvitationsHint,
    };
}
