namespace CampaignPortal.Web.Features.Data;

/// <summary>Names whose values no page shows as samples.</summary>
internal static class SafeNames
{
    /// <summary>Columns that lead to a person.</summary>
    public static bool IsWithheld(string property) => property is "$customer";
}
