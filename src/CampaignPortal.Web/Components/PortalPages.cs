using System.Text.Encodings.Web;
using System.Text.Unicode;
using CampaignPortal.Marketing.Jobs;
using CampaignPortal.Web.Components.Shared;
using CampaignPortal.Web.Features.Settings;
using CampaignPortal.Web.Identity;
using CampaignPortal.Web.Resources;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Components.Endpoints;
using Microsoft.AspNetCore.Components.Server;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http.Connections;
using Microsoft.Extensions.WebEncoders;

namespace CampaignPortal.Web.Components;

/// <summary>Pages, their languages and what guards them; with the settings of RELIABILITY.md §9.3 for circuits.</summary>
public static class PortalPages
{
    /// <summary>The longest text that a field sends at once is the body of a message: 200,000 characters, three bytes each.</summary>
    private const int MaxMessageSize = 1024 * 1024;

    public static IServiceCollection AddPortalPages(this IServiceCollection services)
    {
        services.AddRazorComponents(options => options.DetailedErrors = false).AddInteractiveServerComponents(Configure).AddHubOptions(options => options.MaximumReceiveMessageSize = MaxMessageSize);
        services.AddRequestLocalization(PortalCultures.Configure);
        services.AddSingleton<Features.Content.PreviewStore>();
        services.AddScoped<Toaster>().AddScoped<Confirmation>().AddScoped<Downloads>().AddScoped<Features.Data.CatalogueControl>().AddScoped<Features.Campaigns.CampaignBeginning>();
        services.AddSettingsPages();
        services.AddJob<Features.Customers.ExportCustomersJob>();
        services.AddAntiforgery(options =>
        {
            options.Cookie.Name = "portal-form";
            options.Cookie.HttpOnly = true;
            options.Cookie.SameSite = SameSiteMode.Lax;
            options.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
            options.SuppressXFrameOptionsHeader = true; // frame-ancestors of the content policy says it, for every answer
        });
        services.Configure<WebEncoderOptions>(options => options.TextEncoderSettings = new TextEncoderSettings(UnicodeRanges.All)); // Chinese stays Chinese in the page's source
        return services.AddPortalRateLimits();
    }

    /// <summary>The order in which a request passes what guards the pages; call it before anything is mapped.</summary>
    public static IApplicationBuilder UsePages(this IApplicationBuilder app) => app
        .UseSecurityHeaders()
        .UseRequestLocalization()
        .Use(ShowErrorPageAsync)
        .Use(ShowStatusPageAsync)
        .UseRouting()
        .UseRateLimiter()
        .UseAuthentication()
        .Use(LeadToSetUpAsync)
        .UseAuthorization()
        .UseAntiforgery();

    public static void MapPages(this IEndpointRouteBuilder app)
    {
        app.MapStaticAssets().AllowAnonymous();
        app.MapAccount();
        app.MapAuditExport();
        app.MapPolicyReports();
        app.MapRazorComponents<App>()
            .AddInteractiveServerRenderMode(options =>
            {
                options.ContentSecurityFrameAncestorsPolicy = "'none'";
                options.DisableWebSocketCompression = true;
            })
            .Add(GuardFramework);
    }

    private static void Configure(CircuitOptions options)
    {
        options.DetailedErrors = false;
        options.DisconnectedCircuitMaxRetained = 50;
        options.DisconnectedCircuitRetentionPeriod = TimeSpan.FromMinutes(3);
        options.PersistedCircuitInMemoryMaxRetained = 200;
        options.PersistedCircuitInMemoryRetentionPeriod = TimeSpan.FromMinutes(30);
        options.PersistedCircuitDistributedRetentionPeriod = TimeSpan.FromMinutes(30);
        options.MaxBufferedUnacknowledgedRenderBatches = 4;
        options.JSInteropDefaultCallTimeout = TimeSpan.FromSeconds(15);
    }

    // The framework's own endpoints carry no statement of authorization, and the fallback closes what says nothing.
    private static void GuardFramework(EndpointBuilder endpoint)
    {
        if (endpoint is not RouteEndpointBuilder { RoutePattern.RawText: { } path }) return;
        var text = path.TrimStart('/');
        if (text.StartsWith("_blazor", StringComparison.Ordinal)) endpoint.Metadata.Add(new AuthorizeAttribute(Capabilities.Open));
        else if (text.StartsWith("_framework", StringComparison.Ordinal)) endpoint.Metadata.Add(new AllowAnonymousAttribute());
        foreach (var connection in endpoint.Metadata.OfType<HttpConnectionDispatcherOptions>()) connection.CloseOnAuthenticationExpiration = true;
    }

    private static async Task LeadToSetUpAsync(HttpContext context, Func<Task> next)
    {
        var isPage = context.GetEndpoint()?.Metadata.GetMetadata<ComponentTypeMetadata>() is not null;
        if (isPage && HttpMethods.IsGet(context.Request.Method) && !context.Request.Path.StartsWithSegments("/set-up", StringComparison.OrdinalIgnoreCase)
            && !await context.RequestServices.GetRequiredService<FirstUser>().ExistsAsync(context.RequestAborted))
        {
            context.Response.Redirect("/set-up");
            return;
        }
        await next();
    }

    // Words and a reference instead of a status alone; the cause is in the log under that reference.
    private static async Task ShowErrorPageAsync(HttpContext context, Func<Task> next)
    {
        try
        {
            await next();
        }
        catch (Exception e) when (!context.Response.HasStarted && WantsPage(context) && e is not (OperationCanceledException or BadHttpRequestException))
        {
            var reference = ErrorReference.New();
            context.RequestServices.GetRequiredService<ILogger<PageError>>().PartFailed(reference, e);
            context.Response.Clear();
            context.Response.StatusCode = StatusCodes.Status500InternalServerError;
            context.Response.ContentType = "text/html; charset=utf-8";
            await context.Response.WriteAsync($"""
                <!DOCTYPE html><html lang="{PortalCultures.Current.HtmlName}"><head><meta charset="utf-8"><title>{Words.PageStopped}</title>
                <link rel="stylesheet" href="/assets/portal.css"></head>
                <body><main class="state"><h1>{Words.PageStopped}</h1><p>{Words.Reference} {reference}</p><p><a href="/">{Words.BackToHome}</a></p></main></body></html>
                """);
        }
    }

    private static bool WantsPage(HttpContext context) =>
        !context.Request.Path.StartsWithSegments("/api", StringComparison.OrdinalIgnoreCase) && context.Request.GetTypedHeaders().Accept.Any(a => a.MediaType == "text/html");

    // The status stays; a person gets words with it.
    private static async Task ShowStatusPageAsync(HttpContext context, Func<Task> next)
    {
        await next();
        if (context.Response.HasStarted || context.User.Identity?.IsAuthenticated is not true || !WantsPage(context)) return;
        var page = context.Response.StatusCode switch
        {
            StatusCodes.Status403Forbidden => "/forbidden",
            StatusCodes.Status404NotFound => "/not-found",
            _ => null,
        };
        if (page is null) return;
        // The components' endpoint drops the body of a 404 unless it sees that the request runs again.
        context.Features.Set<IStatusCodeReExecuteFeature>(new StatusCodeReExecuteFeature { OriginalPath = context.Request.Path, OriginalPathBase = context.Request.PathBase });
        context.SetEndpoint(null);
        context.Request.RouteValues.Clear();
        (context.Request.Path, context.Request.QueryString, context.Request.Method) = (page, QueryString.Empty, HttpMethods.Get);
        var services = context.RequestServices;
        await using var scope = services.CreateAsyncScope(); // services of components serve one page only
        context.RequestServices = scope.ServiceProvider;
        try
        {
            await next();
        }
        finally
        {
            context.RequestServices = services;
        }
    }
}
