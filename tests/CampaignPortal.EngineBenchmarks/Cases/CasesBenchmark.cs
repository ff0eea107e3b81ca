using System.CommandLine;

namespace CampaignPortal.Benchmarks.Cases;

/// <summary>The verb <c>cases</c>: reference cases of both formats in one folder.</summary>
internal static class CasesBenchmark
{
    public static Command Create()
    {
        var folder = new Argument<DirectoryInfo>("dir") { Description = "Folder of *.json reference cases" };
        var command = new Command("cases", "Run every reference case of a folder; an unknown case is unsupported, never passed.") { folder };
        command.SetAction(arguments =>
        {
            var path = arguments.GetRequiredValue(folder).FullName;
            if (!Directory.Exists(path)) return Answer.Fail($"There is no folder {path}.");
            CaseReport statistics = StatisticsCases.Run(path), learning = LearningCases.Run(path);
            var all = new CaseReport(
                statistics.Passed + learning.Passed, statistics.Failed + learning.Failed, statistics.Unsupported + learning.Unsupported, [.. statistics.Failures, .. learning.Failures]);
            foreach (var id in statistics.UnsupportedIds.Concat(learning.UnsupportedIds)) Console.WriteLine("unsupported: " + id);
            Answer.Print(all);
            return all.Failed is 0 ? 0 : 1;
        });
        return command;
    }
}
