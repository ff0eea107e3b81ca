using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace CampaignPortal.Learning.Kernels;

/// <summary>Matrix products of float32, row-major.</summary>
/// <remarks>
/// Blocks of registers (<see cref="GemmTile"/>) walk over C after Goto and van de Geijn 2008: small operands are read in place with any strides, large ones
/// are copied into panels first, 384 of k and 240 rows at a time. Every element is one chain of multiply-adds over k, so a result depends neither on the
/// block that an element falls into, nor on copies, nor on threads.
/// </remarks>
public static class Gemm
{
    private const int BlockK = 384, BlockRows = 240, BlockColumns = 1024, CachedElements = 131_072;

    // Copies pay from about 96³ multiply-adds on, and not for a few rows or for rows of B that are short.
    private const long LeastPackedWork = 96 * 96 * 96;
    private const int LongestUnpackedRow = 64, FewestPackedRows = 24;

    // Twelve rows of A that lie so far apart fall into the same few lines of the first-level cache.
    private const int FarRow = 512;

    // Parts of a shared product are multiples of the height and of the width of a register block.
    private const int Grain = 96;

    // Below some 30 µs of work a second thread costs more than it gives.
    private const long WorkPerThread = 1_500_000;

    /// <summary>C (m×n) = A (m×k) · B (k×n), or C += with <paramref name="accumulate"/>; on at most <paramref name="degree"/> threads, with the same bits for all.</summary>
    public static void Multiply(ReadOnlySpan<float> a, ReadOnlySpan<float> b, Span<float> c, int m, int n, int k, bool accumulate = false, int degree = 1) =>
        Run(a, k, 1, b, n, 1, c, m, n, k, accumulate, Dense.VectorBits, degree);

    /// <summary>C (m×n) = A (m×k) · Bᵀ with B (n×k), or C += with <paramref name="accumulate"/>; on at most <paramref name="degree"/> threads, with the same bits for all.</summary>
    public static void MultiplyTransposedB(ReadOnlySpan<float> a, ReadOnlySpan<float> b, Span<float> c, int m, int n, int k, bool accumulate = false, int degree = 1) =>
        Run(a, k, 1, b, 1, k, c, m, n, k, accumulate, Dense.VectorBits, degree);

    /// <summary>C (m×n) = Aᵀ · B with A (k×m) and B (k×n), or C += with <paramref name="accumulate"/>; on at most <paramref name="degree"/> threads, with the same bits for all.</summary>
    public static void MultiplyTransposedA(ReadOnlySpan<float> a, ReadOnlySpan<float> b, Span<float> c, int m, int n, int k, bool accumulate = false, int degree = 1) =>
        Run(a, 1, m, b, n, 1, c, m, n, k, accumulate, Dense.VectorBits, degree);

    /// <summary>The lower triangle of Xᵀ·X (columns × columns) with X (rows × columns), in blocks of sixteen columns; above the blocks of the diagonal nothing is written.</summary>
    internal static unsafe void LowerGram(ReadOnlySpan<float> x, Span<float> gram, int columns, int rows)
    {
        const int BlockWidth = 16;
        RowShape.Require(checked(rows * columns), x.Length, nameof(x));
        RowShape.Require(checked(columns * columns), gram.Length, nameof(gram));
        fixed (float* px = x, pg = gram)
        {
            for (var j = 0; j < columns; j += BlockWidth)
                Run(new Product(px + j, 1, columns, px + j, columns, 1, pg + (long)j * columns + j, columns, columns - j, Math.Min(BlockWidth, columns - j), rows, false), Dense.VectorBits);
        }
    }

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

    internal static unsafe void Run(ReadOnlySpan<float> a, int aRow, int aColumn, ReadOnlySpan<float> b, int bRow, int bColumn,
        Span<float> c, int m, int n, int k, bool accumulate, int vectorBits, int degree = 1)
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
        fixed (float* pa = a, pb = b, pc = c)
        {
            var product = new Product(pa, aRow, aColumn, pb, bRow, bColumn, pc, n, m, n, k, accumulate);
            var threads = (int)Math.Min(degree, (long)m * n * k / WorkPerThread);
            if (threads > 1) Share(product, vectorBits, threads);
            else Run(product, vectorBits);
        }
    }

    /// <summary>Operands with their strides; a part of a product is one too.</summary>
    private readonly unsafe struct Product(float* a, long aRow, long aColumn, float* b, long bRow, long bColumn, float* c, long cRow, int m, int n, int k, bool accumulate)
    {
        public readonly float* A = a, B = b, C = c;
        public readonly long ARow = aRow, AColumn = aColumn, BRow = bRow, BColumn = bColumn, CRow = cRow;
        public readonly int M = m, N = n, K = k;
        public readonly bool Accumulate = accumulate;

        public Product Rows(int from, int to) => new(A + from * ARow, ARow, AColumn, B, BRow, BColumn, C + from * CRow, CRow, to - from, N, K, Accumulate);

        public Product Columns(int from, int to) => new(A, ARow, AColumn, B + from * BColumn, BRow, BColumn, C + from, CRow, M, to - from, K, Accumulate);
    }

    /// <summary>Parts of the longer side of C, cut at whole register blocks.</summary>
    private static unsafe void Share(Product product, int vectorBits, int degree)
    {
        var side = Math.Max(product.M, product.N);
        var shared = new SharedProduct { Product = product, VectorBits = vectorBits, PartLength = Math.Max(Grain, (side / (2 * degree) + Grain - 1) / Grain * Grain) };
        Workers.For((side + shared.PartLength - 1) / shared.PartLength, degree, &RunPart, &shared);
    }

    private static unsafe void RunPart(void* state, int part)
    {
        ref readonly var shared = ref *(SharedProduct*)state;
        ref readonly var product = ref shared.Product;
        var from = part * shared.PartLength;
        if (product.M >= product.N) Run(product.Rows(from, Math.Min(from + shared.PartLength, product.M)), shared.VectorBits);
        else Run(product.Columns(from, Math.Min(from + shared.PartLength, product.N)), shared.VectorBits);
    }

    private struct SharedProduct
    {
        public Product Product;
        public int VectorBits, PartLength;
    }

    private static void Run(in Product product, int vectorBits)
    {
        if (product.M <= 0 || product.N <= 0) return;
        if (vectorBits == 512) Blocks<Lanes512, Vector512<float>>(product);
        else if (vectorBits == 256) Blocks<Lanes256, Vector256<float>>(product);
        else Blocks<LanesScalar, float>(product);
    }

    private static unsafe void Blocks<TL, TV>(in Product o) where TL : struct, ILanes<TV> where TV : struct
    {
        var large = (long)o.M * o.N * o.K > LeastPackedWork && o.N > LongestUnpackedRow && o.M >= FewestPackedRows;
        if (!large && o.BColumn == 1)
        {
            Tiles<TL, TV>(o.A, o.ARow, o.AColumn, 0, o.B, o.BRow, 2 * TL.Width, o.C, o.CRow, o.M, o.N, o.K, o.Accumulate);
            return;
        }
        var copyA = large && (o.AColumn != 1 || o.ARow >= FarRow);
        var width = 2 * TL.Width;
        for (var j = 0; j < o.N; j += BlockColumns)
        {
            var columns = Math.Min(BlockColumns, o.N - j);
            for (var p = 0; p < o.K; p += BlockK)
            {
                var depth = Math.Min(BlockK, o.K - p);
                var panels = ThreadBuffers.PanelsB((columns + width - 1) / width * width * depth);
                GemmPacking.Columns<TL, TV>(o.B + p * o.BRow + j * o.BColumn, o.BRow, o.BColumn, panels, columns, depth);
                var accumulate = o.Accumulate || p > 0;
                if (!copyA)
                {
                    Tiles<TL, TV>(o.A + p * o.AColumn, o.ARow, o.AColumn, 0, panels, width, (long)width * depth, o.C + j, o.CRow, o.M, columns, depth, accumulate);
                    continue;
                }
                for (var i = 0; i < o.M; i += BlockRows)
                {
                    var rows = Math.Min(BlockRows, o.M - i);
                    var packed = ThreadBuffers.PanelsA(BlockRows * BlockK);
                    GemmPacking.Rows(o.A + i * o.ARow + p * o.AColumn, o.ARow, o.AColumn, packed, TileRows(TL.Width), rows, depth);
                    Tiles<TL, TV>(packed, 1, TileRows(TL.Width), depth, panels, width, (long)width * depth, o.C + i * o.CRow + j, o.CRow, rows, columns, depth, accumulate);
                }
            }
        }
    }

    private static int TileRows(int lanes) => lanes == 16 ? 12 : 6;

    /// <summary>All register blocks of one block of C: bands of rows from the top, and in a band from left to right, so that C is written along its rows.</summary>
    /// <param name="a">A, or panels of it.</param>
    /// <param name="aRow">Elements from row to row.</param>
    /// <param name="aColumn">Elements from column to column.</param>
    /// <param name="panelDepth">Columns of a panel of A; 0 where A is not packed.</param>
    /// <param name="b">B, or panels of it.</param>
    /// <param name="bRow">Elements from row to row.</param>
    /// <param name="bPanel">Elements from one panel of two vectors to the next.</param>
    /// <param name="c">C.</param>
    /// <param name="cRow">Elements from row to row.</param>
    /// <param name="m">Rows of C.</param>
    /// <param name="n">Columns of C.</param>
    /// <param name="k">Length of the chains.</param>
    /// <param name="accumulate">Add to C.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static unsafe void Tiles<TL, TV>(float* a, long aRow, long aColumn, int panelDepth, float* b, long bRow, long bPanel, float* c, long cRow, int m, int n, int k, bool accumulate)
        where TL : struct, ILanes<TV> where TV : struct
    {
        // What every band reads again must stay in the second-level cache.
        var width = 2 * TL.Width;
        var span = Math.Max(width, CachedElements / k / width * width);
        var height = TileRows(TL.Width);
        var aBand = panelDepth > 0 ? (long)panelDepth * height : height * aRow;
        for (var j = 0; j < n; j += span, b += span / width * bPanel, c += span)
        {
            var columns = Math.Min(span, n - j);
            var band = a;
            var i = 0;
            for (; i <= m - height; i += height, band += aBand)
            {
                if (height == 12) Band<TL, TV, GemmTile.Rows12>(band, aRow, aColumn, b, bRow, bPanel, c + i * cRow, cRow, columns, k, accumulate);
                else Band<TL, TV, GemmTile.Rows6>(band, aRow, aColumn, b, bRow, bPanel, c + i * cRow, cRow, columns, k, accumulate);
            }
            for (; i <= m - 6; i += 6, band += 6 * aRow) Band<TL, TV, GemmTile.Rows6>(band, aRow, aColumn, b, bRow, bPanel, c + i * cRow, cRow, columns, k, accumulate);
            for (; i <= m - 4; i += 4, band += 4 * aRow) Band<TL, TV, GemmTile.Rows4>(band, aRow, aColumn, b, bRow, bPanel, c + i * cRow, cRow, columns, k, accumulate);
            for (; i <= m - 2; i += 2, band += 2 * aRow) Band<TL, TV, GemmTile.Rows2>(band, aRow, aColumn, b, bRow, bPanel, c + i * cRow, cRow, columns, k, accumulate);
            if (i < m) Band<TL, TV, GemmTile.Rows1>(band, aRow, aColumn, b, bRow, bPanel, c + i * cRow, cRow, columns, k, accumulate);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static unsafe void Band<TL, TV, TRows>(float* a, long aRow, long aColumn, float* b, long bRow, long bPanel, float* c, long cRow, int n, int k, bool accumulate)
        where TL : struct, ILanes<TV> where TV : struct where TRows : struct, GemmTile.IRows
    {
        var w = TL.Width;
        var j = 0;
        for (; j <= n - 2 * w; j += 2 * w, b += bPanel) GemmTile.Run<TL, TV, TRows, GemmTile.TwoVectors>(a, aRow, aColumn, b, bRow, c + j, cRow, k, 0, accumulate);
        if (n - j > w) GemmTile.Run<TL, TV, TRows, GemmTile.TwoVectorsCut>(a, aRow, aColumn, b, bRow, c + j, cRow, k, n - j - w, accumulate);
        else if (n > j) GemmTile.Run<TL, TV, TRows, GemmTile.OneVectorCut>(a, aRow, aColumn, b, bRow, c + j, cRow, k, n - j, accumulate);
    }
}
