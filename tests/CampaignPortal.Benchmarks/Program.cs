using System.CommandLine;
using CampaignPortal.Benchmarks;
using CampaignPortal.Benchmarks.Load;

var root = new RootCommand("Measures the portal; every verb prints one JSON document as its last line.");
EngineVerbs.AddTo(root);
root.Subcommands.Add(DirectoryBenchmark.Create());
root.Subcommands.Add(RenderBenchmark.Create());
root.Subcommands.Add(LoadCommands.Create());
return await EngineVerbs.RunAsync(root, args);
