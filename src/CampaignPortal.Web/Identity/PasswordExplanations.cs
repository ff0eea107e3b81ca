using CampaignPortal.Marketing.Database;
using CampaignPortal.Web.Resources;
using Microsoft.AspNetCore.Identity;

namespace CampaignPortal.Web.Identity;

/// <summary>Says in words what is wrong with a password.</summary>
public static class PasswordExplanations
{
    /// <summary>Why the person may not have this password; null when they may.</summary>
    public static async Task<string?> WeaknessAsync(UserManager<PortalUser> users, PortalUser user, string password)
    {
        foreach (var validator in users.PasswordValidators)
        {
            if (await validator.ValidateAsync(users, user, password) is not { Succeeded: false } failed) continue;
            var code = failed.Errors.First().Code;
            return Explain(Enum.TryParse<PasswordWeakness>(code, out var weakness) ? weakness : PasswordWeakness.TooShort);
        }
        return null;
    }

    public static string Explain(PasswordWeakness? weakness) => weakness switch
    {
        PasswordWeakness.TooLong => Words.PasswordTooLong,
        PasswordWeakness.Common => Words.PasswordCommon,
        PasswordWeakness.ContainsName => Words.PasswordContainsName,
        _ => Words.PasswordTooShort,
    };
}
