namespace CampaignPortal.Learning.Nn;

/// <summary>Softmax and its logarithm over rows.</summary>
public static class Softmax
{
    /// <summary>y = exp(x − max) / Σ exp(x − max) for each row of <paramref name="columns"/> values. y may be x.</summary>
    public static void Forward(ReadOnlySpan<float> x, Span<float> y, int columns)
    {
        Check(x.Length, y.Length, columns);
        for (var start = 0; start < x.Length; start += columns)
        {
            var row = y.Slice(start, columns);
            Shift(x.Slice(start, columns), row);
            Kernels.VectorMath.Exp(row, row);
            double sum = 0;
            foreach (var v in row) sum += v;
            var inverse = (float)(1 / sum);
            for (var j = 0; j < columns; j++) row[j] *= inverse;
        }
    }

    /// <summary>gradX = y·(gradY − Σ gradY·y) for each row, y being the softmax.</summary>
    public static void Backward(ReadOnlySpan<float> y, ReadOnlySpan<float> gradY, Span<float> gradX, int columns)
    {
        Check(y.Length, gradY.Length, columns);
        for (var start = 0; start < y.Length; start += columns)
        {
            var dot = Kernels.Dense.Dot(y.Slice(start, columns), gradY.Slice(start, columns));
            for (var j = start; j < start + columns; j++) gradX[j] = y[j] * (gradY[j] - dot);
        }
    }

    /// <summary>y = x − ln Σ exp(x) for each row. y may be x.</summary>
    public static void ForwardLog(ReadOnlySpan<float> x, Span<float> y, int columns)
    {
        Check(x.Length, y.Length, columns);
        for (var start = 0; start < x.Length; start += columns)
        {
            var row = y.Slice(start, columns);
            Shift(x.Slice(start, columns), row);
            double sum = 0;
            foreach (var v in row) sum += Math.Exp(v);
            var log = (float)Math.Log(sum);
            for (var j = 0; j < columns; j++) row[j] -= log;
        }
    }

    /// <summary>gradX = gradY − exp(y)·Σ gradY for each row, y being the log-softmax.</summary>
    public static void BackwardLog(ReadOnlySpan<float> y, ReadOnlySpan<float> gradY, Span<float> gradX, int columns)
    {
        Check(y.Length, gradY.Length, columns);
        for (var start = 0; start < y.Length; start += columns)
        {
            double sum = 0;
            foreach (var v in gradY.Slice(start, columns)) sum += v;
            for (var j = start; j < start + columns; j++) gradX[j] = gradY[j] - (float)(Math.Exp(y[j]) * sum);
        }
    }

    private static void Shift(ReadOnlySpan<float> x, Span<float> y)
    {
        var most = float.NegativeInfinity;
        foreach (var v in x) most = v > most ? v : most;
        for (var j = 0; j < x.Length; j++) y[j] = x[j] - most;
    }

    private static void Check(int x, int y, int columns)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(columns);
        if (x != y || x % columns != 0) throw new ArgumentException($"Rows of {columns} values are due; the spans have {x} and {y}.");
    }
}
