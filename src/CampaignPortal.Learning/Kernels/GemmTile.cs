using System.Runtime.CompilerServices;

namespace CampaignPortal.Learning.Kernels;

/// <summary>The register block of <see cref="Gemm"/>: up to twelve rows of C by one or two vectors of columns, all sums in registers.</summary>
/// <remarks>
/// One source gives every height: conditions on <c>TRows.Count</c> are constants to the JIT, and what they exclude leaves neither code nor registers behind.
/// 24 sums, 2 vectors of B and one element of A take 27 of the 32 registers of AVX-512; machines with 16 registers use blocks of six rows.
/// </remarks>
internal static class GemmTile
{
    /// <summary>Height of a block.</summary>
    internal interface IRows
    {
        static abstract int Count { get; }
    }

    /// <summary>Width of a block in vectors, and whether the last one is cut.</summary>
    internal interface IWidth
    {
        static abstract int Vectors { get; }

        static abstract bool IsCut { get; }
    }

    internal readonly struct Rows12 : IRows
    {
        public static int Count => 12;
    }

    internal readonly struct Rows6 : IRows
    {
        public static int Count => 6;
    }

    internal readonly struct Rows4 : IRows
    {
        public static int Count => 4;
    }

    internal readonly struct Rows2 : IRows
    {
        public static int Count => 2;
    }

    internal readonly struct Rows1 : IRows
    {
        public static int Count => 1;
    }

    internal readonly struct TwoVectors : IWidth
    {
        public static int Vectors => 2;

        public static bool IsCut => false;
    }

    internal readonly struct TwoVectorsCut : IWidth
    {
        public static int Vectors => 2;

        public static bool IsCut => true;
    }

    internal readonly struct OneVectorCut : IWidth
    {
        public static int Vectors => 1;

        public static bool IsCut => true;
    }

    /// <summary>C (rows × columns) = A · B or C += A · B, each element one chain of multiply-adds over k.</summary>
    /// <param name="a">First element of A.</param>
    /// <param name="aRow">Elements from a row of A to the next.</param>
    /// <param name="aColumn">Elements from a column of A to the next.</param>
    /// <param name="b">First element of B, whose rows are contiguous.</param>
    /// <param name="bRow">Elements from a row of B to the next.</param>
    /// <param name="c">First element of C.</param>
    /// <param name="cRow">Elements from a row of C to the next.</param>
    /// <param name="k">Length of the chains.</param>
    /// <param name="last">Columns in the last vector; counts only where that is cut.</param>
    /// <param name="accumulate">Begin the chains with C instead of 0.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static unsafe void Run<TL, TV, TRows, TWidth>(float* a, long aRow, long aColumn, float* b, long bRow, float* c, long cRow, int k, int last, bool accumulate)
        where TL : struct, ILanes<TV> where TV : struct where TRows : struct, IRows where TWidth : struct, IWidth
    {
        var aRow2 = 2 * aRow;
        float* a0 = a, a3 = a + 3 * aRow, a6 = a + 6 * aRow, a9 = a + 9 * aRow;
        TV xa0, xb0, xc0, xd0, xe0, xf0, xg0, xh0, xi0, xj0, xk0, xl0;
        TV xa1, xb1, xc1, xd1, xe1, xf1, xg1, xh1, xi1, xj1, xk1, xl1;
        xa0 = xb0 = xc0 = xd0 = xe0 = xf0 = xg0 = xh0 = xi0 = xj0 = xk0 = xl0 = TL.Splat(0);
        xa1 = xb1 = xc1 = xd1 = xe1 = xf1 = xg1 = xh1 = xi1 = xj1 = xk1 = xl1 = TL.Splat(0);
        if (accumulate)
        {
            LoadRow<TL, TV, TWidth>(c, last, ref xa0, ref xa1);
            if (TRows.Count > 1) LoadRow<TL, TV, TWidth>(c + cRow, last, ref xb0, ref xb1);
            if (TRows.Count > 2) LoadRow<TL, TV, TWidth>(c + 2 * cRow, last, ref xc0, ref xc1);
            if (TRows.Count > 3) LoadRow<TL, TV, TWidth>(c + 3 * cRow, last, ref xd0, ref xd1);
            if (TRows.Count > 4) LoadRow<TL, TV, TWidth>(c + 4 * cRow, last, ref xe0, ref xe1);
            if (TRows.Count > 5) LoadRow<TL, TV, TWidth>(c + 5 * cRow, last, ref xf0, ref xf1);
            if (TRows.Count > 6) LoadRow<TL, TV, TWidth>(c + 6 * cRow, last, ref xg0, ref xg1);
            if (TRows.Count > 7) LoadRow<TL, TV, TWidth>(c + 7 * cRow, last, ref xh0, ref xh1);
            if (TRows.Count > 8) LoadRow<TL, TV, TWidth>(c + 8 * cRow, last, ref xi0, ref xi1);
            if (TRows.Count > 9) LoadRow<TL, TV, TWidth>(c + 9 * cRow, last, ref xj0, ref xj1);
            if (TRows.Count > 10) LoadRow<TL, TV, TWidth>(c + 10 * cRow, last, ref xk0, ref xk1);
            if (TRows.Count > 11) LoadRow<TL, TV, TWidth>(c + 11 * cRow, last, ref xl0, ref xl1);
        }
        for (var p = 0; p < k; p++)
        {
            TV b0 = TL.Splat(0), b1 = b0;
            LoadRow<TL, TV, TWidth>(b, last, ref b0, ref b1);
            Add<TL, TV, TWidth>(a0, b0, b1, ref xa0, ref xa1);
            if (TRows.Count > 1) Add<TL, TV, TWidth>(a0 + aRow, b0, b1, ref xb0, ref xb1);
            if (TRows.Count > 2) Add<TL, TV, TWidth>(a0 + aRow2, b0, b1, ref xc0, ref xc1);
            if (TRows.Count > 3) Add<TL, TV, TWidth>(a3, b0, b1, ref xd0, ref xd1);
            if (TRows.Count > 4) Add<TL, TV, TWidth>(a3 + aRow, b0, b1, ref xe0, ref xe1);
            if (TRows.Count > 5) Add<TL, TV, TWidth>(a3 + aRow2, b0, b1, ref xf0, ref xf1);
            if (TRows.Count > 6) Add<TL, TV, TWidth>(a6, b0, b1, ref xg0, ref xg1);
            if (TRows.Count > 7) Add<TL, TV, TWidth>(a6 + aRow, b0, b1, ref xh0, ref xh1);
            if (TRows.Count > 8) Add<TL, TV, TWidth>(a6 + aRow2, b0, b1, ref xi0, ref xi1);
            if (TRows.Count > 9) Add<TL, TV, TWidth>(a9, b0, b1, ref xj0, ref xj1);
            if (TRows.Count > 10) Add<TL, TV, TWidth>(a9 + aRow, b0, b1, ref xk0, ref xk1);
            if (TRows.Count > 11) Add<TL, TV, TWidth>(a9 + aRow2, b0, b1, ref xl0, ref xl1);
            a0 += aColumn;
            if (TRows.Count > 3) a3 += aColumn;
            if (TRows.Count > 6) a6 += aColumn;
            if (TRows.Count > 9) a9 += aColumn;
            b += bRow;
        }
        StoreRow<TL, TV, TWidth>(c, last, xa0, xa1);
        if (TRows.Count > 1) StoreRow<TL, TV, TWidth>(c + cRow, last, xb0, xb1);
        if (TRows.Count > 2) StoreRow<TL, TV, TWidth>(c + 2 * cRow, last, xc0, xc1);
        if (TRows.Count > 3) StoreRow<TL, TV, TWidth>(c + 3 * cRow, last, xd0, xd1);
        if (TRows.Count > 4) StoreRow<TL, TV, TWidth>(c + 4 * cRow, last, xe0, xe1);
        if (TRows.Count > 5) StoreRow<TL, TV, TWidth>(c + 5 * cRow, last, xf0, xf1);
        if (TRows.Count > 6) StoreRow<TL, TV, TWidth>(c + 6 * cRow, last, xg0, xg1);
        if (TRows.Count > 7) StoreRow<TL, TV, TWidth>(c + 7 * cRow, last, xh0, xh1);
        if (TRows.Count > 8) StoreRow<TL, TV, TWidth>(c + 8 * cRow, last, xi0, xi1);
        if (TRows.Count > 9) StoreRow<TL, TV, TWidth>(c + 9 * cRow, last, xj0, xj1);
        if (TRows.Count > 10) StoreRow<TL, TV, TWidth>(c + 10 * cRow, last, xk0, xk1);
        if (TRows.Count > 11) StoreRow<TL, TV, TWidth>(c + 11 * cRow, last, xl0, xl1);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static unsafe void Add<TL, TV, TWidth>(float* a, TV b0, TV b1, ref TV sum0, ref TV sum1) where TL : struct, ILanes<TV> where TV : struct where TWidth : struct, IWidth
    {
        var v = TL.Spread(a);
        sum0 = TL.MultiplyAdd(v, b0, sum0);
        if (TWidth.Vectors > 1) sum1 = TL.MultiplyAdd(v, b1, sum1);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static unsafe void LoadRow<TL, TV, TWidth>(float* source, int last, ref TV v0, ref TV v1) where TL : struct, ILanes<TV> where TV : struct where TWidth : struct, IWidth
    {
        v0 = TWidth.IsCut && TWidth.Vectors == 1 ? TL.LoadPart(source, last, 0) : TL.Load(source);
        if (TWidth.Vectors > 1) v1 = TWidth.IsCut ? TL.LoadPart(source + TL.Width, last, 0) : TL.Load(source + TL.Width);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static unsafe void StoreRow<TL, TV, TWidth>(float* target, int last, TV v0, TV v1) where TL : struct, ILanes<TV> where TV : struct where TWidth : struct, IWidth
    {
        if (TWidth.IsCut && TWidth.Vectors == 1) TL.StorePart(target, last, v0);
        else TL.Store(target, v0);
        if (TWidth.Vectors == 1) return;
        if (TWidth.IsCut) TL.StorePart(target + TL.Width, last, v1);
        else TL.Store(target + TL.Width, v1);
    }
}
