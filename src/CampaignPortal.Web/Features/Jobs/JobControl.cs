using System.Text.Json;
using CampaignPortal.Marketing.Jobs;
using CampaignPortal.Web.Components;
using CampaignPortal.Web.Components.Shared;
using CampaignPortal.Web.Identity;
using CampaignPortal.Web.Resources;

namespace CampaignPortal.Web.Features.Jobs;

/// <summary>What an admin does to jobs, with the message that says it happened. Everybody else is refused here once more.</summary>
internal sealed class JobControl(
    StartJobHandler start, CancelJobHandler cancel, RetryJobsHandler retry, PauseJobHandler pause, SkipStartHandler skip, Toaster toasts, Confirmation confirmation)
{
    /// <summary>Starts a recurring job's work now; answers the run.</summary>
    public async Task<long?> RunNowAsync(Viewer viewer, JobSchedule schedule)
    {
        if (!MayControl(viewer)) return null;
        using var parameters = JsonDocument.Parse(schedule.Parameters);
        var answer = await start.HandleAsync(new StartJob(schedule.Key, parameters.RootElement, viewer.User.ActorName()), CancellationToken.None);
        return Tell(answer.Problem?.Message, answer.IsOk ? answer.Value : null, schedule.Name);
    }

    /// <summary>Starts ended work again; answers the new run when it is one.</summary>
    public async Task<long?> RetryAsync(Viewer viewer, params IReadOnlyList<JobRun> runs)
    {
        if (!MayControl(viewer)) return null;
        var answer = await retry.HandleAsync(new RetryJobs([.. runs.Select(r => r.Id)], viewer.User.ActorName()), CancellationToken.None);
        if (runs is [var one]) return Tell(answer.Problem?.Message, answer.IsOk ? answer.Value[0] : null, one.SingleFlightKey);
        if (answer.Problem is { } problem) toasts.Failed(problem.Message);
        else toasts.Done(Say.Counted(answer.Value.Count(r => !r.WasUnderWay), JobsWords.QueuedAgainOne, JobsWords.QueuedAgainMany));
        return null;
    }

    public async Task StopAsync(Viewer viewer, long runId, string name, bool isAsked = true)
    {
        if (!MayControl(viewer)) return;
        var job = JobNames.Of(name);
        if (isAsked && !await confirmation.AskAsync(new Question(Say.With(JobsWords.StopQuestion, ("job", job)), JobsWords.StopText, JobsWords.StopAction, IsDangerous: true))) return;
        if (!MayControl(viewer)) return; // rights may go while the question stands
        if (await cancel.HandleAsync(new CancelJob(runId, viewer.User.ActorName()), CancellationToken.None)) toasts.Done(Say.With(JobsWords.WasStopped, ("job", job)));
    }

    public async Task PauseAsync(Viewer viewer, string name, bool isPaused)
    {
        if (!MayControl(viewer)) return;
        await pause.HandleAsync(new PauseJob(name, isPaused, viewer.User.ActorName()), CancellationToken.None);
        toasts.Done(Say.With(isPaused ? JobsWords.WasPaused : JobsWords.WasResumed, ("job", JobNames.Of(name))), () => pause.HandleAsync(new PauseJob(name, !isPaused, viewer.User.ActorName()), CancellationToken.None));
    }

    public async Task PauseAllAsync(Viewer viewer, bool isPaused)
    {
        if (!MayControl(viewer)) return;
        await pause.HandleAsync(new PauseJob(null, isPaused, viewer.User.ActorName()), CancellationToken.None);
        toasts.Done(isPaused ? JobsWords.AllPaused : JobsWords.AllResumed, () => pause.HandleAsync(new PauseJob(null, !isPaused, viewer.User.ActorName()), CancellationToken.None));
    }

    /// <summary>Leaves out the next start, or takes that back.</summary>
    public async Task SkipNextAsync(Viewer viewer, RecurringJob job)
    {
        if (!MayControl(viewer)) return;
        var (name, by) = (job.Schedule.Name, viewer.User.ActorName());
        if (job.LeftOutUntil is null && JobTimes.NextOf(job, viewer) is { } next)
        {
            await skip.HandleAsync(new SkipStart(name, next, by), CancellationToken.None);
            toasts.Done(Say.With(JobsWords.WillBeSkipped, ("job", JobNames.Of(name)), ("time", JobTimes.Ahead(next, viewer.Zone, viewer.Clock.GetUtcNow()))), () => skip.HandleAsync(new SkipStart(name, null, by), CancellationToken.None));
            return;
        }
        await skip.HandleAsync(new SkipStart(name, null, by), CancellationToken.None);
        toasts.Done(Say.With(JobsWords.WillNotBeSkipped, ("job", JobNames.Of(name))));
    }

    private long? Tell(string? problem, StartedJob? started, string name)
    {
        if (problem is not null) toasts.Failed(problem);
        else toasts.Done(Say.With(started is { WasUnderWay: true } ? JobsWords.AlreadyUnderWay : JobsWords.Started, ("job", JobNames.Of(name))));
        return started?.RunId;
    }

    private static bool MayControl(Viewer viewer) => viewer.User.Can(Capabilities.ControlJobs);
}
