using CampaignPortal.Web.Identity;
using CampaignPortal.Web.Resources;

namespace CampaignPortal.Web.Components;

/// <summary>The reader's word for what the code calls by a name of its own.</summary>
public static partial class Vocabulary
{
    public static string Role(string role) => role switch
    {
        Roles.Admin => Words.RoleAdmin,
        Roles.Marketer => Words.RoleMarketer,
        Roles.Analyst => Words.RoleAnalyst,
        Roles.Representative => Words.RoleRepresentative,
        _ => role,
    };
}
