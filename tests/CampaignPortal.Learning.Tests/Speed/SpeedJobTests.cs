using System.Text.Json;
using CampaignPortal.Benchmarks.Speed;
using CampaignPortal.Testing;

namespace CampaignPortal.Learning.Tests.Speed;

/// <summary>Rules of the speed comparison.</summary>
public sealed class SpeedJobTests
{
    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    [Theory]
    [InlineData("{\"relative\":0.01}", 101, 100, true)]
    [InlineData("{\"relative\":0.01}", 102, 100, false)]
    [InlineData("{\"relative\":0.01,\"absolute\":3}", 102, 100, true)]
    [InlineData("{\"absolute\":1}", 25, 27, false)]
    [InlineData("{\"at_least\":0.785}", 0.784, 0.7, false)]
    [InlineData("{\"at_least_minus\":0.01}", 0.691, 0.7, true)]
    [InlineData("{\"at_least_minus\":0.01}", 0.689, 0.7, false)]
    [InlineData("{\"at_most_ratio\":1.001}", 1002, 1000, false)]
    [InlineData("{\"relative\":0.01}", double.NaN, 100, false)]
    public void A_figure_is_held_against_the_rule_of_its_job(string rule, double engine, double peer, bool holds)
    {
        var parsed = JsonSerializer.Deserialize<MetricRule>(rule, Json);
        Assert.Equal(holds, parsed!.Fault(engine, peer) is null);
    }

    [Fact]
    public void The_line_of_a_job_is_the_one_that_has_every_property_of_pick()
    {
        var jobs = SpeedJob.Read(SharedData.PathOrSkip("peers/jobs.json"));
        var line = JsonElement.Parse("{\"bench\":\"gemm\",\"peer\":\"torch\",\"shape\":[1, 64, 64],\"seconds\":1}");
        Assert.Equal(["gemm-1x64x64"], jobs.Where(job => job.Picks(line)).Select(job => job.Job));
        Assert.Empty(SpeedRows.All.Select(row => row.Job).Except(jobs.Select(job => job.Job)));
    }

    [Fact]
    public void A_slow_down_above_15_percent_is_told_and_a_new_row_joins()
    {
        using var folder = new TemporaryFolder();
        var file = Path.Combine(folder.Path, "a", "baseline.json");
        var first = new SpeedBaseline(file);
        Assert.Null(first.SlowDown(Result(0.010)));
        first.Save();

        var second = new SpeedBaseline(file);
        Assert.Null(second.SlowDown(Result(0.0114)));
        Assert.Equal(1.2, second.SlowDown(Result(0.012)) ?? 0, 1e-9);
    }

    private static SpeedResult Result(double min) =>
        new("a", 1, min, null, null, "median", min, min, null, null, null, null, new Dictionary<string, double>(), null, null);
}
