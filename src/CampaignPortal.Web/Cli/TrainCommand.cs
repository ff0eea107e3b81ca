using System.CommandLine;
using System.Globalization;
using CampaignPortal.Marketing.Predictions;

namespace CampaignPortal.Web.Cli;

/// <summary>Trains models on everything that is known.</summary>
internal static class TrainCommand
{
    /// <summary>One line of the result.</summary>
    private sealed record ModelLine(string Kind, string? Estimator, int? Version, bool Promoted, IReadOnlyDictionary<string, double> Metrics, double Seconds, string? Reason);

    public static Command Create()
    {
        Option<string?> data = CommonOptions.Data(), keys = CommonOptions.Keys();
        var all = new Option<bool>("--all") { Description = "Train every model." };
        var model = new Option<string?>("--model") { Description = "Train one model, such as purchase-30." };
        var seed = CommonOptions.Seed();
        var degree = CommonOptions.Degree();
        var json = CommonOptions.Json();
        var command = new Command("train", "Train models and promote those that may answer.") { all, model, seed, degree, data, keys, json };
        command.Validators.Add(result =>
        {
            if (result.GetValue(all) == (result.GetValue(model) is not null)) result.AddError("Say --all or --model NAME.");
        });
        command.SetAction(async (parsed, ct) =>
        {
            await using var workspace = await Workspace.OpenAsync(parsed.GetValue(data), parsed.GetValue(keys), "train", ct);
            using var progress = new ConsoleProgress<TrainingProgress>(parsed.GetValue(json), p => string.Create(CultureInfo.InvariantCulture, $"{p.Model}: {p.Stage} {p.Share:P0}"));
            var handler = workspace.Get<TrainModelsHandler>();
            if (parsed.GetValue(model) is { } name && !handler.Models.Contains(name)) throw new CommandException($"There is no model '{name}'; there are {string.Join(", ", handler.Models)}.");
            var rows = await handler.HandleAsync(new TrainModels(parsed.GetValue(model), parsed.GetValue(seed), parsed.GetValue(degree)), progress, ct);
            var lines = rows.Select(r => new ModelLine(r.Model, r.Kind, r.Version, r.Promoted, r.Metrics, Math.Round(r.Seconds, 3), r.Reason)).ToArray();
            CommonOptions.Print(parsed.GetValue(json), new { models = lines }, _ => string.Join('\n', lines.Select(Describe)));
            return 0;
        });
        return command;
    }

    private static string Describe(ModelLine line)
    {
        var state = line.Version is null ? "not trained" : line.Promoted ? $"version {line.Version.Value.ToString(CultureInfo.InvariantCulture)}, in use" : $"version {line.Version.Value.ToString(CultureInfo.InvariantCulture)}, not in use";
        var metrics = string.Join(", ", line.Metrics.Select(m => string.Create(CultureInfo.InvariantCulture, $"{m.Key} {m.Value:0.####}")));
        return string.Create(CultureInfo.InvariantCulture, $"{line.Kind} ({line.Estimator ?? "-"}): {state}; {metrics}; {line.Seconds:0.0} s{(line.Reason is null ? "" : "; " + line.Reason)}");
    }
}
