using CampaignPortal.Marketing.Audiences;
using CampaignPortal.Marketing.Audiences.Rules;
using CampaignPortal.Marketing.Customers;
using CampaignPortal.Marketing.Database;
using CampaignPortal.Marketing.Events;
using CampaignPortal.Marketing.Insights;
using CampaignPortal.Marketing.Jobs;
using CampaignPortal.Marketing.Predictions;
using CampaignPortal.Statistics.Random;
using CampaignPortal.Testing;
using Microsoft.EntityFrameworkCore;

namespace CampaignPortal.Marketing.Tests.Customers;

public sealed class HomeTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Days_add_up_to_the_orders_of_the_two_ranges_in_the_zone_of_the_shop()
    {
        await using var store = await OpenAsync();
        await store.Get<ShopSettingsStore>().SaveAsync(new ShopSettings("Shop", "EUR", "Europe/Berlin", "en"), Ct);
        var rng = new Rng(5);
        var lines = Enumerable.Range(0, 400).Select(i => An.OrderLine($"o-{i}", 1, $"c-{i % 60}", amount: i, at: ManualClock.Noon.AddHours(-70 * 24 * rng.NextDouble()))).ToArray();
        await store.Log.AppendAsync(An.Batch(lines), Ct);
        await store.Get<ProjectionHost>().CatchUpAsync(Ct);

        var page = await store.Get<ReadHomeHandler>().HandleAsync(28, Ct);

        var zone = TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin");
        var today = TimeZoneInfo.ConvertTime(ManualClock.Noon, zone).Date; // noon: the day is not over and not shown
        int DaysAgo(NewEvent line) => (today - TimeZoneInfo.ConvertTime(line.OccurredAt, zone).Date).Days;
        Assert.Equal(lines.Where(l => DaysAgo(l) is >= 1 and <= 28).Sum(l => l.Amount), page.Period.Days.Sum(d => d.Revenue));
        Assert.Equal(lines.Where(l => DaysAgo(l) is >= 29 and <= 56).Sum(l => l.Amount), page.Period.Before.Sum(d => d.Revenue));
        Assert.Equal(lines.Where(l => DaysAgo(l) is >= 1 and <= 28).Select(l => l.Customer).Distinct().Count(), page.Period.Buyers);
        foreach (var (day, i) in page.Period.Days.Select((d, i) => (d, i))) Assert.Equal(lines.Count(l => DaysAgo(l) == 28 - i), day.Orders);
        Assert.Equal(lines.GroupBy(l => l.Customer).Count(g => DaysAgo(g.MinBy(l => l.OccurredAt)!) is >= 1 and <= 28), page.Period.Days.Sum(d => d.Newcomers));
        Assert.Equal(60, page.Stages.Sum(s => s.Value));
        Assert.True(page.HasEvents);
    }

    [Fact]
    public async Task Each_range_is_added_up_once_until_something_changes()
    {
        await using var store = await OpenAsync();
        await store.Log.AppendAsync(An.Batch(An.OrderLine("o-1", 1, at: ManualClock.Noon.AddDays(-40))), Ct);
        await store.Get<ProjectionHost>().CatchUpAsync(Ct);
        var home = store.Get<ReadHomeHandler>();
        var pages = new Dictionary<int, HomePage>();
        foreach (var days in ReadHomeHandler.RangeDays) pages[days] = await home.HandleAsync(days, Ct);
        foreach (var days in ReadHomeHandler.RangeDays) Assert.Same(pages[days], await home.HandleAsync(days, Ct));

        await store.Log.AppendAsync(An.Batch(An.OrderLine("o-2", 1, at: ManualClock.Noon.AddDays(-50))), Ct);
        await store.Get<ProjectionHost>().CatchUpAsync(Ct);
        Assert.Equal(2, (await home.HandleAsync(91, Ct)).Period.Days.Sum(d => d.Orders));
    }

    [Fact]
    public async Task An_empty_portal_has_figures_of_nothing_and_nothing_that_needs_anybody()
    {
        await using var store = await OpenAsync();
        var page = await store.Get<ReadHomeHandler>().HandleAsync(7, Ct);
        Assert.False(page.HasEvents);
        Assert.Equal((0, 0m), (page.Stages.Count, page.Period.Days.Sum(d => d.Revenue)));
        Assert.Empty(await store.Get<NeedsYouHandler>().HandleAsync(Ct));
        Assert.Empty(await store.Get<FindingsHandler>().HandleAsync(Ct));
    }

    [Fact]
    public async Task A_job_that_fails_again_and_again_says_how_often_and_a_later_success_ends_it()
    {
        await using var store = await OpenAsync();
        foreach (var status in (JobStatus[])[JobStatus.Failed, JobStatus.Succeeded, JobStatus.Failed, JobStatus.Cancelled, JobStatus.Lost, JobStatus.Failed]) await AddRunAsync(store, status);
        var need = Assert.Single(await store.Get<NeedsYouHandler>().HandleAsync(Ct));
        Assert.Equal((NeedKind.JobFailed, "work", 3), (need.Kind, need.Name, need.Count)); // the success before them ends the row, a stop does not
        await AddRunAsync(store, JobStatus.Succeeded);
        Assert.Empty(await store.Get<NeedsYouHandler>().HandleAsync(Ct));
    }

    [Fact]
    public async Task A_job_that_waits_or_runs_far_longer_than_usual_is_late()
    {
        await using var store = await OpenAsync();
        await AddRunAsync(store, JobStatus.Succeeded); // took five minutes
        await AddRunAsync(store, JobStatus.Running);
        store.Clock.Advance(TimeSpan.FromMinutes(14));
        Assert.Empty(await store.Get<NeedsYouHandler>().HandleAsync(Ct));
        store.Clock.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal((NeedKind.JobLate, "work"), await OneAsync(store));

        await using var waiting = await OpenAsync();
        await AddRunAsync(waiting, JobStatus.Queued);
        waiting.Clock.Advance(TimeSpan.FromMinutes(59));
        Assert.Empty(await waiting.Get<NeedsYouHandler>().HandleAsync(Ct));
        waiting.Clock.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal((NeedKind.JobLate, "work"), await OneAsync(waiting));
    }

    [Fact]
    public async Task An_audience_that_failed_or_is_late_needs_somebody_and_several_are_one_line()
    {
        await using var store = await OpenAsync();
        var save = store.Get<SaveAudienceHandler>();
        var first = (await save.HandleAsync(new SaveAudience(null, "First", null, AudienceRule.Everyone, null, 1), Ct)).Value.Id;
        Assert.Empty(await store.Get<NeedsYouHandler>().HandleAsync(Ct));
        store.Clock.Advance(ResolveAudience.Late + TimeSpan.FromSeconds(1));
        Assert.Equal((NeedKind.AudienceLate, "First"), await OneAsync(store));

        await save.HandleAsync(new SaveAudience(null, "Second", null, AudienceRule.Everyone, null, 1), Ct); // its turn confirms the first
        await using (var db = await store.ContextAsync()) await db.Audiences.ExecuteUpdateAsync(a => a.SetProperty(x => x.State, AudienceState.Failed), Ct);
        var need = Assert.Single(await store.Get<NeedsYouHandler>().HandleAsync(Ct));
        Assert.Equal((NeedKind.AudienceFailed, 2L, null), (need.Kind, need.Count, need.AudienceId));

        await store.Get<ArchiveAudienceHandler>().HandleAsync(new ArchiveAudience(first, true, 1), Ct);
        Assert.Equal((NeedKind.AudienceFailed, "Second"), await OneAsync(store));
    }

    [Fact]
    public async Task Each_finding_counts_exactly_the_customers_that_its_link_lists()
    {
        await using var store = await OpenAsync();
        await SampleShop.FillAsync(store.Get<IServiceProvider>(), ManualClock.Noon, customerCount: 120);
        var findings = await store.Get<FindingsHandler>().HandleAsync(Ct);
        Assert.Contains(findings, f => f.Kind is FindingKind.Concentration);
        foreach (var finding in findings.Where(f => f.Filter is not null))
            Assert.Equal(finding.Count, (await store.Get<ListCustomersHandler>().HandleAsync(new ListCustomers(null, finding.Filter!, CustomerSort.LastOrder, false, null), Ct)).MatchCount);
    }

    [Fact]
    public async Task The_history_of_scores_keeps_changes_and_leaves_out_noise()
    {
        await using var store = await OpenAsync();
        await store.Log.AppendAsync(An.Batch(An.Event()), Ct);
        var writer = store.Get<ScoreWriter>();
        async Task ScoreAsync(int day, string model, double value) =>
            await writer.SaveAsync(model, 1, ManualClock.Noon.AddDays(day), [new ScoreRow(1, null, value, 0.5)], Ct);
        foreach (var (day, value) in new[] { (0, 0.50), (1, 0.515), (2, 0.53), (3, 0.20) }) await ScoreAsync(day, ModelNames.Purchase, value);
        foreach (var (day, segment) in new[] { (0, 25), (1, 25), (2, 24), (3, 24) }) await ScoreAsync(day, ModelNames.Segments, segment);

        await using var db = await store.ContextAsync();
        Assert.Equal([0.50, 0.53, 0.20], db.ScoreHistory.Where(p => p.Model == ModelNames.Purchase).OrderBy(p => p.AsOf).Select(p => p.Value));
        Assert.Equal([25.0, 24.0], db.ScoreHistory.Where(p => p.Model == ModelNames.Segments).OrderBy(p => p.AsOf).Select(p => p.Value));
        Assert.Equal([24, 25], (await store.Get<ReadCustomerHandler>().HandleAsync(1, CustomerScope.Everybody, Ct))!.SegmentHistory.Select(s => s.Segment));
        Assert.Equal([new SegmentShift(25, 24, 1)], store.Get<SegmentSizesReader>().ReadMoves());
    }

    private static async Task<(NeedKind, string?)> OneAsync(TestStore store)
    {
        var need = Assert.Single(await store.Get<NeedsYouHandler>().HandleAsync(Ct));
        return (need.Kind, need.Name);
    }

    private static async Task AddRunAsync(TestStore store, JobStatus status)
    {
        var now = store.Clock.GetUtcNow();
        await using var db = await store.ContextAsync();
        db.JobRuns.Add(new JobRun
        {
            Key = "work", SingleFlightKey = "work", Status = status, Attempt = 1, Parameters = "{}", StartedBy = "1", QueuedAt = now, DueAt = now,
            StartedAt = status is JobStatus.Queued ? null : status is JobStatus.Running ? now : now.AddMinutes(-5), FinishedAt = status is JobStatus.Queued or JobStatus.Running ? null : now,
        });
        await db.SaveChangesAsync(Ct);
    }

    private static Task<TestStore> OpenAsync() => TestStore.OpenAsync(configure: services => services.AddInsights());
}
