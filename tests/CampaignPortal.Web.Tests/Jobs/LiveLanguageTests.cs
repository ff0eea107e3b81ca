using System.Globalization;
using CampaignPortal.Marketing.Jobs;
using CampaignPortal.Testing;
using CampaignPortal.Web.Features.Jobs;
using Microsoft.AspNetCore.Components.Rendering;
using Microsoft.Extensions.DependencyInjection;

namespace CampaignPortal.Web.Tests.Jobs;

/// <summary>A job speaks no language: what it changes on a page stays in the reader's.</summary>
public sealed class LiveLanguageTests
{
    [Fact]
    public async Task What_another_thread_says_is_drawn_in_the_language_of_the_reader_and_leaves_that_thread_its_own()
    {
        var clock = new ManualClock();
        using var jobs = new RunningJobs(clock);
        CultureInfo.CurrentCulture = CultureInfo.CurrentUICulture = CultureInfo.GetCultureInfo("zh-Hans");
        await using var part = await RenderedPart.RenderAsync<Live>(configure: services => services.AddSingleton<TimeProvider>(clock).AddSingleton(jobs));
        Assert.Equal("0 zh-Hans", part.Html);

        CultureInfo.CurrentCulture = CultureInfo.CurrentUICulture = CultureInfo.GetCultureInfo("en-GB"); // from here on this is the job
        jobs.Touch();

        Assert.Equal("1 zh-Hans", part.Html);
        Assert.Equal("en-GB", CultureInfo.CurrentUICulture.Name);
    }

    private sealed class Live : JobsLive
    {
        protected override void BuildRenderTree(RenderTreeBuilder builder) => builder.AddContent(0, FormattableString.Invariant($"{Tick} {CultureInfo.CurrentUICulture.Name}"));
    }
}
