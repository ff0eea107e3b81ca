namespace CampaignPortal.Learning.Factorization;

/// <summary>Elimination and substitution of <see cref="NormalEquations"/> in plain steps: the truth for the kernels, and what machines without vectors run.</summary>
internal static class NormalEquationsScalar
{
    /// <summary>The matrix becomes U of UᵀU, its tail U⁻ᵀ·(right-hand side).</summary>
    public static void Factor(Span<float> matrix, int width)
    {
        var stride = width + NormalEquations.Tail;
        for (var i = 0; i < width; i++)
        {
            var row = matrix.Slice(i * stride, width + 1);
            for (var k = 0; k < i; k++)
            {
                var above = matrix.Slice(k * stride, width + 1);
                for (var j = i; j <= width; j++) row[j] -= above[i] * above[j];
            }
            var scale = 1 / MathF.Sqrt(row[i]);
            for (var j = i; j <= width; j++) row[j] *= scale;
        }
    }

    /// <summary>Solves U·x = tail.</summary>
    public static void Substitute(ReadOnlySpan<float> matrix, int width, Span<float> x)
    {
        var stride = width + NormalEquations.Tail;
        for (var i = width - 1; i >= 0; i--)
        {
            var row = matrix.Slice(i * stride, width + 1);
            var sum = row[width];
            for (var j = i + 1; j < width; j++) sum -= row[j] * x[j];
            x[i] = sum / row[i];
        }
    }
}
