using System.CommandLine;
using CampaignPortal.Marketing.Database;
using CampaignPortal.Marketing.Jobs.Maintenance;

namespace CampaignPortal.Web.Cli;

/// <summary>Goes back to a backup.</summary>
internal static class RestoreCommand
{
    private static readonly Option<string?> Data = CommonOptions.Data();
    private static readonly Option<string?> Keys = CommonOptions.Keys();
    private static readonly Option<bool> Json = CommonOptions.Json();
    private static readonly Argument<string> Backup = new("backup") { Description = "Name as `backup list` shows it, or the path of a backup's folder." };

    public static Command Create()
    {
        var command = new Command("restore", "Put a backup in the place of the store and the models. What it replaces is kept aside; sending is stopped until somebody lets it go on.") { Backup, Data, Keys, Json };
        command.SetAction((parsed, ct) =>
        {
            using var directory = DataDirectory.Open(Paths.Data(parsed.GetValue(Data)), Paths.Keys(parsed.GetValue(Keys)), "restore");
            var backup = parsed.GetRequiredValue(Backup);
            var aside = RestoreBackup.Run(directory, backup, TimeProvider.System.GetUtcNow(), ct);
            CommonOptions.Print(
                parsed.GetValue(Json), new { restored = backup, replaced = aside },
                result => $"{result.restored} is in place; what it replaced lies in {result.replaced}. Start the portal, settle held messages under Settings, Outbox, then let sending go on.");
            return Task.FromResult(0);
        });
        return command;
    }
}
