using CampaignPortal.Marketing;
using CampaignPortal.Marketing.Customers;
using CampaignPortal.Marketing.Database;
using CampaignPortal.Web.Components;
using CampaignPortal.Web.Identity;

var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });
builder.WebHost.UseStaticWebAssets();
using var directory = DataDirectory.Open(
    builder.Configuration["data"] ?? builder.Configuration["CAMPAIGNPORTAL_DATA"] ?? "./data", builder.Configuration["CAMPAIGNPORTAL_KEYS"], "serve");
builder.Services.AddMarketing(directory).AddPortalIdentity(directory).AddPageQueries().AddPortalPages();

var app = builder.Build();
await app.Services.GetRequiredService<PortalDatabase>().MigrateAsync(CancellationToken.None);
app.UsePages();
app.MapGet("/health/live", () => "ok").AllowAnonymous();
app.MapPages();
await app.RunAsync();

/// <summary>The portal: web host and command line in one program.</summary>
public partial class Program;
