using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using CampaignPortal.Marketing.Privacy;
using CampaignPortal.Statistics.Random;

namespace CampaignPortal.Benchmarks.Load;

/// <summary>The verb <c>directory</c>: search of contact data by fragments, in memory. Fragments that nobody has are the worst case: every byte is read.</summary>
internal static class DirectoryBenchmark
{
    private sealed record Result(int Customers, double FillSeconds, double P50Ms, double P95Ms, double P99Ms, double WorstMs, double PeakMb);

    public static Command Create()
    {
        var customers = new Option<int>("--customers") { DefaultValueFactory = _ => 1_000_000 };
        var seed = new Option<long>("--seed") { DefaultValueFactory = _ => 1 };
        var command = new Command("directory", "Find customers by fragments of name, address, number") { customers, seed };
        command.SetAction(arguments => Answer.Guarded(() => Run(arguments.GetValue(customers), new Rng(arguments.GetValue(seed)))));
        return command;
    }

    private static Result Run(int count, Rng rng)
    {
        var index = new FragmentIndex();
        var clock = Stopwatch.StartNew();
        for (var id = 1; id <= count; id++) index.Put(id, Entry(rng, id));
        var fill = clock.Elapsed.TotalSeconds;

        var times = new double[300];
        for (var i = 0; i < times.Length; i++)
        {
            var fragment = (i % 3) switch
            {
                0 => Word(rng, 4),
                1 => Word(rng, 3) + "." + Word(rng, 2),
                _ => "zq" + Word(rng, 5) + "@", // nobody has it
            };
            clock.Restart();
            index.Find(fragment, limit: 20);
            times[i] = clock.Elapsed.TotalMilliseconds;
        }
        Array.Sort(times);
        return new Result(count, fill, times[times.Length / 2], times[times.Length * 95 / 100], times[times.Length * 99 / 100], times[^1], Process.GetCurrentProcess().PeakWorkingSet64 / 1048576.0);
    }

    private static string Entry(Rng rng, int id)
    {
        var (first, last) = (Word(rng, 5), Word(rng, 7));
        return string.Create(CultureInfo.InvariantCulture, $"{first} {last}\t{first}.{last}{rng.NextInt(100)}@example.com\t+49{rng.NextInt(1_000_000_000)}\tc-{id}");
    }

    private static string Word(Rng rng, int length) => string.Create(length, rng, static (text, r) =>
    {
        for (var i = 0; i < text.Length; i++) text[i] = (char)('a' + r.NextInt(26));
    });
}
