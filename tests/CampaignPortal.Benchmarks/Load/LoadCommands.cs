using System.CommandLine;

namespace CampaignPortal.Benchmarks.Load;

/// <summary>The verb <c>load</c>: the real portal in a process of its own, on a big shop, from outside.</summary>
internal static class LoadCommands
{
    private static readonly Option<int> Customers = new("--customers") { DefaultValueFactory = _ => 200_000 };
    private static readonly Option<int> Events = new("--events") { DefaultValueFactory = _ => 5_000_000 };
    private static readonly Option<int> Seconds = new("--seconds") { DefaultValueFactory = _ => 60 };
    private static readonly Option<long> Seed = new("--seed") { DefaultValueFactory = _ => 1 };
    private static readonly Option<string?> Data = new("--data") { Description = "Data directory: measured when it holds a portal, made when it does not. Without it one is made and removed." };

    public static Command Create()
    {
        var audiences = new Option<int>("--audiences") { DefaultValueFactory = _ => 20 };
        var smaller = new Option<int>("--smaller") { DefaultValueFactory = _ => 10, Description = "A second shop so many times smaller takes the same changes; 0 leaves it out." };
        var count = new Option<int>("--circuits") { DefaultValueFactory = _ => 50 };
        var command = new Command("load", "Measure the whole portal from outside")
        {
            Verb("shop", "Only make the shop", [], async (parsed, ct) =>
            {
                using var data = await PrepareAsync(parsed, ct);
                return Answer.Print(new { data.Path, data.Steps });
            }),
            Verb("profile", "Time from the request to the last byte of the HTML, for every page", [Seconds], async (parsed, ct) =>
            {
                using var data = await PrepareAsync(parsed, ct);
                return Answer.Print(await ProfileLoad.RunAsync(data, TimeSpan.FromSeconds(parsed.GetValue(Seconds)), parsed.GetValue(Seed), ct));
            }),
            Verb("audience", "Counts while a rule is made, and how soon members follow a change", [audiences, smaller], async (parsed, ct) =>
            {
                using var data = await PrepareAsync(parsed, ct);
                var times = parsed.GetValue(smaller);
                using var small = times > 0 ? await LargeShopData.PrepareAsync(null, parsed.GetValue(Customers) / times, parsed.GetValue(Events) / times, parsed.GetValue(Seed), ct, isLearning: false) : null;
                return Answer.Print(await AudienceLoad.RunAsync(data, small, parsed.GetValue(audiences), parsed.GetValue(Seed), ct));
            }),
            Verb("circuits", "Memory of the server with people on its pages", [Seconds, count], async (parsed, ct) =>
            {
                using var data = await PrepareAsync(parsed, ct);
                return Answer.Print(await CircuitLoad.RunAsync(data, parsed.GetValue(count), TimeSpan.FromSeconds(parsed.GetValue(Seconds)), ct));
            }),
            DeliveryLoad.Create(),
            CampaignLoad.Create(),
        };
        return command;
    }

    private static Command Verb(string name, string description, Option[] more, Func<ParseResult, CancellationToken, Task<int>> run)
    {
        var command = new Command(name, description) { Customers, Events, Seed, Data };
        foreach (var option in more) command.Options.Add(option);
        command.SetAction(run);
        return command;
    }

    private static Task<LargeShopData> PrepareAsync(ParseResult parsed, CancellationToken ct) =>
        LargeShopData.PrepareAsync(parsed.GetValue(Data), parsed.GetValue(Customers), parsed.GetValue(Events), parsed.GetValue(Seed), ct);
}
