using CampaignPortal.Benchmarks.Cases;
using CampaignPortal.Testing;

namespace CampaignPortal.Statistics.Tests.Cases;

public sealed class ReferenceCaseTests
{
    private const string Folder = "cases/statistics";

    public static TheoryData<string> Ids()
    {
        var data = new TheoryData<string>();
        if (SharedData.Locate(Folder) is not { } folder) data.Add("(no shared data)");
        else foreach (var item in StatisticsCases.Load(folder).Where(StatisticsCases.IsSupported)) data.Add(item.Id);
        return data;
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public void Case_gives_the_reference_answer(string id)
    {
        var item = StatisticsCases.Load(SharedData.PathOrSkip(Folder)).Single(c => c.Id == id);
        var failures = StatisticsCases.Check(item);
        Assert.True(failures.Count is 0, string.Join('\n', failures.Select(f => $"{f.Id} {item.Function} {f.Field}: expected {f.Expected}, got {f.Got}")));
    }

    [Fact]
    public void Every_function_of_the_cases_is_known()
    {
        var unknown = StatisticsCases.Load(SharedData.PathOrSkip(Folder)).Where(c => !StatisticsCases.IsSupported(c)).Select(c => c.Function).Distinct();
        Assert.Empty(unknown.Except(NotYetSupported));
    }

    private static readonly string[] NotYetSupported = [];
}
