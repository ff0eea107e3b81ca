using CampaignPortal.Benchmarks.Cases;
using CampaignPortal.Testing;

namespace CampaignPortal.Learning.Tests;

/// <summary>The library against other libraries' values.</summary>
public sealed class ReferenceCaseTests
{
    [Fact]
    public void Every_reference_case_passes()
    {
        var report = LearningCases.Run(SharedData.PathOrSkip("cases/learning"));
        Assert.True(report.Failed == 0, string.Join('\n', report.Failures.Select(f => $"{f.Id} {f.Field}: expected {f.Expected}, got {f.Got}")));
        Assert.Empty(report.UnsupportedIds);
        Assert.True(report.Passed > 0);
    }

    [Theory]
    [InlineData("logistic-0", "logistic")]
    [InlineData("quantile-0.9", "quantile")]
    [InlineData("bag-sum", "bag-sum")]
    [InlineData("conv2d-12", "conv2d")]
    public void A_case_is_dispatched_on_its_name_up_to_the_last_hyphen_and_number(string name, string stem) => Assert.Equal(stem, LearningCases.Stem(name));

    [Fact]
    public void A_wrong_value_or_a_missing_field_fails_and_an_unknown_name_is_unsupported()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(Path.Combine(folder.Path, "linear.json"), """
            {"group":"linear","about":"","tolerance":{"abs":1e-6,"rel":0},"cases":[
              {"name":"linear-7","input":{"x":{"shape":[1,1],"data":[2]},"weight":{"shape":[1,1],"data":[3]},"bias":{"shape":[1],"data":[1]},"grad_y":{"shape":[1,1],"data":[1]}},
               "expected":{"y":{"shape":[1,1],"data":[7]}}},
              {"name":"linear-8","input":{"x":{"shape":[1,1],"data":[2]},"weight":{"shape":[1,1],"data":[3]},"bias":{"shape":[1],"data":[1]},"grad_y":{"shape":[1,1],"data":[1]}},
               "expected":{"y":{"shape":[1,1],"data":[8]},"other":1}},
              {"name":"unheard-of","input":{},"expected":{}}]}
            """);
        var report = LearningCases.Run(folder.Path);
        Assert.Equal((1, 1, 1), (report.Passed, report.Failed, report.Unsupported));
        Assert.Equal(["y[0]", "other"], report.Failures.Select(f => f.Field));
        Assert.Equal(["linear/unheard-of"], report.UnsupportedIds);
    }
}
