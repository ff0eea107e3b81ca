using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace CampaignPortal.Learning.Kernels;

/// <summary>Matrix products of float32, row-major.</summary>
/// <remarks>
/// A register block of 6 rows × 2 vectors keeps twelve chains of multiply-adds in flight. B is read in place where its rows are short and contiguous, and
/// copied into panels of two vectors otherwise; A is read in place with any strides. Every element is one chain over k, so the result depends neither on
/// the tile an element falls into nor on threads.
/// </remarks>
public static class Gemm
{
    private const int TileRows = 6;

    // Rows of B up to this length are read in place: the panel stays in the first-level cache anyway.
    private const int LongestUnpackedRow = 64;

    /// <summary>C (m×n) = A (m×k) · B (k×n), or C += with <paramref name="accumulate"/>.</summary>
    public static void Multiply(ReadOnlySpan<float> a, ReadOnlySpan<float> b, Span<float> c, int m, int n, int k, bool accumulate = false) =>
        Run(a, k, 1, b, n, 1, c, m, n, k, accumulate, DefaultBits);

    /// <summary>C (m×n) = A (m×k) · Bᵀ with B (n×k), or C += with <paramref name="accumulate"/>.</summary>
    public static void MultiplyTransposedB(ReadOnlySpan<float> a, ReadOnlySpan<float> b, Span<float> c, int m, int n, int k, bool accumulate = false) =>
        Run(a, k, 1, b, 1, k, c, m, n, k, accumulate, DefaultBits);

    /// <summary>C (m×n) = Aᵀ · B with A (k×m) and B (k×n), or C += with <paramref name="accumulate"/>.</summary>
    public static void MultiplyTransposedA(ReadOnlySpan<float> a, ReadOnlySpan<float> b, Span<float> c, int m, int n, int k, bool accumulate = false) =>
        Run(a, 1, m, b, n, 1, c, m, n, k, accumulate, DefaultBits);

    /// <summary>The scalar truth, C (m×n) = A · B with row and column strides, sums in double.</summary>
    internal static void MultiplyScalar(ReadOnlySpan<float> a, int aRow, int aColumn, ReadOnlySpan<float> b, int bRow, int bColumn,
        Span<float> c, int m, int n, int k, bool accumulate)
    {
        for (var i = 0; i < m; i++)
        {
            for (var j = 0; j < n; j++)
            {
                double sum = accumulate ? c[i * n + j] : 0;
                for (var p = 0; p < k; p++) sum += (double)a[i * aRow + p * aColumn] * b[p * bRow + j * bColumn];
                c[i * n + j] = (float)sum;
            }
        }
    }

    private static int DefaultBits => Dense.VectorBits;

    internal static unsafe void Run(ReadOnlySpan<float> a, int aRow, int aColumn, ReadOnlySpan<float> b, int bRow, int bColumn,
        Span<float> c, int m, int n, int k, bool accumulate, int vectorBits)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(m);
        ArgumentOutOfRangeException.ThrowIfNegative(n);
        ArgumentOutOfRangeException.ThrowIfNegative(k);
        if (a.Length < (long)m * k || b.Length < (long)k * n || c.Length < (long)m * n)
        {
            throw new ArgumentException($"A {m}×{k} · {k}×{n} product needs {(long)m * k}, {(long)k * n} and {(long)m * n} elements; got {a.Length}, {b.Length} and {c.Length}.");
        }
        if (m == 0 || n == 0) return;
        if (k == 0)
        {
            if (!accumulate) c[..(m * n)].Clear();
            return;
        }
        fixed (float* pa = a)
        fixed (float* pb = b)
        fixed (float* pc = c)
        {
            if (vectorBits == 512) Panels<Lanes512, Vector512<float>>(pa, aRow, aColumn, pb, bRow, bColumn, pc, m, n, k, accumulate);
            else if (vectorBits == 256) Panels<Lanes256, Vector256<float>>(pa, aRow, aColumn, pb, bRow, bColumn, pc, m, n, k, accumulate);
            else Panels<LanesScalar, float>(pa, aRow, aColumn, pb, bRow, bColumn, pc, m, n, k, accumulate);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static unsafe void Panels<TL, TV>(float* a, int aRow, int aColumn, float* b, int bRow, int bColumn, float* c, int m, int n, int k, bool accumulate)
        where TL : struct, ILanes<TV> where TV : struct
    {
        var panelWidth = 2 * TL.Width;
        var inPlace = bColumn == 1 && n <= LongestUnpackedRow;
        float[]? rented = null;
        var edge = stackalloc float[TileRows * 32];
        for (var j = 0; j < n; j += panelWidth)
        {
            var columns = Math.Min(panelWidth, n - j);
            if (inPlace && columns == panelWidth)
            {
                RowTiles<TL, TV>(a, aRow, aColumn, b + j, bRow, c + j, n, m, k, accumulate);
                continue;
            }
            rented ??= ArrayPool<float>.Shared.Rent(panelWidth * k);
            fixed (float* panel = rented)
            {
                Pack(b + (long)j * bColumn, bRow, bColumn, panel, panelWidth, columns, k);
                if (columns == panelWidth)
                {
                    RowTiles<TL, TV>(a, aRow, aColumn, panel, panelWidth, c + j, n, m, k, accumulate);
                    continue;
                }
                // The last columns run through a padded tile of the same shape and are copied out.
                for (var i = 0; i < m; i += TileRows)
                {
                    var rows = Math.Min(TileRows, m - i);
                    for (var r = 0; r < rows; r++)
                    {
                        for (var q = 0; q < panelWidth; q++) edge[r * panelWidth + q] = accumulate && q < columns ? c[(long)(i + r) * n + j + q] : 0;
                    }
                    RowTiles<TL, TV>(a + (long)i * aRow, aRow, aColumn, panel, panelWidth, edge, panelWidth, rows, k, accumulate);
                    for (var r = 0; r < rows; r++)
                    {
                        for (var q = 0; q < columns; q++) c[(long)(i + r) * n + j + q] = edge[r * panelWidth + q];
                    }
                }
            }
        }
        if (rented is not null) ArrayPool<float>.Shared.Return(rented);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static unsafe void Pack(float* b, int bRow, int bColumn, float* panel, int panelWidth, int columns, int k)
    {
        if (bColumn == 1)
        {
            for (var p = 0; p < k; p++)
            {
                for (var q = 0; q < columns; q++) panel[p * panelWidth + q] = b[(long)p * bRow + q];
                for (var q = columns; q < panelWidth; q++) panel[p * panelWidth + q] = 0;
            }
            return;
        }
        for (var q = 0; q < columns; q++)
        {
            var source = b + (long)q * bColumn;
            for (var p = 0; p < k; p++) panel[p * panelWidth + q] = source[(long)p * bRow];
        }
        for (var q = columns; q < panelWidth; q++)
        {
            for (var p = 0; p < k; p++) panel[p * panelWidth + q] = 0;
        }
    }

    /// <summary>All rows against one panel of two vectors: tiles of six rows, then single rows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static unsafe void RowTiles<TL, TV>(float* a, int aRow, int aColumn, float* b, int bRow, float* c, int cRow, int m, int k, bool accumulate)
        where TL : struct, ILanes<TV> where TV : struct
    {
        var i = 0;
        var w = TL.Width;
        for (; i <= m - TileRows; i += TileRows)
        {
            float* a0 = a + (long)i * aRow, a3 = a0 + 3L * aRow;
            float* c0 = c + (long)i * cRow, c3 = c0 + 3L * cRow;
            TV x00, x01, x10, x11, x20, x21, x30, x31, x40, x41, x50, x51;
            if (accumulate)
            {
                (x00, x01) = (TL.Load(c0), TL.Load(c0 + w));
                (x10, x11) = (TL.Load(c0 + cRow), TL.Load(c0 + cRow + w));
                (x20, x21) = (TL.Load(c0 + 2L * cRow), TL.Load(c0 + 2L * cRow + w));
                (x30, x31) = (TL.Load(c3), TL.Load(c3 + w));
                (x40, x41) = (TL.Load(c3 + cRow), TL.Load(c3 + cRow + w));
                (x50, x51) = (TL.Load(c3 + 2L * cRow), TL.Load(c3 + 2L * cRow + w));
            }
            else
            {
                x00 = x01 = x10 = x11 = x20 = x21 = x30 = x31 = x40 = x41 = x50 = x51 = TL.Splat(0);
            }
            var row = b;
            for (var p = 0; p < k; p++)
            {
                var b0 = TL.Load(row);
                var b1 = TL.Load(row + w);
                var v = TL.Splat(*a0);
                x00 = TL.MultiplyAdd(v, b0, x00);
                x01 = TL.MultiplyAdd(v, b1, x01);
                v = TL.Splat(a0[aRow]);
                x10 = TL.MultiplyAdd(v, b0, x10);
                x11 = TL.MultiplyAdd(v, b1, x11);
                v = TL.Splat(a0[2L * aRow]);
                x20 = TL.MultiplyAdd(v, b0, x20);
                x21 = TL.MultiplyAdd(v, b1, x21);
                v = TL.Splat(*a3);
                x30 = TL.MultiplyAdd(v, b0, x30);
                x31 = TL.MultiplyAdd(v, b1, x31);
                v = TL.Splat(a3[aRow]);
                x40 = TL.MultiplyAdd(v, b0, x40);
                x41 = TL.MultiplyAdd(v, b1, x41);
                v = TL.Splat(a3[2L * aRow]);
                x50 = TL.MultiplyAdd(v, b0, x50);
                x51 = TL.MultiplyAdd(v, b1, x51);
                a0 += aColumn;
                a3 += aColumn;
                row += bRow;
            }
            TL.Store(c0, x00);
            TL.Store(c0 + w, x01);
            TL.Store(c0 + cRow, x10);
            TL.Store(c0 + cRow + w, x11);
            TL.Store(c0 + 2L * cRow, x20);
            TL.Store(c0 + 2L * cRow + w, x21);
            TL.Store(c3, x30);
            TL.Store(c3 + w, x31);
            TL.Store(c3 + cRow, x40);
            TL.Store(c3 + cRow + w, x41);
            TL.Store(c3 + 2L * cRow, x50);
            TL.Store(c3 + 2L * cRow + w, x51);
        }
        for (; i < m; i++)
        {
            var a0 = a + (long)i * aRow;
            var c0 = c + (long)i * cRow;
            var x0 = accumulate ? TL.Load(c0) : TL.Splat(0);
            var x1 = accumulate ? TL.Load(c0 + w) : TL.Splat(0);
            var row = b;
            for (var p = 0; p < k; p++)
            {
                var v = TL.Splat(*a0);
                x0 = TL.MultiplyAdd(v, TL.Load(row), x0);
                x1 = TL.MultiplyAdd(v, TL.Load(row + w), x1);
                a0 += aColumn;
                row += bRow;
            }
            TL.Store(c0, x0);
            TL.Store(c0 + w, x1);
        }
    }
}
