namespace CampaignPortal.Statistics.Numerics;

/// <summary>Dense systems of linear equations.</summary>
internal static class LinearSystem
{
    /// <summary>Gaussian elimination with row pivots; overwrites its arguments and returns the solution.</summary>
    /// <exception cref="ArgumentException">The matrix is singular.</exception>
    public static double[] Solve(double[,] matrix, double[] right)
    {
        var n = right.Length;
        for (var k = 0; k < n; k++)
        {
            var pivot = k;
            for (var i = k + 1; i < n; i++) if (Math.Abs(matrix[i, k]) > Math.Abs(matrix[pivot, k])) pivot = i;
            if (matrix[pivot, k] is 0) throw new ArgumentException("The matrix is singular.", nameof(matrix));
            if (pivot != k)
            {
                for (var j = k; j < n; j++) (matrix[k, j], matrix[pivot, j]) = (matrix[pivot, j], matrix[k, j]);
                (right[k], right[pivot]) = (right[pivot], right[k]);
            }
            for (var i = k + 1; i < n; i++)
            {
                var factor = matrix[i, k] / matrix[k, k];
                if (factor is 0) continue;
                for (var j = k; j < n; j++) matrix[i, j] -= factor * matrix[k, j];
                right[i] -= factor * right[k];
            }
        }
        for (var i = n - 1; i >= 0; i--)
        {
            for (var j = i + 1; j < n; j++) right[i] -= matrix[i, j] * right[j];
            right[i] /= matrix[i, i];
        }
        return right;
    }
}
