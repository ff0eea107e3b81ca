using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using CampaignPortal.Marketing.Predictions;

namespace CampaignPortal.Web.Cli;

/// <summary>Scores all customers with the models in use.</summary>
internal static class ScoreCommand
{
    public static Command Create()
    {
        Option<string?> data = CommonOptions.Data(), keys = CommonOptions.Keys();
        var degree = CommonOptions.Degree();
        var json = CommonOptions.Json();
        var command = new Command("score", "Score all customers with the models in use.") { degree, data, keys, json };
        command.SetAction(async (parsed, ct) =>
        {
            var clock = Stopwatch.StartNew();
            await using var workspace = await Workspace.OpenAsync(parsed.GetValue(data), parsed.GetValue(keys), "score", ct);
            using var progress = new ConsoleProgress<TrainingProgress>(parsed.GetValue(json), p => $"{p.Model}: {p.Stage}");
            var report = await workspace.Get<ScoreCustomersHandler>().HandleAsync(progress, parsed.GetValue(degree), ct);
            CommonOptions.Print(
                parsed.GetValue(json),
                new { customers = report.Customers, predictions = report.Predictions, asOf = report.AsOf, seconds = Math.Round(clock.Elapsed.TotalSeconds, 3) },
                r => string.Create(CultureInfo.InvariantCulture, $"{r.predictions} predictions for {r.customers} customers as of {r.asOf:yyyy-MM-dd HH:mm} UTC, {r.seconds:0.0} s"));
            return 0;
        });
        return command;
    }
}
