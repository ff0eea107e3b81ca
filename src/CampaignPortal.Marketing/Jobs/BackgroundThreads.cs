using System.Collections.Concurrent;
using System.Runtime.InteropServices;

namespace CampaignPortal.Marketing.Jobs;

/// <summary>Runs tasks on a few threads of its own that give way to everything else: a training leaves a core to the pages, and the thread pool too.</summary>
/// <remarks>
/// All processors but one, at least one thread. On Linux a thread's priority is not what .NET sets (it is ignored there) but its nice value.
/// Code that stays on the scheduler (continuations, <see cref="Parallel"/> with <see cref="TaskScheduler.Current"/>) stays on these threads.
/// </remarks>
internal sealed class BackgroundThreads : TaskScheduler
{
    private const int Nice = 10;

    private readonly BlockingCollection<Task> _tasks = [];
    private readonly Lazy<bool> _started;

    public BackgroundThreads() => _started = new Lazy<bool>(Start);

    public override int MaximumConcurrencyLevel { get; } = Math.Max(1, Environment.ProcessorCount - 1);

    /// <summary>Begins an asynchronous method on these threads.</summary>
    public Task<T> RunAsync<T>(Func<Task<T>> work) => Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.DenyChildAttach, this).Unwrap();

    protected override void QueueTask(Task task)
    {
        _ = _started.Value;
        _tasks.Add(task);
    }

    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) => ReferenceEquals(Current, this) && TryExecuteTask(task);

    protected override IEnumerable<Task> GetScheduledTasks() => _tasks;

    private bool Start()
    {
        for (var i = 0; i < MaximumConcurrencyLevel; i++) new Thread(Work) { IsBackground = true, Name = "heavy jobs", Priority = ThreadPriority.BelowNormal }.Start();
        return true;
    }

    private void Work()
    {
        if (OperatingSystem.IsLinux()) _ = SetPriority(0, 0, Nice); // of the calling thread alone
        foreach (var task in _tasks.GetConsumingEnumerable()) TryExecuteTask(task);
    }

    [DllImport("libc", EntryPoint = "setpriority")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SetPriority(int which, int who, int priority);
}
