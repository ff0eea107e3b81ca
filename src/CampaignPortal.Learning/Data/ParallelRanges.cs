namespace CampaignPortal.Learning.Data;

/// <summary>Splits work over rows into fixed chunks, so that results do not depend on how many threads share them.</summary>
internal static class ParallelRanges
{
    /// <summary>Rows per chunk: reductions make one partial result a chunk and add them in chunk order.</summary>
    public const int ChunkRows = 4080; // 17 blocks of 240 rows

    public static int ChunkCount(int rowCount) => (rowCount + ChunkRows - 1) / ChunkRows;

    /// <summary>Runs <paramref name="body"/> for every index below <paramref name="count"/>, on at most <paramref name="degree"/> threads of the process's group.</summary>
    public static void For(int count, int degree, Action<int> body, CancellationToken ct)
    {
        if (degree <= 1 || count <= 1)
        {
            for (var i = 0; i < count; i++)
            {
                ct.ThrowIfCancellationRequested();
                body(i);
            }
            return;
        }
Kernels.Workers.For(count, degree, i =>
        {
            ct.ThrowIfCancellationRequested();
            body(i);
        });
    }

    /// <summary>Degree to use: the option where it is given, else all processors but one.</summary>
    public static int Degree(int? option)
    {
        if (option is { } given)
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(given, "options.Degree");
            return given;
        }
        return Math.Max(1, Environment.ProcessorCount - 1);
    }
}
