using System.CommandLine;
using CampaignPortal.Web.Hosting;

namespace CampaignPortal.Web.Cli;

/// <summary>Starts the portal.</summary>
internal static class ServeCommand
{
    private static readonly Option<string?> Data = CommonOptions.Data();
    private static readonly Option<string?> Keys = CommonOptions.Keys();

    public static Command Create()
    {
        var command = new Command("serve", "Start the portal (what happens without a verb).") { Data, Keys };
        command.TreatUnmatchedTokensAsErrors = false; // --urls and other settings of the host
        command.SetAction((parsed, ct) => RunAsync(parsed, parsed.UnmatchedTokens, ct));
        return command;
    }

    public static async Task<int> RunAsync(ParseResult parsed, IReadOnlyList<string> hostArguments, CancellationToken ct)
    {
        await using var app = await PortalApp.StartAsync(Paths.Data(parsed.GetValue(Data)), Paths.Keys(parsed.GetValue(Keys)), [.. hostArguments], ct);
        await app.WaitAsync(ct);
        return 0;
    }
}
