using System.CommandLine;
using System.Globalization;
using CampaignPortal.Marketing.Database;
using CampaignPortal.Marketing.Jobs;
using CampaignPortal.Marketing.Predictions;
using CampaignPortal.Marketing.Privacy;

namespace CampaignPortal.Web.Cli;

/// <summary>Looks over an installation. Exit code 0 when it is fit, with warnings or without, 1 when it is not.</summary>
internal static class DoctorCommand
{
    private const long LittleSpace = 1L << 30;

    /// <param name="State"><c>ok</c>, <c>warning</c> or <c>unfit</c>.</param>
    private sealed record Finding(string Check, string State, string Text);

    public static Command Create()
    {
        Option<string?> data = CommonOptions.Data(), keys = CommonOptions.Keys();
        var json = CommonOptions.Json();
        var command = new Command("doctor", "Check engine, store, keys, space, clock, models and jobs.") { data, keys, json };
        command.SetAction(async (parsed, ct) =>
        {
            await using var workspace = await Workspace.OpenAsync(parsed.GetValue(data), parsed.GetValue(keys), "doctor", ct);
            var findings = await ExamineAsync(workspace, ct);
            CommonOptions.Print(parsed.GetValue(json), new { findings }, result => string.Join('\n', result.findings.Select(f => $"{f.State,-8} {f.Check,-8} {f.Text}")));
            return findings.Any(f => f.State is "unfit") ? 1 : 0;
        });
        return command;
    }

    private static async Task<IReadOnlyList<Finding>> ExamineAsync(Workspace workspace, CancellationToken ct)
    {
        var directory = workspace.Get<DataDirectory>();
        var database = workspace.Get<PortalDatabase>();
        return [new Finding("engine", "ok", database.EngineVersion), Store(database), Keys(workspace, directory), Space(directory), Clock(database), await ModelsAsync(workspace), await JobsAsync(workspace, ct)];
    }

    private static Finding Store(PortalDatabase database)
    {
        using var connection = database.OpenReader();
        using var command = connection.CreateCommand();
        command.CommandText = "pragma quick_check(1)";
        var answer = command.ExecuteScalar() as string;
        return answer is "ok" ? new("store", "ok", "whole") : new("store", "unfit", $"damaged: {answer}. Restore the newest backup.");
    }

    private static Finding Keys(Workspace workspace, DataDirectory directory)
    {
        try
        {
            workspace.Get<ContactVault>();
        }
        catch (Exception e) when (e is InvalidOperationException or IOException or System.Security.Cryptography.CryptographicException)
        {
            return new Finding("keys", "unfit", e.Message);
        }
        var isOpen = !OperatingSystem.IsWindows() && (File.GetUnixFileMode(directory.KeysPath) & (UnixFileMode.GroupRead | UnixFileMode.OtherRead)) is not UnixFileMode.None;
        return isOpen ? new("keys", "warning", $"Others on this machine may read {directory.KeysPath}; set its mode to 700.") : new("keys", "ok", "readable by this account alone");
    }

    private static Finding Space(DataDirectory directory)
    {
        var free = new DriveInfo(directory.Path).AvailableFreeSpace;
        var text = string.Create(CultureInfo.InvariantCulture, $"{free / 1_073_741_824.0:0.0} GiB free");
        return new Finding("space", free < LittleSpace ? "warning" : "ok", text);
    }

    // Events from the future mean that the clock was set back, or that senders' clocks run ahead.
    private static Finding Clock(PortalDatabase database)
    {
        using var connection = database.OpenReader();
        using var command = connection.Prepare("select max(\"ReceivedAt\") from \"Events\"", 0);
        var newest = command.RunScalar() is { } ticks ? Stored.Time(ticks) : (DateTimeOffset?)null;
        return newest > TimeProvider.System.GetUtcNow().AddMinutes(1) ? new("clock", "warning", $"The newest event was received in the future ({newest:O}): the clock was set back.") : new("clock", "ok", "not behind the newest event");
    }

    private static async Task<Finding> ModelsAsync(Workspace workspace)
    {
        var training = workspace.Get<TrainModelsHandler>();
        var missing = await Task.Run(() => training.Models.Where(m => workspace.Get<ModelRegistry>().FindLive(m) is null).ToArray());
        return missing.Length is 0 ? new("models", "ok", "all in use and whole") : new("models", "warning", "not in use: " + string.Join(", ", missing));
    }

    private static async Task<Finding> JobsAsync(Workspace workspace, CancellationToken ct)
    {
        var overview = await workspace.Get<ReadJobsHandler>().HandleAsync(ct);
        var bad = overview.Recurring.Where(r => r.NeedsLook).Select(r => r.Schedule.Name).ToArray();
        if (overview.IsPaused) return new Finding("jobs", "warning", "the scheduler is paused");
        return bad.Length is 0 ? new("jobs", "ok", "none failed last time") : new("jobs", "warning", "failed last time: " + string.Join(", ", bad));
    }
}
