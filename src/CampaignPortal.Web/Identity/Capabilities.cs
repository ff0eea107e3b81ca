namespace CampaignPortal.Web.Identity;

/// <summary>What a signed-in person may do. Pages and endpoints name one of these as their policy, never a role.</summary>
public static class Capabilities
{
    /// <summary>Open the portal at all: whoever has a role. Pages that need no more than that say so with this name.</summary>
    public const string Open = "portal.open";

    public const string ReadCustomers = "customers.read";
    public const string WriteCustomers = "customers.write";
    public const string ExportCustomers = "customers.export";
    public const string ImportCustomers = "customers.import";
    public const string RequestPrivacy = "privacy.request";
    public const string EraseCustomers = "customers.erase";
    public const string ReadConsent = "consent.read";
    public const string WriteConsent = "consent.write";
    public const string ReadAudiences = "audiences.read";
    public const string WriteAudiences = "audiences.write";
    public const string ReadContent = "content.read";
    public const string WriteContent = "content.write";
    public const string SendCampaigns = "campaigns.send";
    public const string PauseCampaigns = "campaigns.pause";
    public const string ReadExperiments = "experiments.read";
    public const string ProposeExperiments = "experiments.propose";
    public const string DecideExperiments = "experiments.decide";
    public const string ReadReports = "reports.read";
    public const string ReleasePrivateFigures = "dp.release";
    public const string ReadModels = "models.read";
    public const string TrainModels = "models.train";
    public const string ActivateModels = "models.activate";
    public const string ViewJobs = "jobs.view";
    public const string ControlJobs = "jobs.control";
    public const string GetRecommendations = "recommendations.get";
    public const string WriteEvents = "events.write";
    public const string RequeueDeadLetters = "deadletter.requeue";
    public const string ManageConnections = "connections.manage";
    public const string ManageUsers = "users.manage";
    public const string WriteSettings = "settings.write";
    public const string ReadAudit = "audit.read";
    public const string ManageBackups = "backup.manage";

    /// <summary>Every name above.</summary>
    public static IReadOnlyList<string> All { get; } = [Open, .. RoleCapabilities.Rows.SelectMany(row => row.Capabilities)];
}
