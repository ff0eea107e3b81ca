using System.CommandLine;
using System.Globalization;
using CampaignPortal.Marketing.Jobs;
using CampaignPortal.Web.Jobs;

namespace CampaignPortal.Web.Cli;

/// <summary>Jobs from the command line: the same handlers, single flight and history as the portal's.</summary>
internal static class JobCommand
{
    private static readonly Option<string?> Data = CommonOptions.Data();
    private static readonly Option<string?> Keys = CommonOptions.Keys();
    private static readonly Option<bool> Json = CommonOptions.Json();

    public static Command Create() => new("job", "See and run jobs.") { List(), Run(), History() };

    private static Command List()
    {
        var command = new Command("list", "List recurring jobs with schedule and last run.") { Data, Keys, Json };
        command.SetAction(async (parsed, ct) =>
        {
            await using var workspace = await Workspace.OpenAsync(parsed.GetValue(Data), parsed.GetValue(Keys), "job list", ct);
            await workspace.Get<SchedulesHandler>().AddMissingAsync(JobSchedules.All, ct);
            var overview = await workspace.Get<ReadJobsHandler>().HandleAsync(ct);
            var jobs = overview.Recurring.Select(r => new { name = r.Schedule.Name, cron = r.Schedule.Cron, paused = r.Schedule.IsPaused, last = r.Last?.Status.ToString(), finishedAt = r.Last?.FinishedAt, usualSeconds = r.UsualDuration?.TotalSeconds }).ToArray();
            CommonOptions.Print(parsed.GetValue(Json), new { paused = overview.IsPaused, jobs }, result => string.Join('\n', result.jobs.Select(j => $"{j.name,-28} {j.cron,-18} {(j.paused ? "paused" : j.last ?? "never ran")}")));
            return 0;
        });
        return command;
    }

    private static Command Run()
    {
        var name = new Argument<string>("name") { Description = "A recurring job, as 'job list' names it, such as train.purchase-30." };
        var onlyChanged = new Option<bool>("--if-changed") { Description = "Skip it when nothing has changed since the last run." };
        var command = new Command("run", "Run a job to its end. Exit code 1 when it fails.") { name, onlyChanged, Data, Keys, Json };
        command.SetAction(async (parsed, ct) =>
        {
            await using var workspace = await Workspace.OpenAsync(parsed.GetValue(Data), parsed.GetValue(Keys), "job run", ct);
            var run = await RunAsync(workspace, parsed.GetRequiredValue(name), isForced: !parsed.GetValue(onlyChanged), ct);
            CommonOptions.Print(parsed.GetValue(Json), Describe(run), r => $"{r.name}: {r.state}{(r.reason is null ? "" : "; " + r.reason)}{(r.result is null ? "" : "; " + r.result)}");
            return run.Status is JobStatus.Succeeded or JobStatus.Skipped ? 0 : 1;
        });
        return command;
    }

    private static Command History()
    {
        var count = new Option<int>("--count") { Description = "Runs to show, newest first.", DefaultValueFactory = _ => 20 };
        var command = new Command("history", "List runs that ended or are under way.") { count, Data, Keys, Json };
        command.SetAction(async (parsed, ct) =>
        {
            await using var workspace = await Workspace.OpenAsync(parsed.GetValue(Data), parsed.GetValue(Keys), "job history", ct);
            var page = await workspace.Get<ListJobRunsHandler>().HandleAsync(new ListJobRuns(PageSize: parsed.GetValue(count)), ct);
            CommonOptions.Print(parsed.GetValue(Json), new { runs = page.Runs.Select(Describe).ToArray() }, result => string.Join('\n', result.runs.Select(r => string.Create(CultureInfo.InvariantCulture, $"{r.run,6} {r.startedAt:yyyy-MM-dd HH:mm:ss} {r.name,-28} {r.state,-10} {r.reason}"))));
            return 0;
        });
        return command;
    }

    /// <summary>Queues the run of a schedule and works on it here.</summary>
    /// <exception cref="CommandException">There is no such job.</exception>
    public static async Task<JobRun> RunAsync(Workspace workspace, string name, bool isForced, CancellationToken ct)
    {
        var schedules = workspace.Get<SchedulesHandler>();
        await schedules.AddMissingAsync(JobSchedules.All, ct);
        var known = (await schedules.ReadAsync(ct)).Schedules;
        var schedule = known.FirstOrDefault(s => s.Name == name) ?? throw new CommandException($"There is no job '{name}'; there are {string.Join(", ", known.Select(s => s.Name))}.");
        using var parameters = System.Text.Json.JsonDocument.Parse(schedule.Parameters);
        // The data directory is ours: what is called running was left by a process that died, and the run of the same name may go on.
        await workspace.Get<JobRunner>().CloseLostAsync(ct);
        var started = await workspace.Get<StartJobHandler>().HandleAsync(new StartJob(schedule.Key, parameters.RootElement, JobStarters.CommandLine) { IsForced = isForced }, ct);
        return await workspace.Get<JobRunner>().RunOneAsync(started.Value.RunId, ct) ?? throw new CommandException("The run was taken by another process.");
    }

    private static RunLine Describe(JobRun run) => new(
        run.Id, run.SingleFlightKey, run.Status.ToString(), run.StartedAt, run.FinishedAt,
        run is { StartedAt: { } start, FinishedAt: { } end } ? Math.Round((end - start).TotalSeconds, 3) : null, run.Reason, run.Result);

#pragma warning disable IDE1006 // names as they are printed
    private sealed record RunLine(long run, string name, string state, DateTimeOffset? startedAt, DateTimeOffset? finishedAt, double? seconds, string? reason, string? result);
#pragma warning restore IDE1006
}
