using CampaignPortal.Marketing.Database;
using Microsoft.EntityFrameworkCore;

namespace CampaignPortal.Marketing.Jobs;

/// <summary>Which runs. Null takes all.</summary>
/// <param name="Name">A single-flight key.</param>
/// <param name="Text">Part of a name or of a reason.</param>
/// <param name="AtLeast">Only runs that took at least this.</param>
/// <param name="Before">Only runs with a lower number: where the page before ended.</param>
public sealed record ListJobRuns(string? Name = null, JobStatus? Status = null, string? Text = null, TimeSpan? AtLeast = null, long? Before = null, int PageSize = 50)
{
    /// <summary>As many as an export holds.</summary>
    public const int MaxPageSize = 10_000;
}

/// <param name="Names">Every name that has runs, for the filter.</param>
public sealed record JobRunPage(IReadOnlyList<JobRun> Runs, bool HasMore, IReadOnlyList<string> Names);

/// <summary>Lists runs, newest first.</summary>
public sealed class ListJobRunsHandler(IDbContextFactory<PortalDbContext> databases)
{
    public async Task<JobRunPage> HandleAsync(ListJobRuns query, CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        var runs = db.JobRuns.AsNoTracking().TagWith("job history");
        if (query.Name is { } name) runs = runs.Where(r => r.SingleFlightKey == name);
        if (query.Status is { } status) runs = runs.Where(r => r.Status == status);
        if (query.Before is { } before) runs = runs.Where(r => r.Id < before);
        if (query.AtLeast is { } least) runs = runs.Where(r => r.StartedAt != null && r.FinishedAt != null && (long)(object)r.FinishedAt - (long)(object)r.StartedAt >= least.Ticks);
        if (!string.IsNullOrWhiteSpace(query.Text))
        {
            var part = "%" + query.Text.Trim().Replace("\\", "\\\\", StringComparison.Ordinal).Replace("%", "\\%", StringComparison.Ordinal).Replace("_", "\\_", StringComparison.Ordinal) + "%";
            runs = runs.Where(r => EF.Functions.Like(r.SingleFlightKey, part, "\\") || EF.Functions.Like(r.Reason!, part, "\\"));
        }
        var size = Math.Clamp(query.PageSize, 1, ListJobRuns.MaxPageSize);
        var found = await runs.OrderByDescending(r => r.Id).Take(size + 1).ToListAsync(ct);
        var names = await db.JobRuns.AsNoTracking().Select(r => r.SingleFlightKey).Distinct().OrderBy(n => n).Take(200).ToListAsync(ct);
        return new JobRunPage([.. found.Take(size)], found.Count > size, names);
    }

    /// <summary>What waits and what runs, in the order in which it will be taken up.</summary>
    public async Task<IReadOnlyList<JobRun>> QueueAsync(CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        return await db.JobRuns.AsNoTracking().Where(r => r.Status == JobStatus.Queued || r.Status == JobStatus.Running).OrderByDescending(r => r.Status == JobStatus.Running).ThenBy(r => r.DueAt).ThenBy(r => r.Id).Take(200).ToListAsync(ct);
    }
}
