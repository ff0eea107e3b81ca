using CampaignPortal.Marketing.Settings;
using CampaignPortal.Web.Components;
using CampaignPortal.Web.Resources;
using Microsoft.AspNetCore.Components;

namespace CampaignPortal.Web.Features.Settings;

/// <summary>What holds for the whole shop.</summary>
public sealed partial class GeneralPage
{
    private static readonly string[] Keys = [KnownSettings.ShopName, KnownSettings.Currency, KnownSettings.TimeZone, KnownSettings.Country, KnownSettings.Language];

    private SettingsForm? _form;
    private IReadOnlyList<SettingConflict> _conflicts = [];

    [Inject] private SettingsHandler Settings { get; set; } = null!; // injected before anything runs
    [Inject] private SettingsSaver Saver { get; set; } = null!; // as above
    [Inject] private NavigationManager Navigation { get; set; } = null!; // as above
    [CascadingParameter] private Viewer Viewer { get; set; } = Viewer.Nobody;

    private async Task<SettingsForm?> LoadAsync(CancellationToken ct) => _form = new SettingsForm(await Settings.ReadAsync(Keys, ct));

    private async Task SaveAsync()
    {
        _conflicts = await Saver.SaveAsync(_form!, Viewer, Label); // the bar is there once the form is
        if (_form!.Changes.Count == 0) Navigation.NavigateTo(Navigation.Here(), replace: true); // the frame shows the name of the shop
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

    private static string? Wrong(SettingsForm form, string key) => KnownSettings.Find(key)!.IsAllowed(form[key]) ? null : "true"; // the page's keys are known

    private static string Label(string key) => key switch
    {
        KnownSettings.ShopName => Words.ShopName,
        KnownSettings.Currency => Words.Currency,
        KnownSettings.TimeZone => Words.TimeZone,
        KnownSettings.Country => SettingsWords.Country,
        _ => SettingsWords.ShopLanguage,
    };
}
