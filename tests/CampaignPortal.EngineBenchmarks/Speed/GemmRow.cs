using CampaignPortal.Learning.Kernels;

namespace CampaignPortal.Benchmarks.Speed;

/// <summary>One product C (m×n) = A (m×k) · B (k×n).</summary>
internal sealed class GemmRow(int m, int n, int k) : ISpeedRow
{
    private const double OperationsPerRun = 4e8;

    private float[] _a = [], _b = [], _c = [];

    public static IReadOnlyList<ISpeedRow> All { get; } =
    [
        new GemmRow(128, 128, 128), new GemmRow(256, 256, 256), new GemmRow(512, 512, 512), new GemmRow(1024, 1024, 1024), new GemmRow(256, 64, 32),
        new GemmRow(256, 32, 64), new GemmRow(1, 64, 64), new GemmRow(4096, 64, 64), new GemmRow(2048, 3706, 64),
    ];

    public string Job => FormattableString.Invariant($"gemm-{m}x{n}x{k}");

    public void Prepare(int degree) => (_a, _b, _c) = (Recipes.Matrix(1, 1, m, k), Recipes.Matrix(1, 2, k, n), new float[m * n]);

    public IReadOnlyList<double> Run() =>
        [Timed.Seconds(() => Gemm.Multiply(_a, _b, _c, m, n, k), (int)Math.Clamp(OperationsPerRun / (2.0 * m * n * k), 1, 20_000))];

    public SpeedOutcome Outcome() => SpeedOutcome.Of(("checksum", _c.Sum(v => (double)v)));
}
