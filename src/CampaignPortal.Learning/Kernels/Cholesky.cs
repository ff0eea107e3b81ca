namespace CampaignPortal.Learning.Kernels;

/// <summary>Solves symmetric positive definite systems in double precision.</summary>
internal static class Cholesky
{
    /// <summary>Overwrites the lower triangle of <paramref name="matrix"/> (size × size, row-major) by its factor and <paramref name="vector"/> by the solution.</summary>
    /// <returns>False when a pivot is not positive: the matrix is singular or not definite to rounding.</returns>
    public static bool Solve(Span<double> matrix, Span<double> vector, int size)
    {
        if (!Factor(matrix, size)) return false;
        for (var i = 0; i < size; i++)
        {
            var sum = vector[i];
            for (var j = 0; j < i; j++) sum -= matrix[i * size + j] * vector[j];
            vector[i] = sum / matrix[i * size + i];
        }
        for (var i = size - 1; i >= 0; i--)
        {
            var sum = vector[i];
            for (var j = i + 1; j < size; j++) sum -= matrix[j * size + i] * vector[j];
            vector[i] = sum / matrix[i * size + i];
        }
        return true;
    }

    /// <summary>Overwrites the lower triangle by the factor L of matrix = L·Lᵀ; false when a pivot is not positive.</summary>
    public static bool Factor(Span<double> matrix, int size)
    {
        for (var i = 0; i < size; i++)
        {
            for (var j = 0; j <= i; j++)
            {
                var sum = matrix[i * size + j];
                var left = matrix.Slice(i * size, j);
                var right = matrix.Slice(j * size, j);
                for (var p = 0; p < left.Length; p++) sum -= left[p] * right[p];
                if (i == j)
                {
                    if (!(sum > 1e-300)) return false;
                    matrix[i * size + i] = Math.Sqrt(sum);
                }
                else
                {
                    matrix[i * size + j] = sum / matrix[j * size + j];
                }
            }
        }
        return true;
    }
}
