using System.Diagnostics;
using Microsoft.Playwright;

[assembly: AssemblyFixture(typeof(CampaignPortal.BrowserTests.BrowserFixture))]

namespace CampaignPortal.BrowserTests;

/// <summary>One Chromium for all tests. Where none can be had, the tests are skipped with the reason; on a build server they fail.</summary>
public sealed class BrowserFixture : IAsyncLifetime
{
    // The shell without a window first: it needs a third less of the processor for the same pages.
    private static readonly string[] Places = ["/usr/bin/chromium-headless-shell", "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private IPlaywright? _playwright;
    private IBrowser? _browser;
    private string? _missing;

    /// <summary>The browser, or a skipped test.</summary>
    public IBrowser Browser
    {
        get
        {
            if (_missing is not null && Environment.GetEnvironmentVariable("CI") is "true") Assert.Fail(_missing);
            Assert.SkipWhen(_missing is not null, _missing ?? "");
            return _browser!; // started, or the line above did not return
        }
    }

    public async ValueTask InitializeAsync()
    {
        var path = Find() ?? (TryInstall() ? Find() : null);
        if (path is null)
        {
            _missing = "skipped: no Chromium here; install the package chromium or set CAMPAIGNPORTAL_CHROMIUM";
            return;
        }
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions { ExecutablePath = path, Args = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"] });
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            if (_browser is not null) await _browser.DisposeAsync().AsTask().WaitAsync(Patience, TimeProvider.System);
        }
        catch (Exception error) when (error is PlaywrightException or TimeoutException)
        {
            // A browser that does not leave says nothing of the portal; its process ends with the driver's, below.
        }
        _playwright?.Dispose();
    }

    private static string? Find() =>
        Environment.GetEnvironmentVariable("CAMPAIGNPORTAL_CHROMIUM") is { Length: > 0 } chosen && File.Exists(chosen) ? chosen : Places.FirstOrDefault(File.Exists);

    /// <summary>Debian's own package, where we may install it.</summary>
    private static bool TryInstall()
    {
        if (Environment.UserName is not "root" || !File.Exists("/usr/bin/apt-get")) return false;
        return Run("apt-get", "update") && (Run("apt-get", "install -y chromium-headless-shell") || Run("apt-get", "install -y chromium"));
    }

    private static bool Run(string program, string arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true, Environment = { ["DEBIAN_FRONTEND"] = "noninteractive" } });
        if (process is null) return false;
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        process.WaitForExit();
        return process.ExitCode is 0;
    }
}
