using System.CommandLine;
using CampaignPortal.Marketing.Database;
using CampaignPortal.Marketing.Jobs;
using CampaignPortal.Marketing.Jobs.Maintenance;

namespace CampaignPortal.Web.Cli;

/// <summary>Makes and lists backups.</summary>
internal static class BackupCommand
{
    private static readonly Option<string?> Data = CommonOptions.Data();
    private static readonly Option<string?> Keys = CommonOptions.Keys();
    private static readonly Option<bool> Json = CommonOptions.Json();

    public static Command Create() => new("backup", "Copies of the store and the models.") { Make(), List() };

    private static Command Make()
    {
        var command = new Command("create", "Copy the store and the models into backups/ of the data directory, and check the copy.") { Data, Keys, Json };
        command.SetAction(async (parsed, ct) =>
        {
            await using var workspace = await Workspace.OpenAsync(parsed.GetValue(Data), parsed.GetValue(Keys), "backup", ct);
            var run = await JobCommand.RunAsync(workspace, BackUpJob.JobKey, isForced: true, ct);
            if (run.Status is not JobStatus.Succeeded) throw new CommandException(run.Reason ?? "The backup was stopped.");
            var newest = Names(workspace.Get<DataDirectory>())[^1];
            CommonOptions.Print(parsed.GetValue(Json), new { backup = newest }, result => Path.Combine(BackUpJob.FolderOf(workspace.Get<DataDirectory>()), result.backup));
            return 0;
        });
        return command;
    }

    private static Command List()
    {
        var command = new Command("list", "List backups, oldest first.") { Data, Keys, Json };
        command.SetAction(async (parsed, ct) =>
        {
            await using var workspace = await Workspace.OpenAsync(parsed.GetValue(Data), parsed.GetValue(Keys), "backup list", ct);
            CommonOptions.Print(parsed.GetValue(Json), new { backups = Names(workspace.Get<DataDirectory>()) }, result => string.Join('\n', result.backups));
            return 0;
        });
        return command;
    }

    private static string[] Names(DataDirectory directory)
    {
        var root = BackUpJob.FolderOf(directory);
        return Directory.Exists(root) ? [.. Directory.EnumerateDirectories(root).Where(f => File.Exists(Path.Combine(f, "backup.json"))).Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal)] : [];
    }
}
