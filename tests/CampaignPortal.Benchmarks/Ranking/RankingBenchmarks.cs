using System.CommandLine;
using System.Text.Json;

namespace CampaignPortal.Benchmarks.Ranking;

/// <summary>The verb <c>ranking</c>: recommendation models judged on interaction files.</summary>
public static class RankingBenchmarks
{
    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static Command Create()
    {
        var orders = new Option<FileInfo?>("--orders") { Description = "Invoice lines of the Online Retail layout (CSV or CSV.GZ)" };
        var split = new Option<DateOnly?>("--split") { Description = "Learn before this day, judge the 31 days from it" };
        var seed = new Option<long>("--seed") { DefaultValueFactory = _ => 1 };
        var threads = new Option<int?>("--threads") { Description = "All processors but one unless given" };
        var command = new Command("ranking", "Ranking quality of recommendation models on interaction files") { orders, split, seed, threads };
        command.SetAction(arguments => Guarded(() =>
        {
            if (arguments.GetValue(orders) is not { } file) throw new ArgumentException("Name a file: --orders F --split DATE.");
            var cut = arguments.GetValue(split) ?? throw new ArgumentException("--orders needs --split DATE, the first day to judge.");
            return OrderRanking.Run(file.FullName, cut, arguments.GetValue(seed), arguments.GetValue(threads));
        }));
        return command;
    }

    private static int Guarded(Func<object> run)
    {
        try
        {
            Console.WriteLine(JsonSerializer.Serialize(run(), Json));
            return 0;
        }
        catch (Exception e) when (e is ArgumentException or InvalidDataException or FormatException or IOException)
        {
            Console.Error.WriteLine(e.Message);
            return 2;
        }
    }
}
