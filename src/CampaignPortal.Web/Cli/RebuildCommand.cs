using System.CommandLine;
using CampaignPortal.Marketing.Events;

namespace CampaignPortal.Web.Cli;

/// <summary>Drops projections and computes them again from the log.</summary>
internal static class RebuildCommand
{
    public static Command Create()
    {
        Option<string?> data = CommonOptions.Data(), keys = CommonOptions.Keys();
        var name = new Argument<string?>("projection") { Description = "One projection; all when left out.", Arity = ArgumentArity.ZeroOrOne };
        var command = new Command("rebuild", "Compute projections again from the log.") { name, data, keys };
        command.SetAction(async (parsed, ct) =>
        {
            await using var workspace = await Workspace.OpenAsync(parsed.GetValue(data), parsed.GetValue(keys), "rebuild", ct);
            var host = workspace.Get<ProjectionHost>();
            var names = parsed.GetValue(name) is { } one ? [one] : host.Names;
            if (names.FirstOrDefault(n => !host.Names.Contains(n)) is { } unknown) throw new CommandException($"There is no projection '{unknown}'; there are {string.Join(", ", host.Names)}.");
            foreach (var projection in names)
            {
                await host.RebuildAsync(projection, ct);
                await Console.Out.WriteLineAsync($"{projection}: rebuilt".AsMemory(), ct);
            }
            return 0;
        });
        return command;
    }
}
