namespace CampaignPortal.Web.Identity;

internal static partial class IdentityLog
{
    [LoggerMessage(1001, LogLevel.Information, "User {UserId} signed in")]
    public static partial void SignedIn(this ILogger logger, long userId);

    [LoggerMessage(1002, LogLevel.Warning, "A sign-in was refused; user {UserId}, or none with that address")]
    public static partial void SignInRefused(this ILogger logger, long? userId);

    [LoggerMessage(1003, LogLevel.Warning, "A sign-in was slowed down for {Seconds} s after too many attempts")]
    public static partial void SignInSlowed(this ILogger logger, double seconds);

    [LoggerMessage(1004, LogLevel.Information, "The portal was set up by user {UserId}")]
    public static partial void SetUp(this ILogger logger, long userId);

    [LoggerMessage(1005, LogLevel.Warning, "The browser blocked something on a page: {Directive} refused {Blocked}")]
    public static partial void PolicyViolated(this ILogger logger, string directive, string blocked);
}
