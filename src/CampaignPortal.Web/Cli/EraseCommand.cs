using System.CommandLine;
using CampaignPortal.Marketing.Privacy;

namespace CampaignPortal.Web.Cli;

/// <summary>Erases one customer.</summary>
internal static class EraseCommand
{
    public static Command Create()
    {
        Option<string?> data = CommonOptions.Data(), keys = CommonOptions.Keys();
        var customer = new Option<string>("--customer") { Description = "The shop's own number.", Required = true };
        var command = new Command("erase", "Erase everything that tells who a customer is. Cannot be undone.") { customer, data, keys };
        command.SetAction(async (parsed, ct) =>
        {
            await using var workspace = await Workspace.OpenAsync(parsed.GetValue(data), parsed.GetValue(keys), "erase", ct);
            var number = parsed.GetRequiredValue(customer);
            if (!await workspace.Get<EraseCustomerHandler>().HandleAsync(number, "command line", ct)) throw new CommandException($"There is no customer '{number}'.");
            await Console.Out.WriteLineAsync($"Customer {number} was erased.".AsMemory(), ct);
            return 0;
        });
        return command;
    }
}
