using static CampaignPortal.Web.Identity.Access;

namespace CampaignPortal.Web.Identity;

public enum Access
{
    None,
    /// <summary>Everything.</summary>
    Full,
    /// <summary>Own or assigned records.</summary>
    Own,
    /// <summary>With personal data masked.</summary>
    Masked,
    /// <summary>Only shortly after the password was entered again.</summary>
    StepUp,
    /// <summary>Only the first, weaker capability of the row: view, propose, request, train.</summary>
    Weaker,
}

/// <summary>The roles of this release.</summary>
public static class Roles
{
    public const string Admin = "Admin";
    public const string Marketer = "Marketer";
    public const string Analyst = "Analyst";
    public const string Representative = "Representative";

    public static IReadOnlyList<string> All { get; } = [Admin, Marketer, Analyst, Representative];
}

/// <summary>One row of the authorization table.</summary>
/// <param name="Label">The row's name in the table of RELIABILITY.md §9.2; a test compares the two.</param>
/// <param name="Capabilities">What the row grants; where a role has <see cref="Weaker"/> it gets the first one only.</param>
public sealed record RoleRow(string Label, IReadOnlyList<string> Capabilities, Access Admin, Access Marketer, Access Analyst, Access Representative)
{
    public Access Of(string role) => role switch
    {
        Roles.Admin => Admin,
        Roles.Marketer => Marketer,
        Roles.Analyst => Analyst,
        Roles.Representative => Representative,
        _ => None,
    };
}

/// <summary>Which role may do what: the authorization table, and the only place where roles turn into capabilities.</summary>
public static class RoleCapabilities
{
    public static IReadOnlyList<RoleRow> Rows { get; } =
    [
        new("customers.read (identified)", [Identity.Capabilities.ReadCustomers], Full, Masked, None, Own),
        new("customers.write", [Identity.Capabilities.WriteCustomers], Full, None, None, Own),
        new("customers.export", [Identity.Capabilities.ExportCustomers], StepUp, None, None, None),
        new("customers.import", [Identity.Capabilities.ImportCustomers], Full, Full, None, None),
        new("customers.erase / privacy requests", [Identity.Capabilities.RequestPrivacy, Identity.Capabilities.EraseCustomers], StepUp, None, None, Weaker),
        new("consent.read", [Identity.Capabilities.ReadConsent], Full, Full, Masked, Own),
        new("consent.write (with evidence)", [Identity.Capabilities.WriteConsent], Full, None, None, Own),
        new("audiences.read / preview counts", [Identity.Capabilities.ReadAudiences], Full, Full, Full, None),
        new("audiences.write", [Identity.Capabilities.WriteAudiences], Full, Full, None, None),
        new("content.read", [Identity.Capabilities.ReadContent], Full, Full, Full, None),
        new("content.write", [Identity.Capabilities.WriteContent], Full, Full, None, None),
        new("campaigns.schedule / send", [Identity.Capabilities.SendCampaigns], Full, Full, None, None),
        new("campaigns.pause", [Identity.Capabilities.PauseCampaigns], Full, Full, None, Full),
        new("experiments.read / results", [Identity.Capabilities.ReadExperiments], Full, Full, Full, None),
        new("experiments.write / decide", [Identity.Capabilities.ProposeExperiments, Identity.Capabilities.DecideExperiments], Full, Full, Weaker, None),
        new("reports.read (aggregates)", [Identity.Capabilities.ReadReports], Full, Full, Full, None),
        new("dp.release (spends budget)", [Identity.Capabilities.ReleasePrivateFigures], StepUp, None, Full, None),
        new("models.read (metrics)", [Identity.Capabilities.ReadModels], Full, Full, Full, None),
        new("models.train / activate / rollback", [Identity.Capabilities.TrainModels, Identity.Capabilities.ActivateModels], Full, Weaker, None, None),
        new("jobs.view / control", [Identity.Capabilities.ViewJobs, Identity.Capabilities.ControlJobs], Full, Weaker, Weaker, None),
        new("recommendations.get", [Identity.Capabilities.GetRecommendations], Full, Full, Full, Own),
        new("events.write", [Identity.Capabilities.WriteEvents], None, None, None, None),
        new("deadletter.requeue", [Identity.Capabilities.RequeueDeadLetters], Full, Full, None, None),
        new("webhooks.manage, smtp.manage, domains.manage", [Identity.Capabilities.ManageConnections], StepUp, None, None, None),
        new("users.manage, roles.manage, apikeys.manage", [Identity.Capabilities.ManageUsers], StepUp, None, None, None),
        new("settings.write, retention.write", [Identity.Capabilities.WriteSettings], StepUp, None, None, None),
        new("audit.read / verify", [Identity.Capabilities.ReadAudit], Full, None, None, None),
        new("backup.create / restore", [Identity.Capabilities.ManageBackups], StepUp, None, None, None),
    ];

    /// <summary>What the role gets of a capability; <see cref="None"/> for unknown ones.</summary>
    public static Access Of(string role, string capability)
    {
        if (capability == Identity.Capabilities.Open) return Roles.All.Contains(role) ? Full : None;
        foreach (var row in Rows)
        {
            var index = row.Capabilities.ToList().IndexOf(capability);
            if (index < 0) continue;
            var access = row.Of(role);
            return access is not Weaker ? access : index == 0 ? Full : None;
        }
        return None;
    }
}
