using System.Diagnostics;
using System.Globalization;
using System.Net;
using CampaignPortal.Statistics.Random;
using Microsoft.Data.Sqlite;

namespace CampaignPortal.Benchmarks.Load;

/// <summary>The verb <c>load profile</c>: server time to the last byte of the first HTML, for every page, one at a time and two at a time.</summary>
internal static class ProfileLoad
{
    private const double TargetMs = 300;
    private const int BlockSize = 5;

    /// <param name="CpuMs">Mean processor time of the server for one request; null with several at a time.</param>
    private sealed record PageTimes(string Page, int Concurrency, int Requests, double P50Ms, double P95Ms, double P99Ms, double WorstMs, double? CpuMs, double Kb);

    private sealed record Result(
        double PerSecond, double P50Ms, double P95Ms, double P99Ms, double PeakMb, long Customers, long Events, int Cores, double TargetMs, int PagesOverTarget,
        IReadOnlyList<PreparedStep> Steps, IReadOnlyList<PageTimes> Rows, IReadOnlyList<string> Unreached, IReadOnlyList<string> NotShown);

    private sealed class Samples(MeasuredPage page)
    {
        public MeasuredPage Page => page;
        public List<double> Milliseconds { get; } = [];
        public double CpuMs { get; set; }
        public long Bytes { get; set; }
        public int Next { get; set; }

        public PageTimes Times(int concurrency)
        {
            var n = Milliseconds.Count;
            return new PageTimes(page.Name, concurrency, n, Share.Of(Milliseconds, 0.5), Share.Of(Milliseconds, 0.95), Share.Of(Milliseconds, 0.99), Milliseconds.Max(), concurrency is 1 ? CpuMs / n : null, Bytes / 1024.0 / n);
        }
    }

    public static async Task<object> RunAsync(LargeShopData data, TimeSpan time, long seed, CancellationToken ct)
    {
        var (special, customers, events) = SpecialPages(data.Path, new Rng(seed));
        await using var portal = await PortalClient.StartAsync(data.Path, ct);
        var routes = new PageRoutes();
        var pages = new List<MeasuredPage>();
        var notShown = new List<string>();
        foreach (var page in special.Concat(await routes.FindAsync(a => portal.GetAsync(a, ct))))
        {
            var first = await portal.GetAsync(page.Addresses[0], ct); // once for the compiler and the caches
            if (first.Status is HttpStatusCode.OK) pages.Add(page);
            else notShown.Add(string.Create(CultureInfo.InvariantCulture, $"{page.Name}: {(int)first.Status}"));
        }
        var started = Stopwatch.StartNew();
        var alone = await MeasureAloneAsync(portal, pages, time / 2, ct);
        var together = await MeasureTogetherAsync(portal, pages, time / 2, ct);
        var seconds = started.Elapsed.TotalSeconds;

        PageTimes[] rows = [.. alone.Select(s => s.Times(1)), .. together.Select(s => s.Times(2))];
        var all = alone.Concat(together).SelectMany(s => s.Milliseconds).ToArray();
        PrintTable(rows);
        return new Result(
            all.Length / seconds, Share.Of(all, 0.5), Share.Of(all, 0.95), Share.Of(all, 0.99), portal.Program.PeakMb ?? 0, customers, events, Environment.ProcessorCount, TargetMs,
            rows.Where(r => r.P95Ms > TargetMs).Select(r => r.Page).Distinct(StringComparer.Ordinal).Count(), data.Steps, rows, routes.Unreached, notShown);
    }

    // In blocks, so that the processor time of a block belongs to one page; the clock of the kernel ticks only every ten milliseconds.
    private static async Task<Samples[]> MeasureAloneAsync(PortalClient portal, List<MeasuredPage> pages, TimeSpan time, CancellationToken ct)
    {
        var samples = pages.Select(p => new Samples(p)).ToArray();
        var clock = Stopwatch.StartNew();
        for (var round = 0; round < 4 || clock.Elapsed < time; round++)
        {
            foreach (var page in samples)
            {
                var cpu = portal.Program.ProcessorTime ?? TimeSpan.Zero;
                for (var i = 0; i < BlockSize; i++) await AskAsync(portal, page, page.Next++, ct);
                page.CpuMs += ((portal.Program.ProcessorTime ?? TimeSpan.Zero) - cpu).TotalMilliseconds;
            }
        }
        return samples;
    }

    private static async Task<Samples[]> MeasureTogetherAsync(PortalClient portal, List<MeasuredPage> pages, TimeSpan time, CancellationToken ct)
    {
        var samples = pages.Select(p => new Samples(p)).ToArray();
        var clock = Stopwatch.StartNew();
        var next = -1;
        await Task.WhenAll(Enumerable.Range(0, 2).Select(async _ =>
        {
            while (Interlocked.Increment(ref next) is var n && (n < samples.Length * 20 || clock.Elapsed < time)) await AskAsync(portal, samples[n % samples.Length], n / samples.Length, ct);
        }));
        return samples;
    }

    private static async Task AskAsync(PortalClient portal, Samples page, int number, CancellationToken ct)
    {
        var answer = await portal.GetAsync(page.Page.Addresses[number % page.Page.Addresses.Count], ct);
        if (answer.Status is not HttpStatusCode.OK) throw new InvalidDataException($"{page.Page.Name} was answered with {answer.Status}.");
        lock (page)
        {
            page.Milliseconds.Add(answer.Milliseconds);
            page.Bytes += answer.Html.Length;
        }
    }

    private static (IReadOnlyList<MeasuredPage> Pages, long Customers, long Events) SpecialPages(string path, Rng rng)
    {
        using var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = Path.Combine(path, "portal.db"), Pooling = false }.ToString());
        connection.Open();
        long Number(string sql)
        {
            using var command = connection.CreateCommand();
            command.CommandText = sql;
            return command.ExecuteScalar() as long? ?? 0;
        }
        var customers = Number("select count(*) from \"Customers\"");
        var busiest = Number("select \"CustomerId\" from \"CustomerProfiles\" order by \"EventCount\" desc limit 1");
        string Profile(long id) => string.Create(CultureInfo.InvariantCulture, $"/customers/{id}");
        string Deep(double share)
        {
            var rank = (long)(customers * share);
            using var command = connection.CreateCommand();
            command.CommandText = string.Create(CultureInfo.InvariantCulture, $"select \"LastOrderAt\", \"CustomerId\" from \"CustomerTotals\" where \"LastOrderAt\" is not null order by 1 desc, 2 desc limit 1 offset {rank}");
            using var reader = command.ExecuteReader();
            return reader.Read() ? string.Create(CultureInfo.InvariantCulture, $"/customers?after=k_{reader.GetInt64(0)}_{reader.GetInt64(1)}") : "/customers";
        }
        IReadOnlyList<MeasuredPage> pages =
        [
            new("/customers/{any of 200}", [.. Enumerable.Range(0, 200).Select(_ => Profile(1 + rng.NextInt((int)customers)))]),
            new("/customers/{with the most events}", [Profile(busiest)]),
            new("/customers, half way down", [Deep(0.3)]),
            new("/customers, near the end", [string.Create(CultureInfo.InvariantCulture, $"/customers?after=r__{customers - 60}")]),
            new("/customers, search many have", ["/customers?q=lena", "/customers?q=example.net", "/customers?q=%E7%8E%8B%E4%BC%9F%40x", "/customers?q=marten"]),
            new("/customers, search one has", [.. Enumerable.Range(0, 50).Select(_ => string.Create(CultureInfo.InvariantCulture, $"/customers?q=c-{100_000 + rng.NextInt((int)customers)}"))]),
            new("/customers, search nobody has", ["/customers?q=zzqx", "/customers?q=0000000000000"]),
            .. new[] { "orders", "spent", "expected", "purchase", "leave" }.Select(sort => new MeasuredPage($"/customers?sort={sort}", ["/customers?sort=" + sort, $"/customers?sort={sort}-up"])),
            .. Enum.GetNames<Marketing.Customers.LifeStage>().Select(stage => new MeasuredPage($"/customers?stage={stage}", ["/customers?stage=" + stage])),
            new("/customers, stage and segment", ["/customers?stage=Active&segment=0", "/customers?stage=Lost&segment=1&sort=spent"]),
        ];
        return (pages, customers, Number("select max(\"Sequence\") from \"Events\""));
    }

    private static void PrintTable(IReadOnlyList<PageTimes> rows)
    {
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{"page",-58} {"at once",7} {"n",5} {"p50",8} {"p95",8} {"p99",8} {"worst",8} {"cpu",7} {"kB",6}"));
        foreach (var r in rows.OrderBy(r => r.Concurrency).ThenByDescending(r => r.P95Ms))
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{(r.Page.Length > 58 ? r.Page[..57] + "…" : r.Page),-58} {r.Concurrency,7} {r.Requests,5} {r.P50Ms,8:0.0} {r.P95Ms,8:0.0} {r.P99Ms,8:0.0} {r.WorstMs,8:0.0} {r.CpuMs,7:0.0} {r.Kb,6:0}"));
    }
}
