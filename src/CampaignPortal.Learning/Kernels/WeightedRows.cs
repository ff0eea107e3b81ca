using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace CampaignPortal.Learning.Kernels;

/// <summary>What regression does with a block of rows: moments of columns, linear predictors, gradients. Some hundred rows at a time, so that float32 sums stay exact enough.</summary>
internal static unsafe class WeightedRows
{
    /// <summary>sums[j] = Σ_i w_i·(x_ij − shift_j) and squares[j] = Σ_i w_i·(x_ij − shift_j)², both written. No weights mean 1 each.</summary>
    public static void ColumnSums(ReadOnlySpan<float> x, ReadOnlySpan<float> weights, ReadOnlySpan<float> shift, Span<float> sums, Span<float> squares)
    {
        var rows = RowShape.Rows(shift.Length, x.Length, x.Length);
        if (weights.Length > 0) RowShape.Require(rows, weights.Length, nameof(weights));
        fixed (float* px = x, pw = weights, ps = shift, sum = sums, square = squares)
        {
            if (Vector512.IsHardwareAccelerated) SumColumns<Lanes512, Vector512<float>>(px, pw, ps, rows, shift.Length, sum, square);
            else if (Vector256.IsHardwareAccelerated) SumColumns<Lanes256, Vector256<float>>(px, pw, ps, rows, shift.Length, sum, square);
            else SumColumns<LanesScalar, float>(px, pw, ps, rows, shift.Length, sum, square);
        }
    }

    /// <summary>target = (x − shift)·scale row by row, and z[i] = target_i · w + intercept.</summary>
    public static void StandardizeAndPredict(ReadOnlySpan<float> x, ReadOnlySpan<float> shift, ReadOnlySpan<float> scale, ReadOnlySpan<float> w, float intercept, Span<float> target, Span<float> z)
    {
        var (columns, rows) = (shift.Length, RowShape.Rows(shift.Length, x.Length, target.Length));
        RowShape.Require(columns, scale.Length, nameof(scale));
        RowShape.Require(columns, w.Length, nameof(w));
        RowShape.Require(rows, z.Length, nameof(z));
        fixed (float* px = x, ps = shift, pf = scale, pw = w, pt = target, pz = z)
        {
            if (Vector512.IsHardwareAccelerated) Predict<Lanes512, Vector512<float>>(px, ps, pf, pw, intercept, pt, pz, rows, columns);
            else if (Vector256.IsHardwareAccelerated) Predict<Lanes256, Vector256<float>>(px, ps, pf, pw, intercept, pt, pz, rows, columns);
            else Predict<LanesScalar, float>(px, ps, pf, pw, intercept, pt, pz, rows, columns);
        }
    }

    /// <summary>gradient[j] = Σ_i residual_i·x_ij and cross[j] = Σ_i curvature_i·x_ij, both written; then x_ij is multiplied by √curvature_i.</summary>
    public static void GradientsAndRoots(Span<float> x, ReadOnlySpan<float> residuals, ReadOnlySpan<float> curvatures, Span<float> gradient, Span<float> cross)
    {
        var (columns, rows) = (gradient.Length, RowShape.Rows(gradient.Length, x.Length, x.Length));
        RowShape.Require(rows, residuals.Length, nameof(residuals));
        RowShape.Require(rows, curvatures.Length, nameof(curvatures));
        RowShape.Require(columns, cross.Length, nameof(cross));
        fixed (float* px = x, pr = residuals, pc = curvatures, pg = gradient, ph = cross)
        {
            if (Vector512.IsHardwareAccelerated) Gradients<Lanes512, Vector512<float>>(px, pr, pc, pg, ph, rows, columns);
            else if (Vector256.IsHardwareAccelerated) Gradients<Lanes256, Vector256<float>>(px, pr, pc, pg, ph, rows, columns);
            else Gradients<LanesScalar, float>(px, pr, pc, pg, ph, rows, columns);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void SumColumns<TL, TV>(float* x, float* weights, float* shift, int rows, int columns, float* sums, float* squares) where TL : struct, ILanes<TV> where TV : struct
    {
        for (var j = 0; j < columns; j += TL.Width)
        {
            var count = Math.Min(TL.Width, columns - j);
            TV s = TL.LoadPart(shift + j, count, 0), sum = TL.Splat(0), square = sum;
            for (var i = 0; i < rows; i++)
            {
                var d = TL.Subtract(TL.LoadPart(x + (long)i * columns + j, count, 0), s);
                var weighted = weights == null ? d : TL.Multiply(d, TL.Spread(weights + i));
                sum = TL.Add(sum, weighted);
                square = TL.MultiplyAdd(weighted, d, square);
            }
            TL.StorePart(sums + j, count, sum);
            TL.StorePart(squares + j, count, square);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Predict<TL, TV>(float* x, float* shift, float* scale, float* w, float intercept, float* target, float* z, int rows, int columns) where TL : struct, ILanes<TV> where TV : struct
    {
        for (var i = 0; i < rows; i++, x += columns, target += columns)
        {
            var (j, sum) = (0, TL.Splat(0));
            for (; j <= columns - TL.Width; j += TL.Width)
            {
                var v = TL.Multiply(TL.Subtract(TL.Load(x + j), TL.Load(shift + j)), TL.Load(scale + j));
                TL.Store(target + j, v);
                sum = TL.MultiplyAdd(v, TL.Load(w + j), sum);
            }
            if (j < columns)
            {
                var count = columns - j;
                var v = TL.Multiply(TL.Subtract(TL.LoadPart(x + j, count, 0), TL.LoadPart(shift + j, count, 0)), TL.LoadPart(scale + j, count, 0));
                TL.StorePart(target + j, count, v);
                sum = TL.MultiplyAdd(v, TL.LoadPart(w + j, count, 0), sum);
            }
            z[i] = TL.Sum(sum) + intercept;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Gradients<TL, TV>(float* x, float* residuals, float* curvatures, float* gradient, float* cross, int rows, int columns) where TL : struct, ILanes<TV> where TV : struct
    {
        for (var j = 0; j < columns; j += TL.Width)
        {
            var count = Math.Min(TL.Width, columns - j);
            TV g = TL.Splat(0), h = g;
            for (var i = 0; i < rows; i++)
            {
                var at = x + (long)i * columns + j;
                var (v, curvature) = (TL.LoadPart(at, count, 0), TL.Spread(curvatures + i));
                g = TL.MultiplyAdd(TL.Spread(residuals + i), v, g);
                h = TL.MultiplyAdd(curvature, v, h);
                TL.StorePart(at, count, TL.Multiply(v, TL.Sqrt(curvature)));
            }
            TL.StorePart(gradient + j, count, g);
            TL.StorePart(cross + j, count, h);
        }
    }
}
