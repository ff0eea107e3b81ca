using CampaignPortal.Learning.Kernels;

namespace CampaignPortal.Learning.Autograd;

/// <summary>Matrix products over pointers, their result rows shared between threads where that pays. Every element is one chain over k, so the split changes no bit.</summary>
internal static unsafe class Products
{
    // Below about 30 µs of arithmetic waking a thread costs more than it saves.
    private const long SmallestShared = 3_000_000;
    private const int RowStep = 24;

    /// <summary>C (m×n) = A (m×k) · B (k×n), or C +=.</summary>
    public static void Multiply(float* a, float* b, float* c, int m, int n, int k, bool accumulate, int degree) =>
        Share(new Job { A = a, B = b, C = c, M = m, N = n, K = k, Kind = Kind.Plain, Accumulate = accumulate }, degree);

    /// <summary>C (m×n) = A (m×k) · Bᵀ with B (n×k), or C +=.</summary>
    public static void MultiplyTransposedB(float* a, float* b, float* c, int m, int n, int k, bool accumulate, int degree) =>
        Share(new Job { A = a, B = b, C = c, M = m, N = n, K = k, Kind = Kind.TransposedB, Accumulate = accumulate }, degree);

    /// <summary>C (m×n) = Aᵀ · B with A (k×m) and B (k×n), or C +=.</summary>
    public static void MultiplyTransposedA(float* a, float* b, float* c, int m, int n, int k, bool accumulate, int degree) =>
        Share(new Job { A = a, B = b, C = c, M = m, N = n, K = k, Kind = Kind.TransposedA, Accumulate = accumulate }, degree);

    private static void Share(Job job, int degree)
    {
        if (degree <= 1 || (long)job.M * job.N * job.K < SmallestShared)
        {
            Run(job, 0, job.M);
            return;
        }
        job.RowsPerPart = Math.Max(RowStep, (job.M / (2 * degree) + RowStep - 1) / RowStep * RowStep);
        Workers.For((job.M + job.RowsPerPart - 1) / job.RowsPerPart, degree, &RunPart, &job);
    }

    private static void RunPart(void* state, int part)
    {
        ref readonly var job = ref *(Job*)state;
        var from = part * job.RowsPerPart;
        Run(job, from, Math.Min(job.M, from + job.RowsPerPart));
    }

    private static void Run(Job job, int from, int to)
    {
        var rows = to - from;
        var b = new ReadOnlySpan<float>(job.B, checked(job.K * job.N));
        var c = new Span<float>(job.C + (long)from * job.N, checked(rows * job.N));
        switch (job.Kind)
        {
            case Kind.Plain:
                Gemm.Multiply(new ReadOnlySpan<float>(job.A + (long)from * job.K, rows * job.K), b, c, rows, job.N, job.K, job.Accumulate);
                break;
            case Kind.TransposedB:
                Gemm.MultiplyTransposedB(new ReadOnlySpan<float>(job.A + (long)from * job.K, rows * job.K), b, c, rows, job.N, job.K, job.Accumulate);
                break;
            default:
                // Columns from..to of A: the same rows in memory, read with the stride of all columns.
                Gemm.Run(new ReadOnlySpan<float>(job.A + from, checked(job.M * job.K - from)), 1, job.M, b, job.N, 1, c, rows, job.N, job.K, job.Accumulate, Dense.VectorBits);
                break;
        }
    }

    private enum Kind
    {
        Plain,
        TransposedB,
        TransposedA,
    }

    private struct Job
    {
        public float* A, B, C;
        public int M, N, K, RowsPerPart;
        public Kind Kind;
        public bool Accumulate;
    }
}
