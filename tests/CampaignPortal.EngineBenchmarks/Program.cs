using System.CommandLine;
using CampaignPortal.Benchmarks;

var root = new RootCommand("Measures the libraries; every verb prints one JSON document as its last line. CampaignPortal.Benchmarks has these verbs too.");
EngineVerbs.AddTo(root);
return await EngineVerbs.RunAsync(root, args);
