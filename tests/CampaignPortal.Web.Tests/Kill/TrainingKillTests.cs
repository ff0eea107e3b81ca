using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using CampaignPortal.Marketing.Jobs;
using CampaignPortal.Marketing.Predictions;
using CampaignPortal.Testing;

namespace CampaignPortal.Web.Tests.Kill;

public sealed class TrainingKillTests
{
    private const string Job = "train." + ModelNames.Segments;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact, Trait("Promise", "R-55")]
    public async Task A_training_that_is_killed_anywhere_leaves_the_old_model_or_the_new_one_whole_and_is_begun_again()
    {
        using var folder = new TempFolder();
        var data = folder.File("data");
        var file = folder.File("orders.csv");
        await File.WriteAllLinesAsync(file, Rows(), Encoding.UTF8, Ct);
        await RunAsync("import", "--preset", "online-retail", "--file", file, "--data", data, "--json");
        await RunAsync("job", "run", Job, "--data", data);
        var version = await LiveAsync(data);

        foreach (var point in new[] { "job.started", "job.mid-epoch", "model.after-write-before-rename", "model.after-rename-before-activate", "model.after-activate" })
        {
            await using (var killed = ChildProgram.Start(["job", "run", Job, "--data", data], point))
            {
                await killed.WaitForExitAsync(Ct);
                Assert.NotEqual(0, killed.ExitCode);
            }
            var live = await LiveAsync(data);
            // Same data and seed: a new version has the same weights as the old one.
            Assert.Equal(version.Hash, live.Hash);
            Assert.Equal(point is "model.after-activate" ? version.Number + 1 : version.Number, live.Number);

            await RunAsync("job", "run", Job, "--data", data);
            version = await LiveAsync(data);
            await using var store = await TestStore.OpenAsync(data);
            var runs = (await store.Get<ListJobRunsHandler>().HandleAsync(new ListJobRuns(Job, PageSize: 2), Ct)).Runs;
            Assert.Equal([JobStatus.Succeeded, JobStatus.Lost], runs.Select(r => r.Status));
            Assert.Equal((2, runs[1].Id), (runs[0].Attempt, runs[0].RetryOf!.Value)); // attempt two
        }
        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(data, "models"), "*.tmp*", SearchOption.AllDirectories));
    }

    private static async Task RunAsync(params string[] arguments)
    {
        var (exitCode, output) = await ChildProgram.RunAsync(Ct, arguments);
        Assert.True(exitCode is 0, output);
    }

    private static async Task<(int Number, string Hash)> LiveAsync(string data)
    {
        await using var store = await TestStore.OpenAsync(data);
        var live = store.Get<ModelRegistry>().FindLive(ModelNames.Segments) ?? throw new InvalidOperationException("No model answers.");
        return (live.Version, Convert.ToHexString(SHA256.HashData(await File.ReadAllBytesAsync(Path.Combine(live.Folder, "weights.safetensors"), Ct))));
    }

    private static IEnumerable<string> Rows()
    {
        yield return "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country";
        var start = new DateTime(2011, 1, 3, 8, 0, 0, DateTimeKind.Unspecified);
        for (var i = 0; i < 6_000; i++)
        {
            var customer = i % 400;
            yield return string.Create(
                CultureInfo.InvariantCulture,
                $"{500_000 + i},{10_000 + i * 31 % 60},ITEM {i * 31 % 60},{1 + i % 12},{start.AddHours(i + customer % 7 * 40):yyyy-MM-dd HH:mm:ss},{1 + customer % 9},{12_000 + customer},United Kingdom");
        }
    }
}
