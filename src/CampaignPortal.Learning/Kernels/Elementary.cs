using System.Runtime.CompilerServices;

namespace CampaignPortal.Learning.Kernels;

/// <summary>Elementary functions on lanes; <see cref="VectorMath"/> runs them over spans.</summary>
/// <remarks>Polynomials were fitted for this file (reweighted least squares towards the minimax solution); the errors stated are those of the fit.</remarks>
internal static class Elementary<TL, TV> where TL : struct, ILanes<TV> where TV : struct
{
    /// <summary>exp(x): r = x − n·ln 2 in two parts, degree 6 on |r| ≤ ln 2 / 2 (3e-9), scaled by 2ⁿ, subnormal results included.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TV Exp(TV x)
    {
        x = TL.Min(TL.Splat(89f), TL.Max(TL.Splat(-104.5f), x));
        var magic = TL.Splat(12582912f); // 1.5·2²³: adding and taking it away rounds to an integer
        var n = TL.Subtract(TL.MultiplyAdd(x, TL.Splat(1.44269504f), magic), magic);
        var r = TL.MultiplyAdd(n, TL.Splat(-0.693145752f), x);
        r = TL.MultiplyAdd(n, TL.Splat(-1.42860677e-6f), r);
        var p = TL.Splat(0.0013814474f);
        p = TL.MultiplyAdd(p, r, TL.Splat(0.0083687827f));
        p = TL.MultiplyAdd(p, r, TL.Splat(0.0416683927f));
        p = TL.MultiplyAdd(p, r, TL.Splat(0.1666651964f));
        p = TL.MultiplyAdd(p, r, TL.Splat(0.4999999404f));
        p = TL.MultiplyAdd(TL.Multiply(p, r), r, TL.Add(r, TL.Splat(1f)));
        return TL.Scale(p, n);
    }

    /// <summary>ln(x) of a positive normal x by 2·artanh((m−1)/(m+1)), m in [√½, √2).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TV LogOfNormal(TV x)
    {
        var m = TL.Mantissa(x, out var e);
        var one = TL.Splat(1f);
        var large = TL.Splat(1.41421356f);
        e = TL.SelectLess(m, large, e, TL.Add(e, one));
        m = TL.SelectLess(m, large, m, TL.Multiply(m, TL.Splat(0.5f)));
        var d = TL.Subtract(m, one);
        var s = TL.Divide(d, TL.Add(m, one));
        var z = TL.Multiply(s, s);
        var p = TL.Splat(2f / 9);
        p = TL.MultiplyAdd(p, z, TL.Splat(2f / 7));
        p = TL.MultiplyAdd(p, z, TL.Splat(2f / 5));
        p = TL.MultiplyAdd(p, z, TL.Splat(2f / 3));
        // 2s = d − s·d keeps the leading term exact; ln 2 again in two parts.
        var tail = TL.MultiplyAdd(TL.Multiply(p, z), s, TL.Multiply(TL.Multiply(s, d), TL.Splat(-1f)));
        tail = TL.MultiplyAdd(e, TL.Splat(1.42860677e-6f), tail);
        return TL.MultiplyAdd(e, TL.Splat(0.693145752f), TL.Add(d, tail));
    }

    /// <summary>ln(1 + x) for x ≥ 0, with the rounding of 1 + x made good.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TV Log1pOfNonNegative(TV x)
    {
        var u = TL.Add(TL.Splat(1f), x);
        var lost = TL.Subtract(x, TL.Subtract(u, TL.Splat(1f)));
        // Beyond 2²⁴ the term is far below rounding, and at ∞ it would be NaN.
        var correction = TL.SelectLess(x, TL.Splat(1e7f), TL.Divide(lost, u), TL.Splat(0f));
        var y = TL.Add(LogOfNormal(u), correction);
        return TL.SelectLess(x, TL.Splat(float.MaxValue), y, x); // ∞ and NaN pass through
    }

    /// <summary>1 / (1 + exp(−x)).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TV Sigmoid(TV x)
    {
        var one = TL.Splat(1f);
        return TL.Divide(one, TL.Add(one, Exp(TL.Subtract(TL.Splat(0f), x))));
    }

    /// <summary>ln(1 + exp(x)) = max(x, 0) + ln(1 + exp(−|x|)).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TV Softplus(TV x)
    {
        var zero = TL.Splat(0f);
        return TL.Add(TL.Max(zero, x), Log1pOfNonNegative(Exp(TL.Subtract(zero, TL.Abs(x)))));
    }

    /// <summary>tanh: odd polynomial below 0.65 (7e-9), 1 − 2/(exp(2|x|) + 1) above.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TV Tanh(TV x)
    {
        var a = TL.Abs(x);
        var z = TL.Multiply(x, x);
        var p = TL.Splat(-0.0055151223f);
        p = TL.MultiplyAdd(p, z, TL.Splat(0.0204693805f));
        p = TL.MultiplyAdd(p, z, TL.Splat(-0.0536880121f));
        p = TL.MultiplyAdd(p, z, TL.Splat(0.1333083063f));
        p = TL.MultiplyAdd(p, z, TL.Splat(-0.3333325982f));
        var small = TL.MultiplyAdd(TL.Multiply(p, z), x, x);
        var one = TL.Splat(1f);
        var two = TL.Splat(2f);
        var t = TL.Subtract(one, TL.Divide(two, TL.Add(Exp(TL.Multiply(two, a)), one)));
        var large = TL.SelectLess(x, TL.Splat(0f), TL.Subtract(TL.Splat(0f), t), t);
        return TL.SelectLess(a, TL.Splat(0.65f), small, large);
    }

    /// <summary>erf as the clamped rational x·P(x²)/Q(x²) of degrees 6 and 4 (relative error 7e-8).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TV Erf(TV x)
    {
        x = TL.Min(TL.Splat(4f), TL.Max(TL.Splat(-4f), x));
        var t = TL.Multiply(x, x);
        var p = TL.Splat(1.9110753e-8f);
        p = TL.MultiplyAdd(p, t, TL.Splat(-1.94231e-6f));
        p = TL.MultiplyAdd(p, t, TL.Splat(1.4728738e-4f));
        p = TL.MultiplyAdd(p, t, TL.Splat(3.9906215e-3f));
        p = TL.MultiplyAdd(p, t, TL.Splat(5.1525038e-2f));
        p = TL.MultiplyAdd(p, t, TL.Splat(0.20712652f));
        p = TL.MultiplyAdd(p, t, TL.Splat(1.1283791f));
        var q = TL.Splat(1.0211238e-3f);
        q = TL.MultiplyAdd(q, t, TL.Splat(1.4958170e-2f));
        q = TL.MultiplyAdd(q, t, TL.Splat(0.11797126f));
        q = TL.MultiplyAdd(q, t, TL.Splat(0.51689234f));
        q = TL.MultiplyAdd(q, t, TL.Splat(1f));
        return TL.Divide(TL.Multiply(x, p), q);
    }

    /// <summary>x·Φ(x), Φ the normal distribution function.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TV Gelu(TV x)
    {
        var half = TL.Multiply(x, TL.Splat(0.5f));
        return TL.MultiplyAdd(half, Erf(TL.Multiply(x, TL.Splat(0.70710678f))), half);
    }
}
