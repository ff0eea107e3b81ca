using CampaignPortal.Marketing.Jobs;
using CampaignPortal.Marketing.Jobs.Maintenance;
using Microsoft.Extensions.DependencyInjection;

namespace CampaignPortal.Marketing.Imports;

public static class ImportServices
{
    public static IServiceCollection AddImports(this IServiceCollection services)
    {
        services.AddOptions<ImportOptions>().BindConfiguration("Imports")
            .Validate(o => o.ChunkRowCount is >= 1 and <= 100_000, "Imports:ChunkRowCount must be between 1 and 100000.")
            .ValidateOnStart();
        return services
            .AddSingleton<ImportService>()
            .AddSingleton<RerunQuarantineHandler>()
            .AddSingleton<QuarantineFile>()
            .AddSingleton<SavedMappings>()
            .AddSingleton<ImportFiles>()
            .AddSingleton<ImportDrafts>()
            .AddCleanUp<ImportDrafts>()
            .AddSingleton<UndoImportHandler>()
            .AddSingleton<ReadImportsHandler>()
            .AddSingleton<ListQuarantineHandler>()
            .AddSingleton<DiscardQuarantineHandler>()
            .AddJob<ImportJob>();
    }
}
