using CampaignPortal.Marketing.Jobs;
using CampaignPortal.Simulation.Shop;

namespace CampaignPortal.Web.Demo;

internal static class DemoServices
{
    /// <param name="isWanted">Whether an empty portal is filled with the sample shop.</param>
    public static IServiceCollection AddDemo(this IServiceCollection services, bool isWanted)
    {
        services.AddOptions<DemoOptions>().BindConfiguration("Demo")
            .Validate(o => o.CustomerCount is >= 50 and <= 200_000, "Demo:CustomerCount must be between 50 and 200,000.")
            .Validate(o => o.FastDay >= TimeSpan.FromMilliseconds(100), "Demo:FastDay must be at least 00:00:00.1.")
            .Validate(o => o.FastDayCount is >= 1 and <= 365, "Demo:FastDayCount must be between 1 and 365.")
            .ValidateOnStart();
        return services
            .AddSingleton(new DemoWish(isWanted))
            .AddSingleton<DemoCatalogue>()
            .AddSingleton<DemoAccounts>()
            .AddSingleton<DemoCampaigns>()
            .AddSingleton<DemoSettings>()
            .AddHostedService(services => services.GetRequiredService<DemoSettings>())
            .AddSingleton<DemoStart>()
            .AddSingleton<DemoShop>()
            .AddSingleton<SampleRemoval>()
            .AddSingleton<RemoveSampleHandler>()
            .AddSingleton<FillSampleHandler>()
            .AddHostedService(services => services.GetRequiredService<DemoShop>())
            .AddSingleton<DemoInvitation>()
            .AddHostedService(services => services.GetRequiredService<DemoInvitation>())
            .AddJob<FillDemoJob>();
    }

    /// <summary>Pictures of the sample shop's goods, and its storefront. Neither exists in a portal that holds a real shop.</summary>
    public static void MapDemo(this IEndpointRouteBuilder app)
    {
        app.MapGet(DemoCatalogue.PicturePath + "{name}", (string name, DemoCatalogue catalogue, HttpContext http) =>
            {
                if (catalogue.FindByPicture(name) is not { } item) return Results.NotFound();
                http.Response.Headers.CacheControl = "public, max-age=86400";
                return Results.Text(ItemPicture.Draw(item), "image/svg+xml");
            })
            .AllowAnonymous(); // pictures in messages are loaded by mail programs, which sign in nowhere
        app.MapStorefront();
    }
}

/// <summary>Whether whoever started the portal wants an empty one to be filled.</summary>
internal sealed record DemoWish(bool IsWanted);
