using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using CampaignPortal.Marketing.Database;
using CampaignPortal.Testing;
using CampaignPortal.Web.Identity;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;

namespace CampaignPortal.Benchmarks.Load;

/// <summary>What a step of the preparation took.</summary>
internal sealed record PreparedStep(string Step, double Seconds, double PeakMb);

/// <summary>A data directory with a big shop in it: events, projections, models, scores, and an administrator.</summary>
internal sealed class LargeShopData : IDisposable
{
    public const string Email = "mira.koch@example.com", Password = "seven quiet herons wade";

    // The history ends at a fixed moment, so that a directory can be measured again later.
    private static readonly DateTimeOffset End = new(2026, 10, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>"Now" of such a shop.</summary>
    public static DateTimeOffset Newest => End;

    private readonly TempFolder? _folder;
    private List<PreparedStep> _steps = [];

    private LargeShopData(TempFolder? folder, string path) => (_folder, Path) = (folder, path);

    public string Path { get; }

    /// <summary>What it took to make the shop, also when an earlier run did.</summary>
    public IReadOnlyList<PreparedStep> Steps => _steps;

    /// <summary>Uses the directory when such a shop is in it already; otherwise makes the shop in it. Null makes one that vanishes at the end.</summary>
    /// <param name="isLearning">Whether models are trained and customers scored.</param>
    public static async Task<LargeShopData> PrepareAsync(string? path, int customers, int events, long seed, CancellationToken ct, bool isLearning = true)
    {
        var folder = path is null ? new TempFolder() : null;
        var data = new LargeShopData(folder, path ?? folder!.File("data"));
        if (File.Exists(data.StepsFile)) data._steps = JsonSerializer.Deserialize<List<PreparedStep>>(await File.ReadAllTextAsync(data.StepsFile, ct)) ?? [];
        await data.DoAsync("fill", () => data.FillAsync(customers, events, seed, ct), ct);
        if (!isLearning) return data;
        await data.DoAsync("train", () => data.RunAsync("train", ["--all", "--seed", "1"], ct), ct);
        await data.DoAsync("score", () => data.RunAsync("score", [], ct), ct);
        return data;
    }

    private string StepsFile => System.IO.Path.Combine(Path, "large-shop.json");

    public void Dispose() => _folder?.Dispose();

    // Written down after each step: a step that failed is done again, and those before it are not.
    private async Task DoAsync(string step, Func<Task<double>> run, CancellationToken ct)
    {
        if (_steps.Any(s => s.Step == step)) return;
        var clock = Stopwatch.StartNew();
        var peakMb = await run();
        _steps.Add(new PreparedStep(step, clock.Elapsed.TotalSeconds, peakMb));
        await File.WriteAllTextAsync(StepsFile, JsonSerializer.Serialize(_steps), ct);
    }

    private async Task<double> FillAsync(int customers, int events, long seed, CancellationToken ct)
    {
        var clock = Stopwatch.StartNew();
        await using (var portal = TestPortal.Start(Path))
        {
            await AddAdministratorAsync(portal.Services);
            var next = 0L;
            await LargeShop.FillAsync(portal.Services, new LargeShop(customers, events, seed, End), count =>
            {
                if (count < next) return;
                next = count + 500_000;
                Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{count:N0} events after {clock.Elapsed.TotalSeconds:0} s"));
            }, ct);
        }
        await WaitUntilFreeAsync(ct);
        return Process.GetCurrentProcess().PeakWorkingSet64 / 1048576.0;
    }

    // The test host lets go of the directory a moment after it is disposed.
    private async Task WaitUntilFreeAsync(CancellationToken ct)
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                DataDirectory.Open(Path, keysPath: null, "benchmark").Dispose();
                return;
            }
            catch (DataDirectoryInUseException) when (attempt < 100)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(100), ct);
            }
        }
    }

    private async Task<double> RunAsync(string verb, string[] more, CancellationToken ct)
    {
        await using var child = ChildProgram.Start([verb, .. more, "--data", Path, "--json"]);
        var ended = child.WaitForExitAsync(ct);
        var peak = 0.0;
        do
        {
            peak = Math.Max(peak, child.PeakMb ?? 0);
        }
        while (await Task.WhenAny(ended, Task.Delay(TimeSpan.FromMilliseconds(200), ct)) != ended);
        await ended;
        if (child.ExitCode is not 0) throw new InvalidDataException($"'{verb}' ended with {child.ExitCode.ToString(CultureInfo.InvariantCulture)}: {child.Output}");
        await Console.Error.WriteLineAsync(child.Output);
        return peak;
    }

    private static async Task AddAdministratorAsync(IServiceProvider services)
    {
        using var scope = services.CreateScope();
        var user = new PortalUser { UserName = Email, Email = Email, DisplayName = "Mira Koch" };
        await scope.ServiceProvider.GetRequiredService<RoleManager<IdentityRole<long>>>().CreateAsync(new IdentityRole<long>(Roles.Admin));
        var users = scope.ServiceProvider.GetRequiredService<UserManager<PortalUser>>();
        var made = await users.CreateAsync(user, Password);
        if (!made.Succeeded) throw new InvalidDataException(string.Join(' ', made.Errors.Select(e => e.Description)));
        await users.AddToRoleAsync(user, Roles.Admin);
    }
}
