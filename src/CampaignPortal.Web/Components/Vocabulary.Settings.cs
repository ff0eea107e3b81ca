using CampaignPortal.Web.Identity;
using CampaignPortal.Web.Resources;

namespace CampaignPortal.Web.Components;

public static partial class Vocabulary
{
    /// <summary>What a row of the authorization table lets people do, by its first capability.</summary>
    public static string Right(string capability) => capability switch
    {
        Capabilities.ReadCustomers => SettingsWords.RightReadCustomers,
        Capabilities.WriteCustomers => SettingsWords.RightWriteCustomers,
        Capabilities.ExportCustomers => SettingsWords.RightExportCustomers,
        Capabilities.ImportCustomers => SettingsWords.RightImportCustomers,
        Capabilities.RequestPrivacy => SettingsWords.RightEraseCustomers,
        Capabilities.ReadConsent => SettingsWords.RightReadConsent,
        Capabilities.WriteConsent => SettingsWords.RightWriteConsent,
        Capabilities.ReadAudiences => SettingsWords.RightReadAudiences,
        Capabilities.WriteAudiences => SettingsWords.RightWriteAudiences,
        Capabilities.ReadContent => SettingsWords.RightReadContent,
        Capabilities.WriteContent => SettingsWords.RightWriteContent,
        Capabilities.SendCampaigns => SettingsWords.RightSendCampaigns,
        Capabilities.PauseCampaigns => SettingsWords.RightPauseCampaigns,
        Capabilities.ReadExperiments => SettingsWords.RightReadExperiments,
        Capabilities.ProposeExperiments => SettingsWords.RightDecideExperiments,
        Capabilities.ReadReports => SettingsWords.RightReadReports,
        Capabilities.ReleasePrivateFigures => SettingsWords.RightReleaseFigures,
        Capabilities.ReadModels => SettingsWords.RightReadModels,
        Capabilities.TrainModels => SettingsWords.RightActivateModels,
        Capabilities.ViewJobs => SettingsWords.RightControlJobs,
        Capabilities.GetRecommendations => SettingsWords.RightRecommendations,
        Capabilities.RequeueDeadLetters => SettingsWords.RightRequeue,
        Capabilities.ManageConnections => SettingsWords.RightConnections,
        Capabilities.ManageUsers => SettingsWords.RightUsers,
        Capabilities.WriteSettings => SettingsWords.RightSettings,
        Capabilities.ReadAudit => SettingsWords.RightAudit,
        Capabilities.ManageBackups => SettingsWords.RightBackups,
        _ => capability,
    };

    /// <summary>How far a role's right reaches.</summary>
    /// <param name="access">Not <see cref="Identity.Access.None"/>.</param>
    /// <param name="capability">First capability of the row: a weaker right is named after it.</param>
    public static string Access(Access access, string capability) => access switch
    {
        Identity.Access.Own => SettingsWords.AccessOwn,
        Identity.Access.Masked => SettingsWords.AccessMasked,
        Identity.Access.StepUp => SettingsWords.AccessStepUp,
        Identity.Access.Weaker => capability switch
        {
            Capabilities.RequestPrivacy => SettingsWords.AccessRequest,
            Capabilities.ProposeExperiments => SettingsWords.AccessPropose,
            Capabilities.TrainModels => SettingsWords.AccessTrain,
            _ => SettingsWords.AccessView,
        },
        _ => SettingsWords.AccessFull,
    };

    /// <summary>What a scope lets an API key do.</summary>
    public static string Scope(string scope) => scope switch
    {
        Marketing.Access.ApiScopes.EventsWrite => SettingsWords.ScopeEventsWrite,
        Marketing.Access.ApiScopes.CustomersWrite => SettingsWords.ScopeCustomersWrite,
        Marketing.Access.ApiScopes.CustomersRead => SettingsWords.ScopeCustomersRead,
        Marketing.Access.ApiScopes.RecommendRead => SettingsWords.ScopeRecommendRead,
        Marketing.Access.ApiScopes.ModelsRead => SettingsWords.ScopeModelsRead,
        Marketing.Access.ApiScopes.MetricsRead => SettingsWords.ScopeMetricsRead,
        _ => scope,
    };

    /// <summary>First part of the audited actions.</summary>
    public static string AuditArea(string area) => area switch
    {
        "apikeys" => SettingsWords.ApiKeys,
        "audit" => SettingsWords.Audit,
        "customers" => Words.Customers,
        "imports" => SettingsWords.AreaImports,
        "retention" => SettingsWords.Retention,
        "sessions" => SettingsWords.AreaSessions,
        "settings" => SettingsWords.PageTitle,
        "users" => SettingsWords.Users,
        _ => area,
    };

    /// <summary>Who acted; people by their names.</summary>
    public static string AuditActor(string actor, string? name) => actor switch
    {
        "nobody" => SettingsWords.ActorNobody,
        "command line" => SettingsWords.ActorCommandLine,
        "retention" => SettingsWords.ActorPortal,
        _ => name ?? actor,
    };
}
