using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Mvc;

namespace CampaignPortal.Web.Identity;

/// <summary>The headers of RELIABILITY.md S-18 to S-20 on every answer.</summary>
public static class SecurityHeaders
{
    private const string NonceItem = "csp-nonce", PolicyItem = "csp-policy", ReferrerItem = "referrer-policy";

    /// <summary>The number that lets an inline script or style of this answer run. The portal's own pages have none.</summary>
    public static string CspNonce(this HttpContext context) => (string)context.Items[NonceItem]!; // set before any endpoint runs

    public static string ContentPolicy(string nonce) =>
        $"default-src 'self'; script-src 'self' 'nonce-{nonce}'; style-src 'self' 'nonce-{nonce}'; style-src-attr 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; "
        + "object-src 'none'; base-uri 'self'; form-action 'self'; frame-src 'self'; frame-ancestors 'none'; report-uri /csp-reports";

    /// <summary>Another content policy for this answer: that of a mail, which is a stranger's page.</summary>
    public static void UsePolicy(HttpContext context, string policy) => context.Items[PolicyItem] = policy;

    /// <summary>Another answer to where people come from, for addresses that are secrets themselves.</summary>
    public static void UseReferrerPolicy(HttpContext context, string policy) => context.Items[ReferrerItem] = policy;

    public static IApplicationBuilder UseSecurityHeaders(this IApplicationBuilder app) => app.Use(async (context, next) =>
    {
        var nonce = Convert.ToBase64String(RandomNumberGenerator.GetBytes(16));
        context.Items[NonceItem] = nonce;
        context.Response.OnStarting(() =>
        {
            var headers = context.Response.Headers;
            headers.ContentSecurityPolicy = context.Items[PolicyItem] as string ?? ContentPolicy(nonce);
            headers.XContentTypeOptions = "nosniff";
            headers["Referrer-Policy"] = context.Items[ReferrerItem] as string ?? "same-origin";
            headers["Cross-Origin-Opener-Policy"] = "same-origin";
            headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=(), payment=(), usb=(), interest-cohort=()";
            if (context.Request.IsHttps) headers.StrictTransportSecurity = "max-age=31536000; includeSubDomains";
            if (context.User.Identity?.IsAuthenticated is true && !IsStaticFile(context)) headers.CacheControl = "no-store";
            return Task.CompletedTask;
        });
        await next();
    });

    /// <summary>Where browsers say what the policy stopped. A report is data of a stranger: its size is limited, and only two short fields are logged.</summary>
    public static void MapPolicyReports(this IEndpointRouteBuilder app) => app
        .MapPost("/csp-reports", async (HttpContext context, PolicyReports reports, ILogger<CspReport> log) =>
        {
            if (await ReadReportAsync(context) is not { } report) return Results.NoContent();
            reports.Add();
            log.PolicyViolated(Short(report.EffectiveDirective ?? report.ViolatedDirective), Short(report.BlockedUri));
            return Results.NoContent();
        })
        .WithMetadata(new RequestSizeLimitAttribute(16 * 1024))
        .RequireRateLimiting(RateLimits.Reports)
        .AllowAnonymous()
        .DisableAntiforgery();

    // Browsers call it application/csp-report, which no reader of JSON knows.
    private static async Task<CspReport?> ReadReportAsync(HttpContext context)
    {
        try
        {
            return (await JsonSerializer.DeserializeAsync<CspEnvelope>(context.Request.Body, cancellationToken: context.RequestAborted))?.Report;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static bool IsStaticFile(HttpContext context) => context.Response.Headers.ContainsKey("ETag");

    private static string Short(string? text) => new([.. (text ?? "").Where(c => !char.IsControl(c)).Take(120)]);
}

public sealed record CspEnvelope([property: JsonPropertyName("csp-report")] CspReport? Report);

public sealed record CspReport(
    [property: JsonPropertyName("effective-directive")] string? EffectiveDirective,
    [property: JsonPropertyName("violated-directive")] string? ViolatedDirective,
    [property: JsonPropertyName("blocked-uri")] string? BlockedUri);
