using System.Collections.Concurrent;

namespace CampaignPortal.Learning.Autograd;

/// <summary>Tapes for predictions: a model is used by many threads at once, and each call borrows a warm tape.</summary>
internal static class TapePool
{
    private static readonly ConcurrentBag<Tape> Idle = [];

    /// <summary>A tape to be given back by disposing the lease.</summary>
    public static Lease Rent() => new(Idle.TryTake(out var tape) ? tape : new Tape());

    internal readonly struct Lease(Tape tape) : IDisposable
    {
        // A tape that once scored a huge batch is not kept.
        private const long LargestKept = 64L << 20;

        public Tape Tape => tape;

        public void Dispose()
        {
            if (tape.ReservedBytes <= LargestKept) Idle.Add(tape);
            else tape.Dispose();
        }
    }
}
