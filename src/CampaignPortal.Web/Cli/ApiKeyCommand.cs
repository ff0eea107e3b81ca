using System.CommandLine;
using CampaignPortal.Marketing.Access;

namespace CampaignPortal.Web.Cli;

/// <summary>Makes and ends API keys.</summary>
internal static class ApiKeyCommand
{
    public static Command Create()
    {
        var command = new Command("key", "Make or end keys of the HTTP API.");
        command.Subcommands.Add(Add());
        command.Subcommands.Add(Revoke());
        return command;
    }

    private static Command Add()
    {
        Option<string?> data = CommonOptions.Data(), keys = CommonOptions.Keys();
        var name = new Argument<string>("name") { Description = "Source of the events that come by this key." };
        var scopes = new Option<string[]>("--scope") { Description = "One of " + string.Join(", ", ApiScopes.All) + "; repeat for more.", DefaultValueFactory = _ => [ApiScopes.EventsWrite, ApiScopes.CustomersWrite], AllowMultipleArgumentsPerToken = true };
        var days = new Option<int?>("--days") { Description = "Days until it expires; never when left out." };
        var command = new Command("add", "Make a key; its secret is printed once.") { name, scopes, days, data, keys };
        command.SetAction(async (parsed, ct) =>
        {
            await using var workspace = await Workspace.OpenAsync(parsed.GetValue(data), parsed.GetValue(keys), "key add", ct);
            var made = await workspace.Get<ApiKeyStore>().CreateAsync(parsed.GetRequiredValue(name), parsed.GetRequiredValue(scopes), parsed.GetValue(days) is { } d ? TimeSpan.FromDays(d) : null, ct);
            if (made.Problem is { } problem) throw new CommandException(problem.Message);
            await Console.Out.WriteLineAsync(made.Value.AsMemory(), ct);
            return 0;
        });
        return command;
    }

    private static Command Revoke()
    {
        Option<string?> data = CommonOptions.Data(), keys = CommonOptions.Keys();
        var name = new Argument<string>("name");
        var command = new Command("revoke", "End a key at once.") { name, data, keys };
        command.SetAction(async (parsed, ct) =>
        {
            await using var workspace = await Workspace.OpenAsync(parsed.GetValue(data), parsed.GetValue(keys), "key revoke", ct);
            if (!await workspace.Get<ApiKeyStore>().RevokeAsync(parsed.GetRequiredValue(name), ct)) throw new CommandException($"There is no key '{parsed.GetRequiredValue(name)}'.");
            return 0;
        });
        return command;
    }
}
