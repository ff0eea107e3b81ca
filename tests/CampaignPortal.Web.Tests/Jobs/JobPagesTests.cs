using System.Globalization;
using System.Security.Claims;
using CampaignPortal.Marketing.Jobs;
using CampaignPortal.Testing;
using CampaignPortal.Web.Components;
using CampaignPortal.Web.Components.Shared;
using CampaignPortal.Web.Features.Jobs;
using CampaignPortal.Web.Identity;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Rendering;
using Microsoft.Extensions.DependencyInjection;

namespace CampaignPortal.Web.Tests.Jobs;

/// <summary>The pages of jobs in their states, for those who steer and those who look on.</summary>
public sealed class JobPagesTests : IAsyncLifetime
{
    private readonly CancellationTokenSource _stop = new();
    private TestStore _store = null!; // opened before each test
    private Task _work = Task.CompletedTask;

    public JobPagesTests() => CultureInfo.CurrentCulture = CultureInfo.CurrentUICulture = CultureInfo.GetCultureInfo("en-GB");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _store = await TestStore.OpenAsync(configure: services => services
            .AddSingleton<IJobHandler>(new ScriptedJob("good", (job, _) =>
            {
                job.Report("fit", 0.5);
                job.Log.Add("a line of the log");
                return Task.FromResult(JobOutcome.Done(new { model = "churn-90", version = 4, promoted = true }));
            }))
            .AddSingleton<IJobHandler>(new ScriptedJob("poor", (_, _) => throw new JobFailedException(new JobProblem("not-enough-data", "12 orders; 100 are needed.") { Repair = JobRepairs.ImportData }))));
        await _store.Get<SchedulesHandler>().AddMissingAsync(
            [new DefaultSchedule("good", "good", null, "0 10 1 * * ?", MissedRuns.RunOnce), new DefaultSchedule("poor", "poor", null, "0 0 4 * * ?", MissedRuns.Skip)], Token);
        _work = _store.Get<JobRunner>().RunAsync(_stop.Token);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _work;
        _stop.Dispose();
        await _store.DisposeAsync();
    }

    [Fact]
    public async Task A_start_that_is_left_out_is_said_and_the_one_after_it_is_next()
    {
        await _store.Get<SkipStartHandler>().HandleAsync(new SkipStart("good", ManualClock.Noon.AddHours(13).AddMinutes(10), "1"), Token);
        var page = await RenderAsync<JobsPage>(Roles.Admin);
        Assert.Contains("skips in ", page.Html, StringComparison.Ordinal);
        Assert.Contains("Do not skip", page.Html, StringComparison.Ordinal);
        Assert.Empty((await RenderAsync<JobsPage>(Roles.Analyst)).FindAll("[data-skip]"));
    }

    [Fact]
    public async Task The_loss_of_what_learns_now_is_said_and_drawn()
    {
        LivePoint[] points = [new("gbdt", 1, 0.9, double.NaN), new("mlp", 1, 0.7, 0.69), new("mlp", 2, 0.512, 0.538)];
        var part = await RenderedPart.RenderAsync<LiveLoss>(new Dictionary<string, object?> { ["Points"] = points });
        Assert.Contains("step 2: loss 0.5120, on unseen customers 0.5380", part.Html, StringComparison.Ordinal);
        Assert.Single(part.FindAll("svg[role=img] circle"));
        Assert.Empty((await RenderedPart.RenderAsync<LiveLoss>(new Dictionary<string, object?> { ["Points"] = Array.Empty<LivePoint>() })).Html.Trim());
    }

    [Fact]
    public async Task The_overview_shows_schedules_in_words_the_last_result_and_controls_for_admins()
    {
        await RunAsync("poor");
        var page = await RenderAsync<JobsPage>(Roles.Admin);

        Assert.Equal(2, page.FindAll(".jobs-table tbody tr").Count);
        Assert.Contains("Every night at 01:10", page.Html, StringComparison.Ordinal);
        Assert.Contains("never ran", page.Html, StringComparison.Ordinal);
        Assert.NotEmpty(page.FindAll(".run-bars .failed"));
        Assert.NotEmpty(page.FindAll("button[title='Run now']"));
        Assert.Contains("Nothing is running.", page.Html, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Roles.Marketer), InlineData(Roles.Analyst)]
    public async Task Those_who_look_on_see_everything_and_steer_nothing(string role)
    {
        var run = await RunAsync("poor");
        var page = await RenderAsync<JobsPage>(role);
        var panel = await RenderAsync<RunPanel>(role, ("RunId", run.Id));

        Assert.Equal(2, page.FindAll(".jobs-table tbody tr").Count);
        Assert.Empty(page.FindAll("button:not(.chart-menu button)"));
        Assert.Contains("Only admins start", panel.Html, StringComparison.Ordinal);
        Assert.Empty(panel.FindAll("button[data-key=r]"));
        await Control().PauseAllAsync(As(role), isPaused: true);
        Assert.False(await _store.Get<ReadJobsHandler>().IsPausedAsync(Token)); // refused once more where it happens
    }

    [Fact]
    public async Task A_failed_run_says_why_in_plain_words_with_figures_and_what_to_do()
    {
        var run = await RunAsync("poor");
        var panel = await RenderAsync<RunPanel>(Roles.Admin, ("RunId", run.Id));

        Assert.Contains("There is too little data to learn from.", panel.Html, StringComparison.Ordinal);
        Assert.Contains("12 orders; 100 are needed.", panel.Html, StringComparison.Ordinal);
        Assert.Equal("/data/import", panel.Find("a.btn.p").GetAttribute("href"));
        Assert.Contains("JobFailedException", panel.Find(".jobs-error pre").TextContent, StringComparison.Ordinal);

        await panel.ClickAsync("button[data-key=r]");
        Assert.Equal(2, (await _store.Get<ListJobRunsHandler>().HandleAsync(new ListJobRuns("poor"), Token)).Runs.Count);
    }

    [Fact]
    public async Task A_done_run_leads_to_what_it_made_and_shows_its_steps_and_log()
    {
        var run = await RunAsync("good");
        var panel = await RenderAsync<RunPanel>(Roles.Admin, ("RunId", run.Id));

        Assert.Equal("/predictions/churn-90?version=4", panel.Find("a[href^='/predictions']").GetAttribute("href"));
        Assert.Contains("Fitting estimators", panel.Find(".jobs-steps").TextContent, StringComparison.Ordinal);
        Assert.Contains("a line of the log", panel.Find("pre.jobs-log").TextContent, StringComparison.Ordinal);
        Assert.Contains("There is no such run", (await RenderAsync<RunPanel>(Roles.Admin, ("RunId", 999L))).Html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task History_and_queue_have_their_empty_states()
    {
        Assert.Contains("Nothing has run yet", (await RenderAsync<HistoryTab>(Roles.Admin)).Html, StringComparison.Ordinal);
        Assert.Contains("The queue is empty", (await RenderAsync<QueueTab>(Roles.Admin, ("People", new Dictionary<string, string>(StringComparer.Ordinal)))).Html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_schedule_editor_understands_words_and_shows_the_next_five_starts()
    {
        var schedule = (await _store.Get<ReadJobsHandler>().FindAsync("good", Token))!.Schedule; // made above
        var editor = await RenderAsync<ScheduleEditor>(Roles.Admin, ("Schedule", schedule));
        Assert.Equal(5, editor.FindAll(".jobs-next li").Count);
        Assert.True(editor.Find(".row.end .btn.p").HasAttribute("disabled"));

        await editor.RaiseAsync("#say", "oninput", new ChangeEventArgs { Value = "工作日凌晨3点" });
        await editor.ClickAsync(".field .btn");
        Assert.Equal("0 0 3 ? * MON,TUE,WED,THU,FRI", editor.Find("#cron").GetAttribute("value"));
        Assert.Contains("Tue 10 Mar 2026, 03:00", editor.Find(".jobs-next").TextContent, StringComparison.Ordinal);
        await editor.ClickAsync(".row.end .btn.p");
        Assert.Equal("0 0 3 ? * MON,TUE,WED,THU,FRI", (await _store.Get<ReadJobsHandler>().FindAsync("good", Token))!.Schedule.Cron); // made above

        await editor.ChangeAsync("#cron", "never");
        Assert.Contains("This cron is not valid", editor.Html, StringComparison.Ordinal);
        Assert.True((await RenderAsync<ScheduleEditor>(Roles.Analyst, ("Schedule", schedule))).Find("#cron").HasAttribute("disabled"));
    }

    [Fact]
    public async Task The_paused_scheduler_shows_on_every_page_of_an_admin_alone()
    {
        await Control().PauseAllAsync(As(Roles.Admin), isPaused: true);
        Assert.Contains("The scheduler is paused", (await RenderAsync<PausedBar>(Roles.Admin)).Html, StringComparison.Ordinal);
        Assert.Equal("", (await RenderAsync<PausedBar>(Roles.Analyst)).Html.Trim());
    }

    private static Viewer As(string role) => Viewer.Nobody with
    {
        User = new ClaimsPrincipal(new ClaimsIdentity([new Claim(ClaimTypes.Role, role), new Claim(ClaimTypes.NameIdentifier, "1")], "test")),
        Clock = new ManualClock(),
    };

    private JobControl Control()
    {

        return new JobControl(_store.Get<StartJobHandler>(), _store.Get<CancelJobHandler>(), _store.Get<RetryJobsHandler>(), _store.Get<PauseJobHandler>(), _store.Get<SkipStartHandler>(), new Toaster(), new Confirmation());
    }

    private async Task<JobRun> RunAsync(string name)
    {
        var id = (await _store.Get<StartJobHandler>().HandleAsync(new StartJob(name, null, "1"), Token)).Value.RunId;
        for (var i = 0; i < 500; i++)
        {
            if (await _store.Get<JobRuns>().FindAsync(id, Token) is { FinishedAt: not null } run) return run;
            await Task.Delay(20, Token);
        }
        throw new TimeoutException("The run did not end.");
    }

    private Task<RenderedPart> RenderAsync<T>(string role, params (string Name, object? Value)[] parameters) where T : IComponent => RenderedPart.RenderAsync<Seen<T>>(
        new Dictionary<string, object?>(StringComparer.Ordinal) { ["Viewer"] = As(role), ["Parameters"] = parameters.ToDictionary(p => p.Name, p => p.Value, StringComparer.Ordinal) },
        services =>
        {
            services.AddSingleton<TimeProvider>(_store.Clock).AddSingleton<Toaster>().AddSingleton<Confirmation>().AddSingleton<Downloads>().AddSingleton<JobControl>();
            foreach (var type in new[] { typeof(RunningJobs), typeof(ReadJobsHandler), typeof(ReadJobRunHandler), typeof(ListJobRunsHandler), typeof(SchedulesHandler), typeof(StartJobHandler), typeof(CancelJobHandler), typeof(RetryJobsHandler), typeof(PauseJobHandler), typeof(SkipStartHandler) })
                services.AddSingleton(type, _store.Get<IServiceProvider>().GetRequiredService(type));
        });

    /// <summary>A part as this person sees it.</summary>
    private sealed class Seen<T> : ComponentBase where T : IComponent
    {
        [Parameter] public Viewer Viewer { get; set; } = Viewer.Nobody;
        [Parameter] public Dictionary<string, object?> Parameters { get; set; } = [];

        protected override void BuildRenderTree(RenderTreeBuilder builder)
        {
            builder.OpenComponent<CascadingValue<Viewer>>(0);
            builder.AddAttribute(1, "Value", Viewer);
            builder.AddAttribute(2, "ChildContent", (RenderFragment)(child =>
            {
                child.OpenComponent<T>(0);
                foreach (var (name, value) in Parameters) child.AddAttribute(1, name, value);
                child.CloseComponent();
            }));
            builder.CloseComponent();
        }
    }
}
