using System.CommandLine;
using System.Data.Common;
using CampaignPortal.Marketing.Database;

namespace CampaignPortal.Web.Cli;

/// <summary>The verbs of the one program. Exit codes: 0 done, 1 failed, 2 wrong usage.</summary>
public static class PortalCommand
{
    public static async Task<int> RunAsync(string[] args)
    {
        var root = Create();
        var parsed = root.Parse(args);
        // Settings of the host (--urls=…, --environment=…) pass through; a stray word is a misspelt verb and must not start the server.
        var verb = parsed.CommandResult.Command;
        var stray = verb == root ? parsed.UnmatchedTokens.FirstOrDefault(t => !t.StartsWith("--", StringComparison.Ordinal)) : null;
        if (stray is not null) return await RefuseAsync($"There is no verb '{stray}'. Try --help.");
        // The root's leniency would reach its verbs: of those only 'serve' passes words on.
        if (verb != root && verb.TreatUnmatchedTokensAsErrors && parsed.UnmatchedTokens is [var unknown, ..]) return await RefuseAsync($"'{verb.Name}' does not know '{unknown}'. Try --help.");
        if (parsed.Errors.Count > 0)
        {
            foreach (var error in parsed.Errors) await Console.Error.WriteLineAsync(error.Message);
            return 2;
        }
        try
        {
            return await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
        }
        catch (Exception e) when (e is DataDirectoryInUseException or NewerDataException or CommandException or IOException or InvalidDataException or UnauthorizedAccessException or DbException)
        {
            await Console.Error.WriteLineAsync(e.Message);
            return 1;
        }
        catch (OperationCanceledException)
        {
            await Console.Error.WriteLineAsync("Stopped.");
            return 1;
        }
    }

    private static async Task<int> RefuseAsync(string message)
    {
        await Console.Error.WriteLineAsync(message);
        return 2;
    }

    private static RootCommand Create()
    {
        var root = new RootCommand("CampaignPortal: learns from what customers do, lets marketers act on it, and proves what the action caused.") { TreatUnmatchedTokensAsErrors = false };
        var serve = ServeCommand.Create();
        foreach (var option in serve.Options) root.Options.Add(option);
        root.SetAction((parsed, ct) => ServeCommand.RunAsync(parsed, parsed.UnmatchedTokens, ct));
        root.Subcommands.Add(serve);
        root.Subcommands.Add(ImportCommand.Create());
        root.Subcommands.Add(ExportCommand.Create());
        root.Subcommands.Add(TrainCommand.Create());
        root.Subcommands.Add(ScoreCommand.Create());
        root.Subcommands.Add(MigrateCommand.Create());
        root.Subcommands.Add(ApiKeyCommand.Create());
        root.Subcommands.Add(RestoreCommand.Create());
        root.Subcommands.Add(RebuildCommand.Create());
        root.Subcommands.Add(EraseCommand.Create());
        root.Subcommands.Add(JobCommand.Create());
        root.Subcommands.Add(UserCommand.Create());
        root.Subcommands.Add(BackupCommand.Create());
        root.Subcommands.Add(DoctorCommand.Create());
        return root;
    }
}

/// <summary>A verb cannot do what it was asked; the message is for the person at the keyboard.</summary>
public sealed class CommandException(string message) : Exception(message);
