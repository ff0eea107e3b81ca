namespace CampaignPortal.Statistics.Numerics;

/// <summary>The lower triangular root of a symmetric positive definite matrix: A = L Lᵀ.</summary>
internal sealed class Cholesky
{
    private readonly double[,] _lower;

    private Cholesky(double[,] lower) => _lower = lower;

    public int Size => _lower.GetLength(0);

    /// <summary>Null when the matrix is not positive definite to working precision.</summary>
    public static Cholesky? Of(double[,] matrix)
    {
        var n = matrix.GetLength(0);
        var lower = new double[n, n];
        for (var i = 0; i < n; i++)
        {
            for (var j = 0; j <= i; j++)
            {
                var sum = matrix[i, j];
                for (var k = 0; k < j; k++) sum -= lower[i, k] * lower[j, k];
                if (i != j) lower[i, j] = sum / lower[j, j];
                else if (sum > 1e-14 * Math.Abs(matrix[i, i])) lower[i, i] = Math.Sqrt(sum);
                else return null;
            }
        }
        return new Cholesky(lower);
    }

    /// <summary>x with A x = b.</summary>
    public double[] Solve(ReadOnlySpan<double> b)
    {
        var x = b.ToArray();
        for (var i = 0; i < Size; i++)
        {
            for (var k = 0; k < i; k++) x[i] -= _lower[i, k] * x[k];
            x[i] /= _lower[i, i];
        }
        for (var i = Size - 1; i >= 0; i--)
        {
            for (var k = i + 1; k < Size; k++) x[i] -= _lower[k, i] * x[k];
            x[i] /= _lower[i, i];
        }
        return x;
    }

    /// <summary>A⁻¹.</summary>
    public double[,] Inverse()
    {
        var inverse = new double[Size, Size];
        var unit = new double[Size];
        for (var column = 0; column < Size; column++)
        {
            Array.Clear(unit);
            unit[column] = 1;
            var solved = Solve(unit);
            for (var row = 0; row < Size; row++) inverse[row, column] = solved[row];
        }
        return inverse;
    }

    /// <summary>L z: turns independent standard normals into normals with covariance A.</summary>
    public double[] Multiply(ReadOnlySpan<double> z)
    {
        var product = new double[Size];
        for (var i = 0; i < Size; i++)
            for (var k = 0; k <= i; k++)
                product[i] += _lower[i, k] * z[k];
        return product;
    }
}
