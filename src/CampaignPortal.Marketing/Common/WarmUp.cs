using Microsoft.Extensions.DependencyInjection;

namespace CampaignPortal.Marketing.Common;

/// <summary>Something held in memory that costs seconds to compute at a large shop: done once after the start, so that the first visitor does not wait for it.</summary>
public sealed class WarmUp(string name, Func<CancellationToken, Task> run)
{
    public string Name => name;

    public Task RunAsync(CancellationToken ct) => run(ct);
}

public static class WarmUpServices
{
    /// <summary>Computes this after the start, in the order of registration.</summary>
    public static IServiceCollection AddWarmUp<T>(this IServiceCollection services, Func<T, CancellationToken, Task> run) where T : notnull =>
        services.AddSingleton(provider => new WarmUp(typeof(T).Name, ct => run(provider.GetRequiredService<T>(), ct)));
}
