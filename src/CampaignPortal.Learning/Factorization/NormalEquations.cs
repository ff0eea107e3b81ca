using System.Runtime.Intrinsics;
using CampaignPortal.Learning.Kernels;
using CampaignPortal.Learning.Tensors;

namespace CampaignPortal.Learning.Factorization;

/// <summary>Least squares of one user or item: (A + Σ weight·y yᵀ + λI)·x = b, solved by Cholesky. Scratch of one thread; a solve allocates nothing.</summary>
internal sealed unsafe class NormalEquations
{
    /// <summary>Floats behind each matrix row; the first of them holds the right-hand side.</summary>
    public const int Tail = 16;

    private const int RowsAtOnce = 96; // 24 KiB of rows at dimension 64: half of the first-level cache
    private const int GramRowsAtOnce = 4096;
    private readonly int _width;
    private readonly AlignedFloats _matrix, _rows, _right, _solution, _inverseDiagonal;
    private int _rowCount;
    private float* _base; // what the next block of rows is added to: the Gram matrix at first, the own matrix afterwards

    public NormalEquations(int width)
    {
        _width = width;
        _matrix = new AlignedFloats(width * (width + Tail));
        _rows = new AlignedFloats(RowsAtOnce * width);
        (_right, _solution, _inverseDiagonal) = (new AlignedFloats(width), new AlignedFloats(width), new AlignedFloats(width));
    }

    /// <summary>Length of a factor row in memory: the dimension, filled up with zeros to whole vectors.</summary>
    public static int WidthOf(int dimension) => (dimension + 15) / 16 * 16;

    /// <summary>Length of the memory behind a Gram matrix.</summary>
    public static int MatrixLength(int width) => width * (width + Tail);

    /// <summary>weight · Σ over rows of y yᵀ, in the layout of this class. Fixed blocks of rows are added up in float, the blocks in double.</summary>
    public static AlignedFloats Gram(AlignedFloats factors, int rowCount, int width, float weight)
    {
        var result = new AlignedFloats(MatrixLength(width));
        var (zero, part) = (new AlignedFloats(result.Length), new AlignedFloats(result.Length));
        var sum = new double[result.Length];
        for (var from = 0; from < rowCount; from += GramRowsAtOnce)
        {
            AddOuterProducts(zero.Pointer, factors.Pointer + (nint)from * width, Math.Min(GramRowsAtOnce, rowCount - from), width, part.Pointer);
            var floats = part.Span;
            for (var i = 0; i < floats.Length; i++) sum[i] += floats[i];
        }
        var to = result.Span;
        for (var i = 0; i < to.Length; i++) to[i] = (float)(weight * sum[i]);
        return result;
    }

    /// <summary>Begins new equations with A = <paramref name="gram"/> and b = 0.</summary>
    public void Begin(AlignedFloats gram)
    {
        _rowCount = 0;
        _base = gram.Pointer;
        _right.Span.Clear();
    }

    /// <summary>Adds Σ weight·y yᵀ to the matrix and Σ (weight + rightExtra)·y to the right-hand side, over some rows of a factor matrix.</summary>
    /// <param name="factors">Rows of the width given to the constructor.</param>
    /// <param name="rows">Which rows y.</param>
    /// <param name="weights">Their weights, not negative.</param>
    /// <param name="rightExtra">Added to each weight on the right-hand side.</param>
    public void Add(AlignedFloats factors, ReadOnlySpan<int> rows, ReadOnlySpan<float> weights, float rightExtra)
    {
        while (!rows.IsEmpty)
        {
            if (_rowCount == RowsAtOnce) Flush();
            var taken = Math.Min(RowsAtOnce - _rowCount, rows.Length);
            var to = _rows.Pointer + _rowCount * _width;
            if (Vector512.IsHardwareAccelerated) NormalEquationsKernel<Lanes512, Vector512<float>>.Gather(factors.Pointer, rows[..taken], weights, rightExtra, _width, to, _right.Pointer);
            else if (Vector256.IsHardwareAccelerated) NormalEquationsKernel<Lanes256, Vector256<float>>.Gather(factors.Pointer, rows[..taken], weights, rightExtra, _width, to, _right.Pointer);
            else NormalEquationsKernel<LanesScalar, float>.Gather(factors.Pointer, rows[..taken], weights, rightExtra, _width, to, _right.Pointer);
            _rowCount += taken;
            rows = rows[taken..];
            weights = weights[taken..];
        }
        GC.KeepAlive(factors);
    }

    /// <summary>Puts another right-hand side in the place of the collected one.</summary>
    public void SetRightSide(ReadOnlySpan<float> right) => right.CopyTo(_right.Span);

    /// <summary>Adds λ to the diagonal and solves.</summary>
    /// <returns>The solution, valid until the next solve; not finite when the matrix is not positive definite.</returns>
    public ReadOnlySpan<float> Solve(float lambda)
    {
        Flush();
        var h = _matrix.Pointer;
        var stride = _width + Tail;
        for (var i = 0; i < _width; i++)
        {
            h[i * stride + i] += lambda;
            h[i * stride + _width] = _right.Pointer[i];
        }
        _solution.Span.Clear();
        if (Vector512.IsHardwareAccelerated)
        {
            NormalEquationsKernel<Lanes512, Vector512<float>>.Factor(h, _width, _inverseDiagonal.Pointer);
            NormalEquationsKernel<Lanes512, Vector512<float>>.Substitute(h, _width, _inverseDiagonal.Pointer, _solution.Pointer);
        }
        else if (Vector256.IsHardwareAccelerated)
        {
            NormalEquationsKernel<Lanes256, Vector256<float>>.Factor(h, _width, _inverseDiagonal.Pointer);
            NormalEquationsKernel<Lanes256, Vector256<float>>.Substitute(h, _width, _inverseDiagonal.Pointer, _solution.Pointer);
        }
        else
        {
            NormalEquationsScalar.Factor(_matrix.Span, _width);
            NormalEquationsScalar.Substitute(_matrix.Span, _width, _solution.Span);
        }
        return _solution.Span;
    }

    private void Flush()
    {
        AddOuterProducts(_base, _rows.Pointer, _rowCount, _width, _matrix.Pointer);
        _base = _matrix.Pointer;
        _rowCount = 0;
    }

    private static void AddOuterProducts(float* from, float* rows, int rowCount, int width, float* to)
    {
        if (Vector512.IsHardwareAccelerated) NormalEquationsKernel<Lanes512, Vector512<float>>.AddOuterProducts(from, rows, rowCount, width, to);
        else if (Vector256.IsHardwareAccelerated) NormalEquationsKernel<Lanes256, Vector256<float>>.AddOuterProducts(from, rows, rowCount, width, to);
        else NormalEquationsKernel<LanesScalar, float>.AddOuterProducts(from, rows, rowCount, width, to);
    }
}
