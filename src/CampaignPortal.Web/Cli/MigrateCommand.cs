using System.CommandLine;

namespace CampaignPortal.Web.Cli;

/// <summary>Brings the schema of a data directory up to date, and nothing else.</summary>
internal static class MigrateCommand
{
    public static Command Create()
    {
        Option<string?> data = CommonOptions.Data(), keys = CommonOptions.Keys();
        var command = new Command("migrate", "Bring the schema up to date.") { data, keys };
        command.SetAction(async (parsed, ct) =>
        {
            await using var workspace = await Workspace.OpenAsync(parsed.GetValue(data), parsed.GetValue(keys), "migrate", ct);
            await Console.Out.WriteLineAsync("The schema is up to date.".AsMemory(), ct);
            return 0;
        });
        return command;
    }
}
