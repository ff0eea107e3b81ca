using System.Runtime.CompilerServices;

namespace CampaignPortal.Learning.Kernels;

/// <summary>Copies operands of <see cref="Gemm"/> into panels that the register block reads from front to back.</summary>
internal static class GemmPacking
{
    /// <summary>Panels of two vectors of columns, row by row; columns behind the last are zeros.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static unsafe void Columns<TL, TV>(float* b, long bRow, long bColumn, float* panels, int columns, int depth) where TL : struct, ILanes<TV> where TV : struct
    {
        var width = 2 * TL.Width;
        for (var j = 0; j < columns; j += width, panels += (long)width * depth)
        {
            var count = Math.Min(width, columns - j);
            if (bColumn == 1) CopyRows<TL, TV>(b + j, bRow, panels, count, depth);
            else Transpose(b + j * bColumn, bRow, bColumn, panels, width, count, depth);
        }
    }

    /// <summary>Panels of <paramref name="height"/> rows, column by column; the last panel may have fewer.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static unsafe void Rows(float* a, long aRow, long aColumn, float* panels, int height, int rows, int depth)
    {
        for (var i = 0; i < rows; i += height, panels += (long)height * depth)
        {
            Transpose(a + i * aRow, aColumn, aRow, panels, height, Math.Min(height, rows - i), depth);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static unsafe void CopyRows<TL, TV>(float* b, long bRow, float* panel, int count, int depth) where TL : struct, ILanes<TV> where TV : struct
    {
        var w = TL.Width;
        for (var p = 0; p < depth; p++, b += bRow, panel += 2 * w)
        {
            TL.Store(panel, count >= w ? TL.Load(b) : TL.LoadPart(b, count, 0));
            TL.Store(panel + w, count == 2 * w ? TL.Load(b + w) : count > w ? TL.LoadPart(b + w, count - w, 0) : TL.Splat(0));
        }
    }

    /// <summary>panel[p·width + q] = source[p·step + q·across] for q below count, 0 behind.</summary>
    /// <remarks>Four lines of the source at a time: each line of the panel is then written in few visits.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static unsafe void Transpose(float* source, long step, long across, float* panel, int width, int count, int depth)
    {
        var q = 0;
        for (; q <= count - 4; q += 4)
        {
            float* s0 = source + q * across, s1 = s0 + across, s2 = s1 + across, s3 = s2 + across, target = panel + q;
            for (var p = 0; p < depth; p++, target += width)
            {
                target[0] = *s0;
                target[1] = *s1;
                target[2] = *s2;
                target[3] = *s3;
                s0 += step;
                s1 += step;
                s2 += step;
                s3 += step;
            }
        }
        for (; q < width; q++)
        {
            for (var p = 0; p < depth; p++) panel[(long)p * width + q] = q < count ? source[p * step + q * across] : 0;
        }
    }
}
