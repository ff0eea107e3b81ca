using System.Runtime.CompilerServices;
using CampaignPortal.Learning.Kernels;

namespace CampaignPortal.Learning.Factorization;

/// <summary>The kernels of <see cref="NormalEquations"/>: adding up outer products, Cholesky, substitution. <see cref="NormalEquationsScalar"/> is the plain truth.</summary>
/// <remarks>
/// The matrix has <c>width</c> rows (a multiple of 16) of <c>width + Tail</c> floats: the symmetric matrix, of which only blocks on and
/// above the diagonal are kept up, and the right-hand side in the first column of the tail. Elimination treats that column
/// like any other, so the forward substitution costs nothing of its own. Each element is one chain of fused multiply-adds
/// in row order, whatever the vector width.
/// </remarks>
internal static unsafe class NormalEquationsKernel<TLanes, TV>
    where TLanes : struct, ILanes<TV> where TV : struct
{
    private const int Tail = NormalEquations.Tail;

    /// <summary>Copies factor rows times √weight one after the other and adds (weight + rightExtra)·row to the right-hand side.</summary>
    /// <remarks>Both sides of an outer product carry √weight, so one copy of a row is enough.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Gather(float* factors, ReadOnlySpan<int> rows, ReadOnlySpan<float> weights, float rightExtra, int width, float* to, float* right)
    {
        for (var n = 0; n < rows.Length; n++, to += width)
        {
            var from = factors + (nint)rows[n] * width;
            var root = TLanes.Splat(MathF.Sqrt(weights[n]));
            var rightWeight = TLanes.Splat(weights[n] + rightExtra);
            for (var column = 0; column < width; column += TLanes.Width)
            {
                var y = TLanes.Load(from + column);
                TLanes.Store(to + column, TLanes.Multiply(y, root));
                TLanes.Store(right + column, TLanes.MultiplyAdd(y, rightWeight, TLanes.Load(right + column)));
            }
        }
    }

    /// <summary>to = from + Σ rows ᵀ·row, for blocks on and above the diagonal.</summary>
    public static void AddOuterProducts(float* from, float* rows, int rowCount, int width, float* to)
    {
        for (var i = 0; i < width; i += 8)
        {
            var column = i & -TLanes.Width;
            if (TLanes.Width == 16) // 16 accumulators and their operands fit 32 registers, not 16
            {
                for (; column + 2 * TLanes.Width <= width; column += 2 * TLanes.Width) AddTile2(from, rows, rowCount, width, i, column, to);
            }
            for (; column < width; column += TLanes.Width) AddTile1(from, rows, rowCount, width, i, column, to);
        }
    }

    /// <summary>h becomes U of h = UᵀU, its tail U⁻ᵀ·(right-hand side); <paramref name="inverseDiagonal"/> receives 1 / U_ii.</summary>
    public static void Factor(float* h, int width, float* inverseDiagonal)
    {
        var coefficients = stackalloc float[10];
        for (var i = 0; i < width; i += 4)
        {
            var column = i & -TLanes.Width;
            var left = (width - column) / TLanes.Width + 1; // at least 2: one vector with the diagonal and the tail
            for (var holdsDiagonal = true; left > 0; holdsDiagonal = false)
            {
                var taken = left is 3 or > 4 ? 3 : 2; // never leaves a single vector over
                if (taken == 3) EliminateTile3(h, width, i, column, holdsDiagonal, coefficients);
                else EliminateTile2(h, width, i, column, holdsDiagonal, coefficients);
                left -= taken;
                column += taken * TLanes.Width;
            }
            for (var r = 0; r < 4; r++) inverseDiagonal[i + r] = coefficients[r];
        }
    }

    /// <summary>Solves U·x = tail, four unknowns at a time from the last to the first.</summary>
    /// <param name="h">As <see cref="Factor"/> leaves it.</param>
    /// <param name="width">Number of unknowns.</param>
    /// <param name="inverseDiagonal">1 / U_ii.</param>
    /// <param name="x">Receives the solution; must be zero: unknowns not yet found take part in the products as zeros.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Substitute(float* h, int width, float* inverseDiagonal, float* x)
    {
        var stride = width + Tail;
        for (var i = width - 4; i >= 0; i -= 4)
        {
            var u = h + (nint)i * stride;
            var zero = TLanes.Splat(0);
            var (s0, s1, s2, s3) = (zero, zero, zero, zero);
            for (var column = i & -TLanes.Width; column < width; column += TLanes.Width)
            {
                var b = TLanes.Load(x + column);
                s0 = TLanes.MultiplyAdd(TLanes.Load(u + column), b, s0);
                s1 = TLanes.MultiplyAdd(TLanes.Load(u + stride + column), b, s1);
                s2 = TLanes.MultiplyAdd(TLanes.Load(u + 2 * stride + column), b, s2);
                s3 = TLanes.MultiplyAdd(TLanes.Load(u + 3 * stride + column), b, s3);
            }
            var x3 = (u[3 * stride + width] - TLanes.Sum(s3)) * inverseDiagonal[i + 3];
            var x2 = (u[2 * stride + width] - TLanes.Sum(s2) - u[2 * stride + i + 3] * x3) * inverseDiagonal[i + 2];
            var x1 = (u[stride + width] - TLanes.Sum(s1) - u[stride + i + 2] * x2 - u[stride + i + 3] * x3) * inverseDiagonal[i + 1];
            x[i] = (u[width] - TLanes.Sum(s0) - u[i + 1] * x1 - u[i + 2] * x2 - u[i + 3] * x3) * inverseDiagonal[i];
            (x[i + 1], x[i + 2], x[i + 3]) = (x1, x2, x3);
        }
    }

    // Cholesky of the 4 × 4 block at d; coefficients: 1/u00 1/u11 1/u22 1/u33 u01 u02 u03 u12 u13 u23.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void FactorDiagonal(float* d, int stride, float* coefficients)
    {
        var p0 = 1 / MathF.Sqrt(d[0]);
        var (u01, u02, u03) = (d[1] * p0, d[2] * p0, d[3] * p0);
        d += stride;
        var p1 = 1 / MathF.Sqrt(d[1] - u01 * u01);
        var (u12, u13) = ((d[2] - u01 * u02) * p1, (d[3] - u01 * u03) * p1);
        d += stride;
        var p2 = 1 / MathF.Sqrt(d[2] - u02 * u02 - u12 * u12);
        var u23 = (d[3] - u02 * u03 - u12 * u13) * p2;
        d += stride;
        var p3 = 1 / MathF.Sqrt(d[3] - u03 * u03 - u13 * u13 - u23 * u23);
        (coefficients[0], coefficients[1], coefficients[2], coefficients[3]) = (p0, p1, p2, p3);
        (coefficients[4], coefficients[5], coefficients[6]) = (u01, u02, u03);
        (coefficients[7], coefficients[8], coefficients[9]) = (u12, u13, u23);
    }

    // The tiles below are written out: as arrays or loops the accumulators would live in memory.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void AddTile2(float* from, float* rows, int rowCount, int width, int i, int column, float* to)
    {
        var stride = width + Tail;
        var at = (nint)i * stride + column;
        var h00 = TLanes.Load(from + at + 0 * stride);
        var h01 = TLanes.Load(from + at + 0 * stride + TLanes.Width);
        var h10 = TLanes.Load(from + at + 1 * stride);
        var h11 = TLanes.Load(from + at + 1 * stride + TLanes.Width);
        var h20 = TLanes.Load(from + at + 2 * stride);
        var h21 = TLanes.Load(from + at + 2 * stride + TLanes.Width);
        var h30 = TLanes.Load(from + at + 3 * stride);
        var h31 = TLanes.Load(from + at + 3 * stride + TLanes.Width);
        var h40 = TLanes.Load(from + at + 4 * stride);
        var h41 = TLanes.Load(from + at + 4 * stride + TLanes.Width);
        var h50 = TLanes.Load(from + at + 5 * stride);
        var h51 = TLanes.Load(from + at + 5 * stride + TLanes.Width);
        var h60 = TLanes.Load(from + at + 6 * stride);
        var h61 = TLanes.Load(from + at + 6 * stride + TLanes.Width);
        var h70 = TLanes.Load(from + at + 7 * stride);
        var h71 = TLanes.Load(from + at + 7 * stride + TLanes.Width);
        for (var n = 0; n < rowCount; n++, rows += width)
        {
            var b0 = TLanes.Load(rows + column);
            var b1 = TLanes.Load(rows + column + TLanes.Width);
            var a0 = TLanes.Splat(rows[i]);
            h00 = TLanes.MultiplyAdd(a0, b0, h00);
            h01 = TLanes.MultiplyAdd(a0, b1, h01);
            var a1 = TLanes.Splat(rows[i + 1]);
            h10 = TLanes.MultiplyAdd(a1, b0, h10);
            h11 = TLanes.MultiplyAdd(a1, b1, h11);
            var a2 = TLanes.Splat(rows[i + 2]);
            h20 = TLanes.MultiplyAdd(a2, b0, h20);
            h21 = TLanes.MultiplyAdd(a2, b1, h21);
            var a3 = TLanes.Splat(rows[i + 3]);
            h30 = TLanes.MultiplyAdd(a3, b0, h30);
            h31 = TLanes.MultiplyAdd(a3, b1, h31);
            var a4 = TLanes.Splat(rows[i + 4]);
            h40 = TLanes.MultiplyAdd(a4, b0, h40);
            h41 = TLanes.MultiplyAdd(a4, b1, h41);
            var a5 = TLanes.Splat(rows[i + 5]);
            h50 = TLanes.MultiplyAdd(a5, b0, h50);
            h51 = TLanes.MultiplyAdd(a5, b1, h51);
            var a6 = TLanes.Splat(rows[i + 6]);
            h60 = TLanes.MultiplyAdd(a6, b0, h60);
            h61 = TLanes.MultiplyAdd(a6, b1, h61);
            var a7 = TLanes.Splat(rows[i + 7]);
            h70 = TLanes.MultiplyAdd(a7, b0, h70);
            h71 = TLanes.MultiplyAdd(a7, b1, h71);
        }
        TLanes.Store(to + at + 0 * stride, h00);
        TLanes.Store(to + at + 0 * stride + TLanes.Width, h01);
        TLanes.Store(to + at + 1 * stride, h10);
        TLanes.Store(to + at + 1 * stride + TLanes.Width, h11);
        TLanes.Store(to + at + 2 * stride, h20);
        TLanes.Store(to + at + 2 * stride + TLanes.Width, h21);
        TLanes.Store(to + at + 3 * stride, h30);
        TLanes.Store(to + at + 3 * stride + TLanes.Width, h31);
        TLanes.Store(to + at + 4 * stride, h40);
        TLanes.Store(to + at + 4 * stride + TLanes.Width, h41);
        TLanes.Store(to + at + 5 * stride, h50);
        TLanes.Store(to + at + 5 * stride + TLanes.Width, h51);
        TLanes.Store(to + at + 6 * stride, h60);
        TLanes.Store(to + at + 6 * stride + TLanes.Width, h61);
        TLanes.Store(to + at + 7 * stride, h70);
        TLanes.Store(to + at + 7 * stride + TLanes.Width, h71);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void AddTile1(float* from, float* rows, int rowCount, int width, int i, int column, float* to)
    {
        var stride = width + Tail;
        var at = (nint)i * stride + column;
        var h00 = TLanes.Load(from + at + 0 * stride);
        var h10 = TLanes.Load(from + at + 1 * stride);
        var h20 = TLanes.Load(from + at + 2 * stride);
        var h30 = TLanes.Load(from + at + 3 * stride);
        var h40 = TLanes.Load(from + at + 4 * stride);
        var h50 = TLanes.Load(from + at + 5 * stride);
        var h60 = TLanes.Load(from + at + 6 * stride);
        var h70 = TLanes.Load(from + at + 7 * stride);
        for (var n = 0; n < rowCount; n++, rows += width)
        {
            var b0 = TLanes.Load(rows + column);
            var a0 = TLanes.Splat(rows[i]);
            h00 = TLanes.MultiplyAdd(a0, b0, h00);
            var a1 = TLanes.Splat(rows[i + 1]);
            h10 = TLanes.MultiplyAdd(a1, b0, h10);
            var a2 = TLanes.Splat(rows[i + 2]);
            h20 = TLanes.MultiplyAdd(a2, b0, h20);
            var a3 = TLanes.Splat(rows[i + 3]);
            h30 = TLanes.MultiplyAdd(a3, b0, h30);
            var a4 = TLanes.Splat(rows[i + 4]);
            h40 = TLanes.MultiplyAdd(a4, b0, h40);
            var a5 = TLanes.Splat(rows[i + 5]);
            h50 = TLanes.MultiplyAdd(a5, b0, h50);
            var a6 = TLanes.Splat(rows[i + 6]);
            h60 = TLanes.MultiplyAdd(a6, b0, h60);
            var a7 = TLanes.Splat(rows[i + 7]);
            h70 = TLanes.MultiplyAdd(a7, b0, h70);
        }
        TLanes.Store(to + at + 0 * stride, h00);
        TLanes.Store(to + at + 1 * stride, h10);
        TLanes.Store(to + at + 2 * stride, h20);
        TLanes.Store(to + at + 3 * stride, h30);
        TLanes.Store(to + at + 4 * stride, h40);
        TLanes.Store(to + at + 5 * stride, h50);
        TLanes.Store(to + at + 6 * stride, h60);
        TLanes.Store(to + at + 7 * stride, h70);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void EliminateTile3(float* h, int width, int i, int column, bool holdsDiagonal, float* coefficients)
    {
        var stride = width + Tail;
        var to = h + (nint)i * stride + column;
        var r00 = TLanes.Load(to);
        var r01 = TLanes.Load(to + TLanes.Width);
        var r02 = TLanes.Load(to + 2 * TLanes.Width);
        var r10 = TLanes.Load(to + 1 * stride);
        var r11 = TLanes.Load(to + 1 * stride + TLanes.Width);
        var r12 = TLanes.Load(to + 1 * stride + 2 * TLanes.Width);
        var r20 = TLanes.Load(to + 2 * stride);
        var r21 = TLanes.Load(to + 2 * stride + TLanes.Width);
        var r22 = TLanes.Load(to + 2 * stride + 2 * TLanes.Width);
        var r30 = TLanes.Load(to + 3 * stride);
        var r31 = TLanes.Load(to + 3 * stride + TLanes.Width);
        var r32 = TLanes.Load(to + 3 * stride + 2 * TLanes.Width);
        var above = h;
        for (var k = 0; k < i; k++, above += stride)
        {
            var b0 = TLanes.Load(above + column);
            var b1 = TLanes.Load(above + column + TLanes.Width);
            var b2 = TLanes.Load(above + column + 2 * TLanes.Width);
            var a0 = TLanes.Splat(-above[i]);
            r00 = TLanes.MultiplyAdd(a0, b0, r00);
            r01 = TLanes.MultiplyAdd(a0, b1, r01);
            r02 = TLanes.MultiplyAdd(a0, b2, r02);
            var a1 = TLanes.Splat(-above[i + 1]);
            r10 = TLanes.MultiplyAdd(a1, b0, r10);
            r11 = TLanes.MultiplyAdd(a1, b1, r11);
            r12 = TLanes.MultiplyAdd(a1, b2, r12);
            var a2 = TLanes.Splat(-above[i + 2]);
            r20 = TLanes.MultiplyAdd(a2, b0, r20);
            r21 = TLanes.MultiplyAdd(a2, b1, r21);
            r22 = TLanes.MultiplyAdd(a2, b2, r22);
            var a3 = TLanes.Splat(-above[i + 3]);
            r30 = TLanes.MultiplyAdd(a3, b0, r30);
            r31 = TLanes.MultiplyAdd(a3, b1, r31);
            r32 = TLanes.MultiplyAdd(a3, b2, r32);
        }
        if (holdsDiagonal)
        {
            TLanes.Store(to, r00);
            TLanes.Store(to + 1 * stride, r10);
            TLanes.Store(to + 2 * stride, r20);
            TLanes.Store(to + 3 * stride, r30);
            FactorDiagonal(h + (nint)i * stride + i, stride, coefficients);
        }
        var scale = TLanes.Splat(coefficients[0]);
        r00 = TLanes.Multiply(r00, scale);
        r01 = TLanes.Multiply(r01, scale);
        r02 = TLanes.Multiply(r02, scale);
        var u01 = TLanes.Splat(-coefficients[4]);
        r10 = TLanes.MultiplyAdd(u01, r00, r10);
        r11 = TLanes.MultiplyAdd(u01, r01, r11);
        r12 = TLanes.MultiplyAdd(u01, r02, r12);
        scale = TLanes.Splat(coefficients[1]);
        r10 = TLanes.Multiply(r10, scale);
        r11 = TLanes.Multiply(r11, scale);
        r12 = TLanes.Multiply(r12, scale);
        var u02 = TLanes.Splat(-coefficients[5]);
        r20 = TLanes.MultiplyAdd(u02, r00, r20);
        r21 = TLanes.MultiplyAdd(u02, r01, r21);
        r22 = TLanes.MultiplyAdd(u02, r02, r22);
        var u12 = TLanes.Splat(-coefficients[7]);
        r20 = TLanes.MultiplyAdd(u12, r10, r20);
        r21 = TLanes.MultiplyAdd(u12, r11, r21);
        r22 = TLanes.MultiplyAdd(u12, r12, r22);
        scale = TLanes.Splat(coefficients[2]);
        r20 = TLanes.Multiply(r20, scale);
        r21 = TLanes.Multiply(r21, scale);
        r22 = TLanes.Multiply(r22, scale);
        var u03 = TLanes.Splat(-coefficients[6]);
        r30 = TLanes.MultiplyAdd(u03, r00, r30);
        r31 = TLanes.MultiplyAdd(u03, r01, r31);
        r32 = TLanes.MultiplyAdd(u03, r02, r32);
        var u13 = TLanes.Splat(-coefficients[8]);
        r30 = TLanes.MultiplyAdd(u13, r10, r30);
        r31 = TLanes.MultiplyAdd(u13, r11, r31);
        r32 = TLanes.MultiplyAdd(u13, r12, r32);
        var u23 = TLanes.Splat(-coefficients[9]);
        r30 = TLanes.MultiplyAdd(u23, r20, r30);
        r31 = TLanes.MultiplyAdd(u23, r21, r31);
        r32 = TLanes.MultiplyAdd(u23, r22, r32);
        scale = TLanes.Splat(coefficients[3]);
        r30 = TLanes.Multiply(r30, scale);
        r31 = TLanes.Multiply(r31, scale);
        r32 = TLanes.Multiply(r32, scale);
        TLanes.Store(to, r00);
        TLanes.Store(to + TLanes.Width, r01);
        TLanes.Store(to + 2 * TLanes.Width, r02);
        TLanes.Store(to + 1 * stride, r10);
        TLanes.Store(to + 1 * stride + TLanes.Width, r11);
        TLanes.Store(to + 1 * stride + 2 * TLanes.Width, r12);
        TLanes.Store(to + 2 * stride, r20);
        TLanes.Store(to + 2 * stride + TLanes.Width, r21);
        TLanes.Store(to + 2 * stride + 2 * TLanes.Width, r22);
        TLanes.Store(to + 3 * stride, r30);
        TLanes.Store(to + 3 * stride + TLanes.Width, r31);
        TLanes.Store(to + 3 * stride + 2 * TLanes.Width, r32);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void EliminateTile2(float* h, int width, int i, int column, bool holdsDiagonal, float* coefficients)
    {
        var stride = width + Tail;
        var to = h + (nint)i * stride + column;
        var r00 = TLanes.Load(to);
        var r01 = TLanes.Load(to + TLanes.Width);
        var r10 = TLanes.Load(to + 1 * stride);
        var r11 = TLanes.Load(to + 1 * stride + TLanes.Width);
        var r20 = TLanes.Load(to + 2 * stride);
        var r21 = TLanes.Load(to + 2 * stride + TLanes.Width);
        var r30 = TLanes.Load(to + 3 * stride);
        var r31 = TLanes.Load(to + 3 * stride + TLanes.Width);
        var above = h;
        for (var k = 0; k < i; k++, above += stride)
        {
            var b0 = TLanes.Load(above + column);
            var b1 = TLanes.Load(above + column + TLanes.Width);
            var a0 = TLanes.Splat(-above[i]);
            r00 = TLanes.MultiplyAdd(a0, b0, r00);
            r01 = TLanes.MultiplyAdd(a0, b1, r01);
            var a1 = TLanes.Splat(-above[i + 1]);
            r10 = TLanes.MultiplyAdd(a1, b0, r10);
            r11 = TLanes.MultiplyAdd(a1, b1, r11);
            var a2 = TLanes.Splat(-above[i + 2]);
            r20 = TLanes.MultiplyAdd(a2, b0, r20);
            r21 = TLanes.MultiplyAdd(a2, b1, r21);
            var a3 = TLanes.Splat(-above[i + 3]);
            r30 = TLanes.MultiplyAdd(a3, b0, r30);
            r31 = TLanes.MultiplyAdd(a3, b1, r31);
        }
        if (holdsDiagonal)
        {
            TLanes.Store(to, r00);
            TLanes.Store(to + 1 * stride, r10);
            TLanes.Store(to + 2 * stride, r20);
            TLanes.Store(to + 3 * stride, r30);
            FactorDiagonal(h + (nint)i * stride + i, stride, coefficients);
        }
        var scale = TLanes.Splat(coefficients[0]);
        r00 = TLanes.Multiply(r00, scale);
        r01 = TLanes.Multiply(r01, scale);
        var u01 = TLanes.Splat(-coefficients[4]);
        r10 = TLanes.MultiplyAdd(u01, r00, r10);
        r11 = TLanes.MultiplyAdd(u01, r01, r11);
        scale = TLanes.Splat(coefficients[1]);
        r10 = TLanes.Multiply(r10, scale);
        r11 = TLanes.Multiply(r11, scale);
        var u02 = TLanes.Splat(-coefficients[5]);
        r20 = TLanes.MultiplyAdd(u02, r00, r20);
        r21 = TLanes.MultiplyAdd(u02, r01, r21);
        var u12 = TLanes.Splat(-coefficients[7]);
        r20 = TLanes.MultiplyAdd(u12, r10, r20);
        r21 = TLanes.MultiplyAdd(u12, r11, r21);
        scale = TLanes.Splat(coefficients[2]);
        r20 = TLanes.Multiply(r20, scale);
        r21 = TLanes.Multiply(r21, scale);
        var u03 = TLanes.Splat(-coefficients[6]);
        r30 = TLanes.MultiplyAdd(u03, r00, r30);
        r31 = TLanes.MultiplyAdd(u03, r01, r31);
        var u13 = TLanes.Splat(-coefficients[8]);
        r30 = TLanes.MultiplyAdd(u13, r10, r30);
        r31 = TLanes.MultiplyAdd(u13, r11, r31);
        var u23 = TLanes.Splat(-coefficients[9]);
        r30 = TLanes.MultiplyAdd(u23, r20, r30);
        r31 = TLanes.MultiplyAdd(u23, r21, r31);
        scale = TLanes.Splat(coefficients[3]);
        r30 = TLanes.Multiply(r30, scale);
        r31 = TLanes.Multiply(r31, scale);
        TLanes.Store(to, r00);
        TLanes.Store(to + TLanes.Width, r01);
        TLanes.Store(to + 1 * stride, r10);
        TLanes.Store(to + 1 * stride + TLanes.Width, r11);
        TLanes.Store(to + 2 * stride, r20);
        TLanes.Store(to + 2 * stride + TLanes.Width, r21);
        TLanes.Store(to + 3 * stride, r30);
        TLanes.Store(to + 3 * stride + TLanes.Width, r31);
    }
}
