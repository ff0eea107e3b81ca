using CampaignPortal.Learning.Data;

namespace CampaignPortal.Learning.Factorization;

/// <summary>Rows shared out among threads in fixed blocks. Each row is computed by itself, so the result is the same for every degree.</summary>
internal static class ParallelRows
{
    /// <summary>Calls <paramref name="work"/>(scratch, from, to) for blocks that cover 0 … count − 1; each thread makes its own scratch.</summary>
    public static void Run<TScratch>(int count, int blockLength, int? degree, Func<TScratch> scratch, Action<TScratch, int, int> work, CancellationToken cancellationToken)
    {
        var threads = ParallelRanges.Degree(degree);
        var blockCount = (count + blockLength - 1) / blockLength;
        if (threads == 1 || blockCount <= 1)
        {
            var own = scratch();
            for (var block = 0; block < blockCount; block++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                work(own, block * blockLength, Math.Min(count, (block + 1) * blockLength));
            }
            return;
        }
        Parallel.For(0, blockCount, new ParallelOptions { MaxDegreeOfParallelism = threads, TaskScheduler = TaskScheduler.Current, CancellationToken = cancellationToken }, scratch, (block, _, own) =>
        {
            work(own, block * blockLength, Math.Min(count, (block + 1) * blockLength));
            return own;
        }, _ => { });
    }
}
