namespace CampaignPortal.Web.Identity;

/// <summary>What the portal takes for the address of an account: one @ with something on both sides, and nothing that breaks a line.</summary>
public static class EmailRule
{
    public static bool IsAddress(string email) =>
        email.Length <= 254 && email.IndexOf('@', StringComparison.Ordinal) is > 0 and var at && at == email.LastIndexOf('@') && at < email.Length - 1
        && !email.Any(c => char.IsWhiteSpace(c) || char.IsControl(c));
}
