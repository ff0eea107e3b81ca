using Microsoft.Extensions.DependencyInjection;

namespace CampaignPortal.Marketing.Jobs.Maintenance;

/// <summary>A feature's own rubbish: the clean-up asks each in turn. Register it with <c>services.AddCleanUp&lt;T&gt;()</c>.</summary>
public interface ICleanUp
{
    /// <summary>What is removed, in plural, for the log of the run.</summary>
    string Name { get; }

    /// <summary>Removes what is past its time. Answers how many.</summary>
    Task<int> CleanUpAsync(CancellationToken ct);
}

public static class CleanUpServices
{
    /// <param name="services">Holds the feature itself, too.</param>
    public static IServiceCollection AddCleanUp<T>(this IServiceCollection services) where T : class, ICleanUp => services.AddSingleton<ICleanUp>(provider => provider.GetRequiredService<T>());
}
