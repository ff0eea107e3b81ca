using System.Text.Json;
using CampaignPortal.Marketing.Common;

namespace CampaignPortal.Marketing.Jobs;

/// <summary>Asks for ended runs again, with what they were asked for.</summary>
public sealed record RetryJobs(IReadOnlyList<long> RunIds, string By);

/// <summary>Queues a run like each of these; a name that is under way is not queued twice.</summary>
public sealed class RetryJobsHandler(JobRuns runs, StartJobHandler start)
{
    public async Task<Result<IReadOnlyList<StartedJob>>> HandleAsync(RetryJobs command, CancellationToken ct)
    {
        var started = new List<StartedJob>(command.RunIds.Count);
        foreach (var id in command.RunIds)
        {
            if (await runs.FindAsync(id, ct) is not { } run) return Problem.Of(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"There is no run {id}."));
            using var parameters = JsonDocument.Parse(run.Parameters);
            var answer = await start.HandleAsync(new StartJob(run.Key, parameters.RootElement, command.By), ct);
            if (answer.Problem is { } problem) return problem;
            started.Add(answer.Value);
        }
        return started;
    }
}
