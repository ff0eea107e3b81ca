using System.CommandLine;
using System.Globalization;
using System.Runtime.InteropServices;
using CampaignPortal.Learning.Kernels;

namespace CampaignPortal.Benchmarks.Speed;

/// <summary>The verb <c>speed</c>: the engine's rows against their peers, or against what they took before on this machine.</summary>
internal static class SpeedBenchmark
{
    private sealed record Machine(string Processor, int Cores, int VectorBits, string Runtime, IReadOnlyDictionary<string, string>? Peer, IReadOnlyList<string>? PeerBlas);

    private sealed record Report(Machine Machine, IReadOnlyList<SpeedResult> Rows, double? GeometricMean, IReadOnlyList<string> BelowFloor, IReadOnlyList<string> SlowDowns, string? Skipped);

    private sealed record Settings(string? Filter, bool Peers, int[] Threads, string Python, int? Repeat, string? Jobs, string? Baseline);

    public static Command Create()
    {
        var filter = new Option<string?>("--filter") { Description = "Only rows whose name contains one of these texts, separated by commas" };
        var peers = new Option<bool>("--peers") { Description = "Run the peer scripts in between and print ratios" };
        var threads = new Option<string>("--threads") { Description = "Threads on both sides; several numbers separated by commas", DefaultValueFactory = _ => "1" };
        var python = new Option<string>("--python")
        {
            Description = "Interpreter with torch, scikit-learn and xgboost; PEER_PYTHON or /usr/bin/python3 unless given",
            DefaultValueFactory = _ => Environment.GetEnvironmentVariable("PEER_PYTHON") ?? "/usr/bin/python3",
        };
        var repeat = new Option<int?>("--repeat") { Description = "Timed repetitions; 6 of the engine and the scripts' own numbers unless given" };
        var jobs = new Option<FileInfo?>("--jobs") { Description = "jobs.json beside the peer scripts; shared/peers above this program unless given" };
        var baseline = new Option<FileInfo?>("--baseline") { Description = "Where seconds of this machine are kept; the user's folder of application data unless given" };
        var command = new Command("speed", "Seconds of the engine's jobs, beside those of torch, scikit-learn and xgboost") { filter, peers, threads, python, repeat, jobs, baseline };
        command.SetAction(async (arguments, ct) =>
        {
            try
            {
                var settings = new Settings(
                    arguments.GetValue(filter), arguments.GetValue(peers), ParseThreads(arguments.GetRequiredValue(threads)), arguments.GetRequiredValue(python),
                    arguments.GetValue(repeat), arguments.GetValue(jobs)?.FullName ?? FindJobs(), arguments.GetValue(baseline)?.FullName);
                return await RunAsync(settings, ct);
            }
            catch (Exception e) when (e is ArgumentException or InvalidDataException or FormatException or IOException)
            {
                return Answer.Fail(e.Message);
            }
        });
        return command;
    }

    private static async Task<int> RunAsync(Settings settings, CancellationToken ct)
    {
        if (settings is { Peers: true, Jobs: null }) throw new ArgumentException("There is no shared/peers/jobs.json above this program; name it with --jobs.");
        var jobs = settings.Jobs is { } file ? SpeedJob.Read(file) : [];
        var python = settings.Peers ? new PeerPython(settings.Python, Path.GetDirectoryName(settings.Jobs)!) : null; // --peers has jobs
        var packages = python is null ? null : await python.ProbeAsync(ct);
        var machine = new Machine(
            ProcessorName(), Environment.ProcessorCount, Dense.VectorBits, RuntimeInformation.FrameworkDescription, packages?.Found, packages?.Blas);
        if (python is not null && packages is not { Missing.Count: 0 })
        {
            var missing = packages is null ? "it could not be started" : $"it lacks {string.Join(", ", packages.Missing)}";
            var skipped = $"skipped: the peers need {settings.Python} with numpy, scipy, sklearn, xgboost and torch; {missing} (Debian: python3-torch python3-sklearn python3-xgboost).";
            Console.WriteLine(skipped);
            return Answer.Print(new Report(machine, [], null, [], [], skipped));
        }
        SpeedTable.PrintHead(machine.Processor, machine.Cores, machine.VectorBits, machine.Runtime, packages);
        var results = await MeasureAsync(settings, new SpeedComparison(jobs, python, settings.Repeat), jobs, ct);
        var slow = settings.Peers ? [] : await SlowDownsAsync(settings, results, jobs, ct);
        var ratios = results.Where(r => r.Ratio is not null).Select(r => Math.Log(r.Ratio!.Value)).ToArray(); // just filtered
        var mean = ratios.Length > 0 ? Math.Exp(ratios.Average()) : (double?)null;
        if (mean is { } m) Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"geometric mean of {ratios.Length} ratios: {m:0.00}"));
        Answer.Print(new Report(machine, results, mean, [.. results.Where(r => r.Ratio < r.Floor).Select(r => r.Job)], slow, null));
        return slow.Count > 0 ? 1 : 0;
    }

    private static async Task<List<SpeedResult>> MeasureAsync(Settings settings, SpeedComparison comparison, IReadOnlyList<SpeedJob> jobs, CancellationToken ct)
    {
        var wanted = settings.Filter?.Split(',', StringSplitOptions.RemoveEmptyEntries);
        var rows = SpeedRows.All.Where(row => wanted is null || wanted.Any(text => row.Job.Contains(text, StringComparison.OrdinalIgnoreCase))).ToArray();
        var processes = rows.GroupBy(row => jobs.FirstOrDefault(job => job.Job == row.Job)?.Process ?? row.Job, StringComparer.Ordinal);
        var results = new List<SpeedResult>();
        foreach (var process in processes)
        {
            ct.ThrowIfCancellationRequested();
            foreach (var threads in settings.Threads)
            {
                foreach (var result in await comparison.RunAsync([.. process], threads, ct))
                {
                    var single = results.FirstOrDefault(r => r.Job == result.Job);
                    results.Add(result with { Gain = single?.Seconds / result.Seconds });
                    SpeedTable.PrintRow(results[^1]);
                }
            }
        }
        return results;
    }

    /// <summary>Rows that are slower than before; each is measured once more before it counts.</summary>
    private static async Task<IReadOnlyList<string>> SlowDownsAsync(Settings settings, IReadOnlyList<SpeedResult> results, IReadOnlyList<SpeedJob> jobs, CancellationToken ct)
    {
        var baseline = new SpeedBaseline(settings.Baseline);
        var slow = new List<string>();
        foreach (var result in results)
        {
            if (baseline.SlowDown(result) is null) continue;
            var row = SpeedRows.All.First(r => r.Job == result.Job);
            var again = await new SpeedComparison(jobs, null, settings.Repeat).RunAsync([row], result.Threads, ct);
            if (baseline.SlowDown(again[0]) is not { } ratio) continue;
            slow.Add(string.Create(CultureInfo.InvariantCulture, $"{result.Job} takes {ratio:0.00} times what it took"));
            Console.WriteLine(slow[^1]);
        }
        baseline.Save();
        Console.WriteLine($"compared with {baseline.FileName}");
        return slow;
    }

    private static int[] ParseThreads(string text)
    {
        var threads = text.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(part => int.Parse(part, CultureInfo.InvariantCulture)).ToArray();
        return threads.Length > 0 && threads.All(t => t > 0) ? threads : throw new ArgumentException($"--threads takes positive numbers, for instance 1 or 1,2; got '{text}'.");
    }

    private static string? FindJobs()
    {
        if (Environment.GetEnvironmentVariable("CAMPAIGNPORTAL_SHARED") is { } shared) return Path.Combine(shared, "peers", "jobs.json");
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var file = Path.Combine(folder.FullName, "shared", "peers", "jobs.json");
            if (File.Exists(file)) return file;
        }
        return null;
    }

    private static string ProcessorName()
    {
        const string Label = "model name";
        if (!File.Exists("/proc/cpuinfo")) return RuntimeInformation.ProcessArchitecture.ToString();
        var line = File.ReadLines("/proc/cpuinfo").FirstOrDefault(l => l.StartsWith(Label, StringComparison.Ordinal));
        return line?[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim() ?? RuntimeInformation.ProcessArchitecture.ToString();
    }
}
