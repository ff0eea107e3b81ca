using System.CommandLine;
using CampaignPortal.Benchmarks.Cases;
using CampaignPortal.Benchmarks.Lifetime;
using CampaignPortal.Benchmarks.Ranking;
using CampaignPortal.Benchmarks.Speed;
using CampaignPortal.Benchmarks.Vision;
using CampaignPortal.Benchmarks.Tabular;
using CampaignPortal.Benchmarks.Uplift;
using CampaignPortal.Benchmarks.Text;

namespace CampaignPortal.Benchmarks;

/// <summary>The verbs that need only the libraries, not the portal.</summary>
internal static class EngineVerbs
{
    public static void AddTo(RootCommand root)
    {
        root.Subcommands.Add(CasesBenchmark.Create());
        root.Subcommands.Add(WidthsBenchmark.Create());
        root.Subcommands.Add(RankingBenchmarks.Create());
        root.Subcommands.Add(LifetimeBenchmark.Create());
        root.Subcommands.Add(SpeedBenchmark.Create());
        root.Subcommands.Add(ImageBenchmark.Create());
        root.Subcommands.Add(TabularBenchmark.Create());
        root.Subcommands.Add(UpliftBenchmark.Create());
        root.Subcommands.Add(TextBenchmark.Create());
    }

    /// <summary>Runs the verb that the arguments name; wrong usage ends with exit code 2.</summary>
    public static async Task<int> RunAsync(RootCommand root, string[] arguments)
    {
        var parsed = root.Parse(arguments);
        var code = await parsed.InvokeAsync();
        return parsed.Errors.Count > 0 ? 2 : code;
    }
}
