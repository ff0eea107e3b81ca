using CampaignPortal.Web.Identity;
using CampaignPortal.Web.Resources;

namespace CampaignPortal.Web.Features.Settings;

/// <summary>A page of the settings.</summary>
/// <param name="Path">Address below <c>/settings</c>.</param>
/// <param name="Icon">Name in the sprite.</param>
/// <param name="Capability">Whoever lacks it does not see the entry.</param>
/// <param name="Title">In the reader's language.</param>
/// <param name="Lead">One sentence on what it is for.</param>
public sealed record SettingsSection(string Path, string Icon, string Capability, Func<string> Title, Func<string> Lead)
{
    public static IReadOnlyList<SettingsSection> All { get; } =
    [
        new("profile", "user", Capabilities.Open, () => SettingsWords.Profile, () => SettingsWords.ProfileLead),
        new("appearance", "palette", Capabilities.Open, () => SettingsWords.Appearance, () => SettingsWords.AppearanceLead),
        new("general", "store", Capabilities.WriteSettings, () => SettingsWords.General, () => SettingsWords.GeneralLead),
        new("users", "users", Capabilities.ManageUsers, () => SettingsWords.Users, () => SettingsWords.UsersLead),
        new("roles", "shield", Capabilities.ManageUsers, () => SettingsWords.RolesTitle, () => SettingsWords.RolesLead),
        new("api-keys", "key-round", Capabilities.ManageUsers, () => SettingsWords.ApiKeys, () => SettingsWords.ApiKeysLead),
        new("privacy", "shield-check", Capabilities.WriteSettings, () => SettingsWords.Privacy, () => SettingsWords.PrivacyLead),
        new("audit", "scroll-text", Capabilities.ReadAudit, () => SettingsWords.Audit, () => SettingsWords.AuditLead),
        new("about", "info", Capabilities.Open, () => SettingsWords.About, () => SettingsWords.AboutLead),
    ];

    public static SettingsSection Of(string path) => All.First(s => s.Path == path);
}
