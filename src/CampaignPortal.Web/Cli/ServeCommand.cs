using System.CommandLine;
using CampaignPortal.Web.Demo;
using CampaignPortal.Web.Hosting;

namespace CampaignPortal.Web.Cli;

/// <summary>Starts the portal.</summary>
internal static class ServeCommand
{
    private static readonly Option<string?> Data = CommonOptions.Data();
    private static readonly Option<string?> Keys = CommonOptions.Keys();

    public static Command Create()
    {
        var command = new Command("serve", "Start the portal (what happens without a verb). An empty one is filled with a sample shop; --demo=false leaves it empty.") { Data, Keys };
        command.TreatUnmatchedTokensAsErrors = false; // --urls and other settings of the host
        command.SetAction((parsed, ct) => RunAsync(parsed, parsed.UnmatchedTokens, ct));
        return command;
    }

    public static async Task<int> RunAsync(ParseResult parsed, IReadOnlyList<string> hostArguments, CancellationToken ct)
    {
        var (data, keys) = (Paths.Data(parsed.GetValue(Data)), Paths.Keys(parsed.GetValue(Keys)));
        for (var isEmptied = false; ; isEmptied = true)
        {
            if (!await ServeAsync(data, keys, hostArguments, isEmptied, ct)) return 0;
            SampleRemoval.Empty(data, keys);
        }
    }

    /// <summary>Answers whether the sample shop is to be removed, after which the portal starts again.</summary>
    private static async Task<bool> ServeAsync(string data, string? keys, IReadOnlyList<string> hostArguments, bool isEmptied, CancellationToken ct)
    {
        await using var app = await PortalApp.StartAsync(data, keys, [.. hostArguments], isEmptied, ct);
        await app.WaitAsync(ct);
        return app.LeavesSample;
    }
}
