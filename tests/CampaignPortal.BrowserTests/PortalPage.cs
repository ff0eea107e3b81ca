using System.Collections.Concurrent;
using CampaignPortal.Marketing.Campaigns;
using CampaignPortal.Marketing.Database;
using CampaignPortal.Testing;
using CampaignPortal.Web.Demo;
using CampaignPortal.Web.Identity;
using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;

namespace CampaignPortal.BrowserTests;

/// <summary>A portal with its sample shop, and a person with a browser in front of it. Watches what no page may do.</summary>
internal sealed class PortalPage : IAsyncDisposable
{
    public const string Email = "mira.koch@example.com";
    public const string Password = "seven quiet herons wade";

    private const int FewCustomers = 60;

    private readonly TestPortal _portal;
    private readonly IBrowserContext _context;
    private readonly Uri _address;
    private readonly ConcurrentQueue<string> _complaints = new();

    /// <summary>Of the portal that the person looks at.</summary>
    public IServiceProvider Services => _portal.Services;

    private PortalPage(TestPortal portal, IBrowserContext context, IPage page, Uri address) => (_portal, _context, Page, _address) = (portal, context, page, address);

    public IPage Page { get; }

    /// <summary>Requests to strangers, refused scripts, errors of scripts: none may occur.</summary>
    public IReadOnlyCollection<string> Complaints => _complaints;

    public static async Task<PortalPage> OpenAsync(IBrowser browser, bool withShop = true, ColorScheme scheme = ColorScheme.Light, string locale = "en-GB", int width = 1440, int height = 900, string? data = null, CutLine? line = null, bool isSchedulerOn = false, float scale = 1, int? demoCustomers = null, TimeSpan? demoDay = null)
    {
        // The real clock: a circuit ends when its ticket expires, and the web server looks at no other.
        var portal = TestPortal.Start(data, withPort: true, isSchedulerOn: isSchedulerOn, isDemo: demoCustomers is not null,
            configure: services => services.Configure<DemoOptions>(o => (o.CustomerCount, o.FastDay) = (demoCustomers ?? FewCustomers, demoDay ?? o.FastDay)).Configure<CampaignOptions>(o => o.Watch = TimeSpan.FromMilliseconds(500)));
        var address = line?.LeadTo(portal.Address) ?? portal.Address;
        if (withShop && demoCustomers is null && (data is null || line is not null))
        {
            await SampleShop.FillAsync(portal.Services, TimeProvider.System.GetUtcNow());
            await SampleCampaigns.FillAsync(portal.Services, TimeProvider.System.GetUtcNow());
        }
        var context = await browser.NewContextAsync(new BrowserNewContextOptions
        {
            BaseURL = address.ToString(), Locale = locale, ColorScheme = scheme, ViewportSize = new ViewportSize { Width = width, Height = height }, HasTouch = width < 600, DeviceScaleFactor = scale,
        });
        var page = await context.NewPageAsync();
        var person = new PortalPage(portal, context, page, address);
        page.Request += (_, request) => person.Watch(request, address);
        page.Console += (_, message) => person.Listen(message);
        page.PageError += (_, error) => person._complaints.Enqueue("script: " + error);
        return person;
    }

    /// <summary>Through the set-up with the code of the console, as the first person does.</summary>
    public async Task SetUpAsync()
    {
        await Page.GotoAsync("/");
        await Page.FillAsync("#code", _portal.Get<SetUpToken>().Issue());
        await Page.ClickAsync("main button.p");
        await Page.FillAsync("#shopname", SampleShop.Name);
        await Page.ClickAsync("main button.p");
        await Page.FillAsync("#displayname", "Mira Koch");
        await Page.FillAsync("#email", Email);
        await Page.FillAsync("#password", Password);
        await Page.ClickAsync("main button.p");
        await WaitForCircuitAsync();
    }

    /// <summary>Signs in as somebody with one role, who is added first, in a portal that needs no set-up any more.</summary>
    public async Task SignInAsAsync(string role)
    {
        using var scope = _portal.Services.CreateScope();
        var roles = scope.ServiceProvider.GetRequiredService<RoleManager<IdentityRole<long>>>();
        foreach (var name in Roles.All)
        {
            if (!await roles.RoleExistsAsync(name)) await roles.CreateAsync(new IdentityRole<long>(name));
        }
        var users = scope.ServiceProvider.GetRequiredService<UserManager<PortalUser>>();
        var email = role.ToLowerInvariant() + "@example.com";
        var user = new PortalUser { UserName = email, Email = email, EmailConfirmed = true, DisplayName = "Mira Koch", Language = "en", CreatedAt = TimeProvider.System.GetUtcNow() };
        Assert.True((await users.CreateAsync(user, Password)).Succeeded);
        Assert.True((await users.AddToRoleAsync(user, role)).Succeeded);
        await SignInAsync(email);
    }

    /// <summary>What the portal itself has: for what is not to be seen on a page.</summary>
    public T Get<T>() where T : notnull => _portal.Get<T>();

    /// <summary>With one click, as the sign-in page of the made-up shop offers to a visitor at the same machine. Whoever was signed in before is forgotten.</summary>
    public async Task SignInToDemoAsync(string role = Roles.Admin)
    {
        await _context.ClearCookiesAsync();
        await Page.GotoAsync("/sign-in");
        await Page.ClickAsync($".demo-accounts li[data-role='{role}'] button");
        await WaitForCircuitAsync();
        await Page.WaitForSelectorAsync(".demo-bar a[href='/demo-shop']", new PageWaitForSelectorOptions { Timeout = 120_000 }); // until it is filled
    }

    /// <summary>Another page of the same browser.</summary>
    public Task<IPage> OpenTabAsync() => _context.NewPageAsync();

    /// <summary>Cuts the browser's line, or mends it.</summary>
    public Task SetOfflineAsync(bool isOffline) => _context.SetOfflineAsync(isOffline);

    public async Task SignInAsync(string email = Email)
    {
        await Page.GotoAsync("/sign-in");
        await Page.FillAsync("#email", email);
        await Page.FillAsync("#password", Password);
        await Page.ClickAsync("main button.p");
        await WaitForCircuitAsync();
    }

    /// <summary>Goes to an address and waits until the page answers to clicks.</summary>
    public async Task GotoAsync(string path)
    {
        await Page.GotoAsync(path);
        await WaitForCircuitAsync();
    }

    /// <summary>The frame says when the circuit has taken over from the prerendered page.</summary>
    public Task WaitForCircuitAsync() => Page.WaitForSelectorAsync(".app[data-live]");

    /// <summary>Until the page shown has its content and the focus is where it begins: what keys do is certain from here on.</summary>
    public async Task WaitForArrivalAsync()
    {
        await Page.WaitForFunctionAsync("() => document.documentElement.dataset.arrived === location.pathname");
        await WaitForContentAsync();
    }

    /// <summary>Until nothing is being loaded any more.</summary>
    public Task WaitForContentAsync() => Page.WaitForFunctionAsync("() => !document.querySelector('.app :is(.skeleton, [aria-busy=true])')");

    public async Task SetThemeAsync(string theme)
    {
        await _context.AddCookiesAsync([new Cookie { Name = "cp-theme", Value = theme, Url = _address.ToString() }]);
        await Page.ReloadAsync();
    }

    /// <summary>Ends the portal and keeps the browser, whose line then leads elsewhere.</summary>
    public ValueTask EndPortalAsync() => _portal.DisposeAsync();

    /// <summary>Rules of WCAG 2.0 to 2.2, A and AA. Mails in frames stay out: they run no scripts, so nothing in them can answer.</summary>
    /// <param name="areScrollersReached">Whether the keyboard's way into what scrolls is left to the browser: tables scroll in their cards on a narrow screen, and browsers of 2024 and later stop there by themselves.</param>
    public async Task<IReadOnlyList<string>> FindBarriersAsync(bool areScrollersReached = false)
    {
        var result = await Page.RunAxe(new AxeRunOptions
        {
            Iframes = false,
            ResultTypes = [ResultType.Violations],
            RunOnly = new RunOnlyOptions { Type = "tag", Values = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"] },
            Rules = new Dictionary<string, RuleOptions> { ["scrollable-region-focusable"] = new() { Enabled = !areScrollersReached } },
        });
        return [.. result.Violations.SelectMany(v => v.Nodes.Select(n => $"{v.Id}: {n.Html}"))];
    }

    public async ValueTask DisposeAsync()
    {
        if (Environment.GetEnvironmentVariable("CAMPAIGNPORTAL_SCREENSHOTS") is { Length: > 0 } folder) // what it looked like at the end: tells most about a failure
            await Page.ScreenshotAsync(new PageScreenshotOptions { Path = Path.Combine(folder, $"end-{Guid.NewGuid():N}.png") });
        await _context.DisposeAsync();
        await _portal.DisposeAsync();
    }

    private void Watch(IRequest request, Uri own)
    {
        if (!Uri.TryCreate(request.Url, UriKind.Absolute, out var address) || address.Scheme is "data" or "blob") return;
        if (address.Authority != own.Authority) _complaints.Enqueue("request to a stranger: " + request.Url);
    }

    private void Listen(IConsoleMessage message)
    {
        if (message.Text.Contains("Content Security Policy", StringComparison.OrdinalIgnoreCase) || message.Type is "error") _complaints.Enqueue("console: " + message.Text);
    }
}
