namespace CampaignPortal.Marketing.Jobs;

/// <summary>Lines of one run between two writes to the store; however many come, only the last <see cref="Cap"/> wait.</summary>
public sealed class JobLog(TimeProvider clock, long firstLine = 1)
{
    /// <summary>Lines kept for a run.</summary>
    public const int Cap = 5_000;

    private const int MaxLength = 2_000;

    private readonly Lock _turn = new();
    private readonly Queue<JobRunLine> _waiting = new();
    private long _next = firstLine;

    /// <summary>Number of the line that comes next, counted from 1.</summary>
    public long NextLine
    {
        get
        {
            lock (_turn) return _next;
        }
    }

    public void Add(string text, JobLineKind kind = JobLineKind.Detail)
    {
        lock (_turn)
        {
            _waiting.Enqueue(new JobRunLine { Line = _next++, At = clock.GetUtcNow(), Kind = kind, Text = text.Length <= MaxLength ? text : text[..MaxLength] + "…" });
            if (_waiting.Count > Cap) _waiting.Dequeue();
        }
    }

    /// <summary>Takes what waits, oldest first.</summary>
    internal IReadOnlyList<JobRunLine> Take()
    {
        lock (_turn)
        {
            JobRunLine[] lines = [.. _waiting];
            _waiting.Clear();
            return lines;
        }
    }
}
