using CampaignPortal.Learning.Kernels;

namespace CampaignPortal.Benchmarks.Speed;

/// <summary>Softmax, layer norm and GELU over rows.</summary>
/// <param name="kernel">First part of the job's name.</param>
/// <param name="rows">Number of rows.</param>
/// <param name="columns">Length of a row.</param>
internal sealed class NormRow(string kernel, int rows, int columns) : ISpeedRow
{
    private float[] _x = [], _y = [], _weight = [], _bias = [], _mean = [], _inverse = [];

    public static IReadOnlyList<ISpeedRow> All { get; } =
        [.. from shape in new[] { (6400, 64), (512, 3706) } from kernel in new[] { "softmax", "layernorm", "gelu" } select new NormRow(kernel, shape.Item1, shape.Item2)];

    public string Job => FormattableString.Invariant($"{kernel}-{rows}x{columns}");

    public void Prepare(int degree)
    {
        (_x, _y) = (Recipes.Matrix(1, 1, rows, columns), new float[rows * columns]);
        (_weight, _bias) = (Recipes.Matrix(1, 2, 1, columns), Recipes.Matrix(1, 3, 1, columns));
        (_mean, _inverse) = (new float[rows], new float[rows]);
    }

    public IReadOnlyList<double> Run()
    {
        Action work = kernel switch
        {
            "softmax" => () => Softmax.Forward(_x, _y, columns),
            "layernorm" => () => LayerNormKernel.Forward(_x, _weight, _bias, _y, _mean, _inverse, 1e-5f),
            _ => () => VectorMath.Gelu(_x, _y),
        };
        return [Timed.Seconds(work, 20)];
    }

    public SpeedOutcome Outcome() => SpeedOutcome.Of(("checksum", _y.Sum(v => (double)(v * v))));
}

/// <summary>One step of Adam over a million parameters.</summary>
internal sealed class AdamStepRow : ISpeedRow
{
    private const int Count = 1_000_000;
    private const double LearningRate = 1e-3, Beta1 = 0.9, Beta2 = 0.999, Epsilon = 1e-8;

    private float[] _weights = [], _gradient = [];
    private readonly float[] _first = new float[Count], _second = new float[Count];
    private int _steps;

    public string Job => "adam-step-1m";

    public void Prepare(int degree)
    {
        (_weights, _gradient, _steps) = (Recipes.Matrix(1, 4, 1000, 1000), Recipes.Matrix(1, 5, 1000, 1000), 0);
        Array.Clear(_first);
        Array.Clear(_second);
    }

    public IReadOnlyList<double> Run() =>
        [Timed.Seconds(() => AdamKernel.Update(_weights, _gradient, _first, _second, new AdamKernel.Step(++_steps, LearningRate, Beta1, Beta2, Epsilon, 0, false)), 10)];

    /// <summary>Every weight against the same steps in double: with a constant gradient each one is η·g / (|g| + ε).</summary>
    public SpeedOutcome Outcome()
    {
        const double Tolerance = 1e-6;
        var start = Recipes.Matrix(1, 4, 1000, 1000);
        var worst = 0.0;
        for (var i = 0; i < Count; i++)
        {
            double g = _gradient[i];
            worst = Math.Max(worst, Math.Abs(start[i] - _steps * LearningRate * g / (Math.Abs(g) + Epsilon) - _weights[i]) / Math.Max(1, _steps));
        }
        return new SpeedOutcome(
            new Dictionary<string, double> { ["worst_error_per_step"] = worst }, worst < Tolerance ? null : FormattableString.Invariant($"a weight is off by {worst:G3} a step"));
    }
}
