using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;

namespace CampaignPortal.Learning.Kernels;

/// <summary>One group of threads per process that shares the parts of one operation at a time. A warm call allocates nothing.</summary>
/// <remarks>
/// Callers cut the work into parts that do not depend on the number of threads and write to separate places, so results are the same for every degree.
/// While the group is busy with another caller's work, the caller does its own work alone: correct, and no lock is waited for. Helpers spin for a
/// few microseconds after a call and sleep then.
/// </remarks>
internal static unsafe class Workers
{
    private const int SpinRounds = 60;

    private static readonly Lock Gate = new();
    private static readonly Helper[] Helpers = new Helper[Math.Min(63, Math.Max(0, Environment.ProcessorCount - 1))];
    private static delegate*<void*, int, void> _body;
    private static void* _state;
    private static Action<int>? _action;
    private static int _partCount, _nextPart, _pending, _startedHelpers;
    private static ExceptionDispatchInfo? _failure;

    /// <summary>Runs <paramref name="body"/>(state, part) for each part below <paramref name="partCount"/>, on at most <paramref name="degree"/> threads.</summary>
    /// <param name="partCount">Number of parts.</param>
    /// <param name="degree">Most threads, the caller's included.</param>
    /// <param name="body">Does one part; parts must not depend on each other.</param>
    /// <param name="state">Passed on as it is; must stay valid until the call returns.</param>
    public static void For(int partCount, int degree, delegate*<void*, int, void> body, void* state)
    {
        if (!TryEnter(partCount, degree, out var helpers))
        {
            for (var part = 0; part < partCount; part++) body(state, part);
            return;
        }
        _action = null;
        _body = body;
        _state = state;
        Share(partCount, helpers);
    }

    /// <summary>As the other form for a method of an object; keep the delegate, so that a warm call allocates nothing.</summary>
    public static void For(int partCount, int degree, Action<int> body)
    {
        if (!TryEnter(partCount, degree, out var helpers))
        {
            for (var part = 0; part < partCount; part++) body(part);
            return;
        }
        _action = body;
        Share(partCount, helpers);
    }

    /// <summary>Takes the group when the work can be shared and nobody else has it; a part that calls again does its work alone.</summary>
    private static bool TryEnter(int partCount, int degree, out int helpers)
    {
        helpers = Math.Min(Math.Min(degree, partCount) - 1, Helpers.Length);
        return helpers > 0 && !Gate.IsHeldByCurrentThread && Gate.TryEnter();
    }

    private static void Share(int partCount, int helpers)
    {
        try
        {
            StartHelpers(helpers);
            (_partCount, _failure) = (partCount, null);
            Volatile.Write(ref _nextPart, 0);
            Volatile.Write(ref _pending, helpers);
            for (var h = 0; h < helpers; h++) Helpers[h].Wake();
            RunParts();
            var spinner = new SpinWait();
            while (Volatile.Read(ref _pending) > 0) spinner.SpinOnce(sleep1Threshold: -1);
            _failure?.Throw();
        }
        finally
        {
            Gate.Exit();
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void RunParts()
    {
        try
        {
            for (int part; (part = Interlocked.Increment(ref _nextPart) - 1) < _partCount;)
            {
                if (_action is { } action) action(part);
                else _body(_state, part);
            }
        }
        catch (Exception e) // a helper thread must not end the process; the caller throws it on
        {
            _failure = ExceptionDispatchInfo.Capture(e);
            Volatile.Write(ref _nextPart, int.MaxValue / 2);
        }
    }

    private static void StartHelpers(int count)
    {
        while (_startedHelpers < count)
        {
            var helper = new Helper();
            Helpers[_startedHelpers++] = helper;
            new Thread(helper.Run) { IsBackground = true, Name = "learning worker" }.Start();
        }
    }

    #pragma warning disable CA1001 // helpers live as long as the process
    private sealed class Helper
#pragma warning restore CA1001
    {
        private readonly SemaphoreSlim _wake = new(0);
        private int _hasWork;
        private int _sleeps;

        public void Wake()
        {
            Volatile.Write(ref _hasWork, 1);
            Interlocked.MemoryBarrier();
            if (Interlocked.Exchange(ref _sleeps, 0) == 1) _wake.Release();
        }

        public void Run()
        {
            while (true)
            {
                WaitForWork();
                RunParts();
                Interlocked.Decrement(ref _pending);
            }
        }

        private void WaitForWork()
        {
            for (var round = 0; round < SpinRounds; round++)
            {
                if (Interlocked.Exchange(ref _hasWork, 0) == 1) return;
                Thread.SpinWait(20);
            }
            while (true)
            {
                Volatile.Write(ref _sleeps, 1);
                Interlocked.MemoryBarrier();
                if (Interlocked.Exchange(ref _hasWork, 0) == 1)
                {
                    if (Interlocked.Exchange(ref _sleeps, 0) == 0) _wake.Wait(); // the waker has released already: take it back
                    return;
                }
                _wake.Wait();
                if (Interlocked.Exchange(ref _hasWork, 0) == 1) return;
            }
        }
    }
}
