using CampaignPortal.Web.Identity;
using CampaignPortal.Web.Resources;

namespace CampaignPortal.Web.Features.Settings;

/// <summary>A page of the settings.</summary>
/// <param name="Path">Address below <c>/settings</c>.</param>
/// <param name="Icon">Name in the sprite.</param>
/// <param name="Capability">Whoever lacks it does not see the entry.</param>
/// <param name="Title">In the reader's language.</param>
/// <param name="Lead">One sentence on what it is for.</param>
/// <param name="SearchWords">Other words that find it, in both languages.</param>
public sealed record SettingsSection(string Path, string Icon, string Capability, Func<string> Title, Func<string> Lead, string SearchWords)
{
    public static IReadOnlyList<SettingsSection> All { get; } =
    [
        new("profile", "user", Capabilities.Open, () => SettingsWords.Profile, () => SettingsWords.ProfileLead, "password devices sessions name 密码 设备 姓名"),
        new("appearance", "palette", Capabilities.Open, () => SettingsWords.Appearance, () => SettingsWords.AppearanceLead, "theme density dark light 主题 密度"),
        new("general", "store", Capabilities.WriteSettings, () => SettingsWords.General, () => SettingsWords.GeneralLead, "shop currency zone country 商店 货币 时区"),
        new("users", "users", Capabilities.ManageUsers, () => SettingsWords.Users, () => SettingsWords.UsersLead, "invite colleague people account 邀请 同事 账户"),
        new("roles", "shield", Capabilities.ManageUsers, () => SettingsWords.RolesTitle, () => SettingsWords.RolesLead, "rights permissions 权限"),
        new("api-keys", "key-round", Capabilities.ManageUsers, () => SettingsWords.ApiKeys, () => SettingsWords.ApiKeysLead, "token secret 密钥"),
        new("sending", "send", Capabilities.ManageConnections, () => DeliveryWords.Sending, () => DeliveryWords.SendingLead, "smtp mail server sender quiet cap 邮件 服务器 发件人 免打扰"),
        new("outbox", "inbox", Capabilities.ManageConnections, () => DeliveryWords.Outbox, () => DeliveryWords.OutboxLead, "messages mail sent failed 邮件 已发送 失败"),
        new("suppressions", "mail-x", Capabilities.ManageConnections, () => DeliveryWords.Suppressions, () => DeliveryWords.SuppressionsLead, "suppression block unsubscribe bounce domain 名单 退订 退信"),
        new("privacy", "shield-check", Capabilities.WriteSettings, () => SettingsWords.Privacy, () => SettingsWords.PrivacyLead, "consent retention csp 同意 保留"),
        new("audit", "scroll-text", Capabilities.ReadAudit, () => SettingsWords.Audit, () => SettingsWords.AuditLead, "log history who chain 日志 记录"),
        new("sample", "flask-conical", Capabilities.WriteSettings, () => DemoWords.Sample, () => DemoWords.SampleLead, "demo sample remove made-up 示例 演示 移除"),
        new("about", "info", Capabilities.Open, () => SettingsWords.About, () => SettingsWords.AboutLead, "version licence health notices 版本 许可"),
    ];

    public static SettingsSection Of(string path) => All.First(s => s.Path == path);
}
