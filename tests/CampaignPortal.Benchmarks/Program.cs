using System.CommandLine;
using CampaignPortal.Benchmarks.Cases;
using CampaignPortal.Benchmarks.Lifetime;
using CampaignPortal.Benchmarks.Load;
using CampaignPortal.Benchmarks.Ranking;

var root = new RootCommand("Measures the portal; every verb prints one JSON document as its last line.");
root.Subcommands.Add(CasesBenchmark.Create());
root.Subcommands.Add(RankingBenchmarks.Create());
root.Subcommands.Add(LifetimeBenchmark.Create());
root.Subcommands.Add(DirectoryBenchmark.Create());
root.Subcommands.Add(RenderBenchmark.Create());
root.Subcommands.Add(LoadCommands.Create());
var parsed = root.Parse(args);
var code = await parsed.InvokeAsync();
return parsed.Errors.Count > 0 ? 2 : code;
