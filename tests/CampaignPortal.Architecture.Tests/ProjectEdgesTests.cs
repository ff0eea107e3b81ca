using System.Reflection;

namespace CampaignPortal.Architecture.Tests;

/// <summary>Who may know whom. Judged by what a compiled project really uses: the compiler drops references of which no type is used.</summary>
public sealed class ProjectEdgesTests
{
    private static readonly Assembly Statistics = typeof(CampaignPortal.Statistics.Estimate).Assembly;
    private static readonly Assembly Learning = typeof(CampaignPortal.Learning.Data.Matrix).Assembly;
    private static readonly Assembly Simulation = typeof(CampaignPortal.Simulation.ShopSimulator).Assembly;
    private static readonly Assembly Marketing = typeof(CampaignPortal.Marketing.Events.EventLog).Assembly;

    [Fact]
    public void Statistics_knows_numbers_only() => AssertUsesOnly(Statistics, "System", "MathNet.Numerics");

    [Fact]
    public void Learning_knows_statistics_and_numeric_packages() => AssertUsesOnly(Learning, "System", "MathNet.Numerics", "CampaignPortal.Statistics");

    [Fact]
    public void Simulation_knows_statistics_only() => AssertUsesOnly(Simulation, "System", "CampaignPortal.Statistics");

    [Fact]
    public void Marketing_knows_the_store_and_the_libraries_but_no_page_no_scheduler_no_simulator() => AssertUsesOnly(
        Marketing,
        "System", "CampaignPortal.Statistics", "CampaignPortal.Learning", "Microsoft.EntityFrameworkCore", "Microsoft.Data.Sqlite", "SQLitePCLRaw", "NodaTime", "ExcelDataReader", "AngleSharp", "Markdig",
        "Microsoft.Extensions", "Microsoft.AspNetCore.Identity.EntityFrameworkCore"); // Microsoft.Extensions.Identity.* are Identity's entities

    [Fact]
    public void The_libraries_write_no_file_by_themselves_and_keep_no_clock()
    {
        // Persistence writes into the folder that it is handed; nothing else of these assemblies may touch files or time.
        var sources = SourceTree.Files("src/CampaignPortal.Statistics").Concat(SourceTree.Files("src/CampaignPortal.Learning").Where(f => !f.Path.Contains("/Persistence/", StringComparison.Ordinal)));
        Assert.All(sources, file =>
        {
            Assert.DoesNotContain("File.", file.Code, StringComparison.Ordinal);
            Assert.DoesNotContain("DateTimeOffset.UtcNow", file.Code, StringComparison.Ordinal);
        });
    }

    private static void AssertUsesOnly(Assembly assembly, params string[] allowed)
    {
        var foreign = assembly.GetReferencedAssemblies()
            .Select(a => a.Name!)
            .Where(name => !allowed.Any(a => name == a || name.StartsWith(a + ".", StringComparison.Ordinal)) && name is not ("netstandard" or "mscorlib" or "Microsoft.CSharp"))
            .ToArray();
        Assert.Empty(foreign);
    }
}
