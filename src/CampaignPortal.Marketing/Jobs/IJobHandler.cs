using System.Text.Json;

namespace CampaignPortal.Marketing.Jobs;

/// <summary>Work that runs in the background, on a schedule or when somebody asks. Register it with <c>services.AddJob&lt;T&gt;()</c>.</summary>
/// <remarks>A run may be started again after a crash, so a handler resumes where it was or begins again without harm.</remarks>
public interface IJobHandler
{
    JobDefinition Definition { get; }

    /// <summary>What may be under way only once; runs with another value go side by side.</summary>
    string SingleFlightKeyOf(JsonElement parameters) => Definition.Key;

    /// <summary>Does the work; looks at the token at least every second.</summary>
    /// <exception cref="JobFailedException">It cannot be done, for a reason that a person can understand.</exception>
    Task<JobOutcome> RunAsync(JobContext job, CancellationToken ct);
}

/// <summary>What holds for every run of a handler.</summary>
/// <param name="Key">Short name, used in addresses and on the command line.</param>
public sealed record JobDefinition(string Key)
{
    /// <summary>How often it is tried when the cause may pass by itself (a busy file, a full disk).</summary>
    public int MaxAttempts { get; init; } = 1;

    /// <summary>Takes a core for minutes: only one such run at a time, on threads that give way to pages.</summary>
    public bool IsHeavy { get; init; }

    /// <summary>Keys of jobs whose runs, asked for earlier, end first.</summary>
    public IReadOnlyList<string> Follows { get; init; } = [];

    /// <summary>Stopped after this.</summary>
    public TimeSpan TimeLimit { get; init; } = TimeSpan.FromHours(12);
}

/// <summary>How a run ended well: done, or with nothing to do.</summary>
/// <param name="Result">Serialised for the run's page: a model and its version, an import's number.</param>
/// <param name="Skipped">Why there was nothing to do; null when it was done.</param>
public sealed record JobOutcome(object? Result, JobProblem? Skipped)
{
    public static JobOutcome Done(object? result = null) => new(result, null);

    public static JobOutcome Skip(string code, string text) => new(null, new JobProblem(code, text));
}

/// <summary>Why a run did not succeed, for people.</summary>
/// <param name="Code">Key of the words in the resource files.</param>
/// <param name="Text">The same in plain English, with figures.</param>
public sealed record JobProblem(string Code, string Text)
{
    /// <summary>What a person can do: one of <see cref="JobRepairs"/>.</summary>
    public string? Repair { get; init; }

    /// <summary>The cause may pass by itself; another attempt is worth it.</summary>
    public bool IsPassing { get; init; }
}

/// <summary>What a person can do about a failed run. Pages turn each into a button or a link.</summary>
public static class JobRepairs
{
    public const string Retry = "retry", FreeDisk = "free-disk", ImportData = "import-data", CheckFile = "check-file", MapColumns = "map-columns", CheckKeys = "check-keys", RunNow = "run-now", LetThrough = "let-through";
}

/// <summary>Thrown by a handler that knows what is wrong.</summary>
public sealed class JobFailedException(JobProblem problem, Exception? inner = null) : Exception(problem.Text, inner)
{
    public JobProblem Problem { get; } = problem;
}

/// <summary>The run belongs to somebody else by now, or was ended by force: what it still wanted to write must not happen.</summary>
public sealed class JobFencedException(long runId) : Exception(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"Run {runId} has lost its lease; its writes are refused."));
