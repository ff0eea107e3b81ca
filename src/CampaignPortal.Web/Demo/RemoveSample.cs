using System.Security.Claims;
using CampaignPortal.Marketing.Audit;
using CampaignPortal.Marketing.Common;
using CampaignPortal.Marketing.Database;
using CampaignPortal.Web.Identity;
using CampaignPortal.Web.Resources;

namespace CampaignPortal.Web.Demo;

/// <summary>Removes the sample shop wholly: the portal closes, its data directory is emptied, and it starts again with nothing in it.</summary>
/// <remarks>The caches of pages, models and contact data go with the host that holds them: nothing has to be found and cleared one by one.</remarks>
internal sealed class SampleRemoval(IHostApplicationLifetime lifetime, TimeProvider clock) : IDisposable
{
    // Long enough for the answer to reach the page.
    private static readonly TimeSpan Farewell = TimeSpan.FromSeconds(1);

    private ITimer? _timer;

    /// <summary>Whether the host that ended asked for it.</summary>
    public bool IsAsked { get; private set; }

    public void Ask()
    {
        IsAsked = true;
        _timer ??= clock.CreateTimer(_ => lifetime.StopApplication(), null, Farewell, Timeout.InfiniteTimeSpan);
    }

    public void Dispose() => _timer?.Dispose();

    /// <summary>Empties the data directory of a portal that has ended, and the keys of its customers.</summary>
    /// <exception cref="DataDirectoryInUseException">Another process uses it.</exception>
    public static void Empty(string data, string? keys)
    {
        using var directory = DataDirectory.Open(data, keys, "removing the sample shop");
        Clear(directory.Path, name => name.StartsWith("portal.lock", StringComparison.Ordinal));
        // Sessions of browsers and the master key stay: a new shop may use them, and nothing of the sample is in them.
        Clear(directory.KeysPath, name => name is "data-protection" || name.StartsWith("master", StringComparison.Ordinal));
    }

    private static void Clear(string folder, Func<string, bool> keep)
    {
        foreach (var path in Directory.EnumerateFileSystemEntries(folder).Where(path => !keep(Path.GetFileName(path))).ToArray())
        {
            if (Directory.Exists(path)) Directory.Delete(path, recursive: true);
            else File.Delete(path);
        }
    }
}

/// <summary>The one click: checks who asks, notes it, and lets the portal start anew.</summary>
internal sealed class RemoveSampleHandler(SampleData sample, SampleRemoval removal, RecentPassword recent, AuditTrail audit, Actors actors)
{
    /// <summary>Answers why not; null when the portal is about to start anew.</summary>
    public async Task<Problem?> HandleAsync(ClaimsPrincipal actor, CancellationToken ct)
    {
        if (recent.Refuse(actor, Capabilities.WriteSettings) is { } refusal) return refusal;
        if (!sample.IsPresent) return Problem.Of(DemoWords.NoSample);
        await audit.WriteAsync(actors.Of(actor), new AuditFact("settings.write remove-sample", "sample shop"), ct);
        removal.Ask();
        return null;
    }
}
