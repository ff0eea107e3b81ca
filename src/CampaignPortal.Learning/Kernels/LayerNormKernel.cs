using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace CampaignPortal.Learning.Kernels;

/// <summary>Layer norm over rows, forward and backward.</summary>
internal static unsafe class LayerNormKernel
{
    /// <summary>y = (x − mean)/√(variance + ε)·weight + bias; keeps the normalised rows and 1/√(variance + ε) where the pointers are not null.</summary>
    public static void Forward(float* x, float* weight, float* bias, float* y, float* normalised, float* inverse, int rows, int columns, float epsilon)
    {
        if (Vector512.IsHardwareAccelerated) ForwardRows<Lanes512, Vector512<float>>(x, weight, bias, y, normalised, inverse, rows, columns, epsilon);
        else if (Vector256.IsHardwareAccelerated) ForwardRows<Lanes256, Vector256<float>>(x, weight, bias, y, normalised, inverse, rows, columns, epsilon);
        else ForwardRows<LanesScalar, float>(x, weight, bias, y, normalised, inverse, rows, columns, epsilon);
    }

    /// <summary>gradX (+)= inverse·(g∘w − (Σ g∘w + n·Σ g∘w∘n)/columns), gradWeight += Σ g∘n, gradBias += Σ g; null pointers are skipped.</summary>
    public static void Backward(float* slope, float* normalised, float* inverse, float* weight, float* gradX, bool accumulate, float* gradWeight, float* gradBias, int rows, int columns)
    {
        if (Vector512.IsHardwareAccelerated) BackwardRows<Lanes512, Vector512<float>>(slope, normalised, inverse, weight, gradX, accumulate, gradWeight, gradBias, rows, columns);
        else if (Vector256.IsHardwareAccelerated) BackwardRows<Lanes256, Vector256<float>>(slope, normalised, inverse, weight, gradX, accumulate, gradWeight, gradBias, rows, columns);
        else BackwardRows<LanesScalar, float>(slope, normalised, inverse, weight, gradX, accumulate, gradWeight, gradBias, rows, columns);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void ForwardRows<TL, TV>(float* x, float* weight, float* bias, float* y, float* normalised, float* inverse, int rows, int columns, float epsilon)
        where TL : struct, ILanes<TV> where TV : struct
    {
        for (var i = 0; i < rows; i++, x += columns, y += columns)
        {
            var sum = TL.Splat(0);
            var j = 0;
            for (; j <= columns - TL.Width; j += TL.Width) sum = TL.Add(sum, TL.Load(x + j));
            var total = TL.Sum(sum);
            for (; j < columns; j++) total += x[j];
            var mean = total / columns;

            var centre = TL.Splat(mean);
            var squares = TL.Splat(0);
            for (j = 0; j <= columns - TL.Width; j += TL.Width)
            {
                var d = TL.Subtract(TL.Load(x + j), centre);
                squares = TL.MultiplyAdd(d, d, squares);
            }
            var square = TL.Sum(squares);
            for (; j < columns; j++) square += (x[j] - mean) * (x[j] - mean);
            var scale = 1 / MathF.Sqrt(square / columns + epsilon);
            if (inverse != null) inverse[i] = scale;

            var factor = TL.Splat(scale);
            for (j = 0; j <= columns - TL.Width; j += TL.Width)
            {
                var n = TL.Multiply(TL.Subtract(TL.Load(x + j), centre), factor);
                if (normalised != null) TL.Store(normalised + j, n);
                TL.Store(y + j, TL.MultiplyAdd(n, TL.Load(weight + j), TL.Load(bias + j)));
            }
            for (; j < columns; j++)
            {
                var n = (x[j] - mean) * scale;
                if (normalised != null) normalised[j] = n;
                y[j] = LanesScalar.MultiplyAdd(n, weight[j], bias[j]);
            }
            if (normalised != null) normalised += columns;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void BackwardRows<TL, TV>(float* slope, float* normalised, float* inverse, float* weight, float* gradX, bool accumulate, float* gradWeight, float* gradBias, int rows, int columns)
        where TL : struct, ILanes<TV> where TV : struct
    {
        for (var i = 0; i < rows; i++, slope += columns, normalised += columns)
        {
            var (sums, dots) = (TL.Splat(0), TL.Splat(0));
            var j = 0;
            for (; j <= columns - TL.Width; j += TL.Width)
            {
                var (g, n) = (TL.Load(slope + j), TL.Load(normalised + j));
                if (gradWeight != null)
                {
                    TL.Store(gradWeight + j, TL.MultiplyAdd(g, n, TL.Load(gradWeight + j)));
                    TL.Store(gradBias + j, TL.Add(g, TL.Load(gradBias + j)));
                }
                var gw = TL.Multiply(g, TL.Load(weight + j));
                sums = TL.Add(sums, gw);
                dots = TL.MultiplyAdd(gw, n, dots);
            }
            float sum = TL.Sum(sums), dot = TL.Sum(dots);
            for (; j < columns; j++)
            {
                if (gradWeight != null)
                {
                    gradWeight[j] += slope[j] * normalised[j];
                    gradBias[j] += slope[j];
                }
                sum += slope[j] * weight[j];
                dot += slope[j] * weight[j] * normalised[j];
            }
            if (gradX == null) continue;
            var (a, b, scale) = (TL.Splat(sum / columns), TL.Splat(dot / columns), TL.Splat(inverse[i]));
            for (j = 0; j <= columns - TL.Width; j += TL.Width)
            {
                var gw = TL.Multiply(TL.Load(slope + j), TL.Load(weight + j));
                var value = TL.Multiply(scale, TL.Subtract(TL.Subtract(gw, a), TL.Multiply(TL.Load(normalised + j), b)));
                TL.Store(gradX + j, accumulate ? TL.Add(TL.Load(gradX + j), value) : value);
            }
            for (; j < columns; j++)
            {
                var value = inverse[i] * (slope[j] * weight[j] - sum / columns - normalised[j] * dot / columns);
                gradX[j] = accumulate ? gradX[j] + value : value;
            }
            gradX += columns;
        }
    }
}
