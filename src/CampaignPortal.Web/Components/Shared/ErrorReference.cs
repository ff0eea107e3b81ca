using System.Security.Cryptography;

namespace CampaignPortal.Web.Components.Shared;

/// <summary>Six characters that a person can read out, and an admin finds in the log.</summary>
public static class ErrorReference
{
    public static string New() => RandomNumberGenerator.GetString("ABCDEFGHJKMNPQRSTVWXYZ23456789", 6);
}

internal static partial class PagesLog
{
    [LoggerMessage(1101, LogLevel.Error, "A part of a page could not be loaded. Reference {Reference}")]
    public static partial void PartFailed(this ILogger logger, string reference, Exception exception);
}
