using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace CampaignPortal.Learning.Kernels;

/// <summary>What a kernel needs of a vector of float32 lanes, so that one source serves 512, 256 and single lanes.</summary>
/// <remarks>
/// Kernels are generic over a struct that implements this interface; the JIT resolves every call when it compiles the instance, so nothing of the
/// abstraction is left in machine code. In <c>Min</c> and <c>Max</c> write the bound first and the value second: NaN then survives on x64.
/// </remarks>
internal interface ILanes<TV> where TV : struct
{
    static abstract int Width { get; }
    static abstract TV Splat(float value);

    /// <summary>One value from memory in every lane; the load itself spreads it, where a value in a register would take a shuffle.</summary>
    static abstract unsafe TV Spread(float* source);
    static abstract unsafe TV Load(float* source);
    static abstract unsafe void Store(float* target, TV value);

    /// <summary>The first <paramref name="count"/> lanes from memory, the others <paramref name="fill"/>; nothing behind them is read.</summary>
    static abstract unsafe TV LoadPart(float* source, int count, float fill);

    /// <summary>Writes the first <paramref name="count"/> lanes and nothing behind them.</summary>
    static abstract unsafe void StorePart(float* target, int count, TV value);
    static abstract TV Add(TV a, TV b);
    static abstract TV Subtract(TV a, TV b);
    static abstract TV Multiply(TV a, TV b);
    static abstract TV Divide(TV a, TV b);

    /// <summary>a·b + c, rounded once where the processor can.</summary>
    static abstract TV MultiplyAdd(TV a, TV b, TV c);
    static abstract TV Min(TV bound, TV value);
    static abstract TV Max(TV bound, TV value);
    static abstract TV Abs(TV a);
    static abstract TV Sqrt(TV a);

    /// <summary>Lane by lane <c>a &lt; b ? yes : no</c>.</summary>
    static abstract TV SelectLess(TV a, TV b, TV yes, TV no);

    /// <summary>a·2ⁿ for an integral lane value n in [−252, 254], rounded once.</summary>
    static abstract TV Scale(TV a, TV n);

    /// <summary>Splits a positive normal number into mantissa in [1, 2) and exponent.</summary>
    static abstract TV Mantissa(TV a, out TV exponent);

    static abstract float Sum(TV a);

    /// <summary>Largest lane; which lane wins against NaN is not defined.</summary>
    static abstract float Largest(TV a);
}

internal readonly struct Lanes512 : ILanes<Vector512<float>>
{
    public static int Width => 16;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Splat(float value) => Vector512.Create(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe Vector512<float> Spread(float* source) => Avx512F.IsSupported ? Avx512F.BroadcastScalarToVector512(Vector128.CreateScalarUnsafe(*source)) : Vector512.Create(*source);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe Vector512<float> Load(float* source) => Vector512.Load(source);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe void Store(float* target, Vector512<float> value) => value.Store(target);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe Vector512<float> LoadPart(float* source, int count, float fill)
    {
        if (Avx512F.IsSupported) return Avx512F.MaskLoad(source, Before(count), Vector512.Create(fill));
        var buffer = stackalloc float[16];
        for (var i = 0; i < 16; i++) buffer[i] = i < count ? source[i] : fill;
        return Vector512.Load(buffer);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe void StorePart(float* target, int count, Vector512<float> value)
    {
        if (Avx512F.IsSupported)
        {
            Avx512F.MaskStore(target, Before(count), value);
            return;
        }
        var buffer = stackalloc float[16];
        value.Store(buffer);
        for (var i = 0; i < count; i++) target[i] = buffer[i];
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Before(int count) => Vector512.LessThan(Vector512<int>.Indices, Vector512.Create(count)).AsSingle();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Add(Vector512<float> a, Vector512<float> b) => a + b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Subtract(Vector512<float> a, Vector512<float> b) => a - b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Multiply(Vector512<float> a, Vector512<float> b) => a * b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Divide(Vector512<float> a, Vector512<float> b) => a / b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> MultiplyAdd(Vector512<float> a, Vector512<float> b, Vector512<float> c) => Vector512.FusedMultiplyAdd(a, b, c);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Min(Vector512<float> bound, Vector512<float> value) => Vector512.MinNative(bound, value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Max(Vector512<float> bound, Vector512<float> value) => Vector512.MaxNative(bound, value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Abs(Vector512<float> a) => Vector512.Abs(a);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Sqrt(Vector512<float> a) => Vector512.Sqrt(a);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> SelectLess(Vector512<float> a, Vector512<float> b, Vector512<float> yes, Vector512<float> no) =>
        Vector512.ConditionalSelect(Vector512.LessThan(a, b), yes, no);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Scale(Vector512<float> a, Vector512<float> n)
    {
        if (Avx512F.IsSupported) return Avx512F.Scale(a, n);
        var half = Vector512.ConvertToInt32Native(n) >> 1;
        return a * PowerOfTwo(half) * PowerOfTwo(Vector512.ConvertToInt32Native(n) - half);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> PowerOfTwo(Vector512<int> exponent) => ((exponent + Vector512.Create(127)) << 23).AsSingle();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Mantissa(Vector512<float> a, out Vector512<float> exponent)
    {
        var bits = a.AsInt32();
        exponent = Vector512.ConvertToSingle((bits >> 23) - Vector512.Create(127));
        return ((bits & Vector512.Create(0x007FFFFF)) | Vector512.Create(0x3F800000)).AsSingle();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Sum(Vector512<float> a) => Vector256.Sum(a.GetLower() + a.GetUpper());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Largest(Vector512<float> a) => Lanes256.Largest(Vector256.MaxNative(a.GetLower(), a.GetUpper()));
}

internal readonly struct Lanes256 : ILanes<Vector256<float>>
{
    public static int Width => 8;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Splat(float value) => Vector256.Create(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe Vector256<float> Spread(float* source) => Avx.IsSupported ? Avx.BroadcastScalarToVector256(source) : Vector256.Create(*source);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe Vector256<float> Load(float* source) => Vector256.Load(source);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe void Store(float* target, Vector256<float> value) => value.Store(target);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe Vector256<float> LoadPart(float* source, int count, float fill)
    {
        if (Avx.IsSupported) return Vector256.ConditionalSelect(Before(count), Avx.MaskLoad(source, Before(count)), Vector256.Create(fill));
        var buffer = stackalloc float[8];
        for (var i = 0; i < 8; i++) buffer[i] = i < count ? source[i] : fill;
        return Vector256.Load(buffer);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe void StorePart(float* target, int count, Vector256<float> value)
    {
        if (Avx.IsSupported)
        {
            Avx.MaskStore(target, Before(count), value);
            return;
        }
        var buffer = stackalloc float[8];
        value.Store(buffer);
        for (var i = 0; i < count; i++) target[i] = buffer[i];
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Before(int count) => Vector256.LessThan(Vector256<int>.Indices, Vector256.Create(count)).AsSingle();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Add(Vector256<float> a, Vector256<float> b) => a + b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Subtract(Vector256<float> a, Vector256<float> b) => a - b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Multiply(Vector256<float> a, Vector256<float> b) => a * b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Divide(Vector256<float> a, Vector256<float> b) => a / b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> MultiplyAdd(Vector256<float> a, Vector256<float> b, Vector256<float> c) => Vector256.FusedMultiplyAdd(a, b, c);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Min(Vector256<float> bound, Vector256<float> value) => Vector256.MinNative(bound, value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Max(Vector256<float> bound, Vector256<float> value) => Vector256.MaxNative(bound, value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Abs(Vector256<float> a) => Vector256.Abs(a);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Sqrt(Vector256<float> a) => Vector256.Sqrt(a);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> SelectLess(Vector256<float> a, Vector256<float> b, Vector256<float> yes, Vector256<float> no) =>
        Vector256.ConditionalSelect(Vector256.LessThan(a, b), yes, no);

    // In two steps, so that subnormal and very large results come out; the first is exact.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Scale(Vector256<float> a, Vector256<float> n)
    {
        var half = Vector256.ConvertToInt32Native(n) >> 1;
        return a * PowerOfTwo(half) * PowerOfTwo(Vector256.ConvertToInt32Native(n) - half);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> PowerOfTwo(Vector256<int> exponent) => ((exponent + Vector256.Create(127)) << 23).AsSingle();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Mantissa(Vector256<float> a, out Vector256<float> exponent)
    {
        var bits = a.AsInt32();
        exponent = Vector256.ConvertToSingle((bits >> 23) - Vector256.Create(127));
        return ((bits & Vector256.Create(0x007FFFFF)) | Vector256.Create(0x3F800000)).AsSingle();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Sum(Vector256<float> a) => Vector256.Sum(a);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Largest(Vector256<float> a)
    {
        var four = Vector128.MaxNative(a.GetLower(), a.GetUpper());
        var two = Vector128.MaxNative(four, Vector128.Shuffle(four, Vector128.Create(2, 3, 2, 3)));
        return Vector128.MaxNative(two, Vector128.Shuffle(two, Vector128.Create(1, 1, 1, 1))).ToScalar();
    }
}

/// <summary>One lane: the twin that runs without vector hardware and handles the remainder of every span.</summary>
internal readonly struct LanesScalar : ILanes<float>
{
    public static int Width => 1;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Splat(float value) => value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe float Spread(float* source) => *source;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe float Load(float* source) => *source;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe void Store(float* target, float value) => *target = value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe float LoadPart(float* source, int count, float fill) => count > 0 ? *source : fill;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe void StorePart(float* target, int count, float value)
    {
        if (count > 0) *target = value;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Add(float a, float b) => a + b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Subtract(float a, float b) => a - b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Multiply(float a, float b) => a * b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Divide(float a, float b) => a / b;

    // With the processor's instruction a remainder rounds exactly as a full vector does; without it the software form would be 20 times slower.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float MultiplyAdd(float a, float b, float c) =>
        Fma.IsSupported || System.Runtime.Intrinsics.Arm.AdvSimd.IsSupported ? MathF.FusedMultiplyAdd(a, b, c) : a * b + c;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Min(float bound, float value) => bound < value ? bound : value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Max(float bound, float value) => bound > value ? bound : value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Abs(float a) => MathF.Abs(a);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Sqrt(float a) => MathF.Sqrt(a);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float SelectLess(float a, float b, float yes, float no) => a < b ? yes : no;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Scale(float a, float n)
    {
        var half = (int)n >> 1;
        return a * PowerOfTwo(half) * PowerOfTwo((int)n - half);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float PowerOfTwo(int exponent) => BitConverter.Int32BitsToSingle((exponent + 127) << 23);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Mantissa(float a, out float exponent)
    {
        var bits = BitConverter.SingleToInt32Bits(a);
        exponent = (bits >> 23) - 127;
        return BitConverter.Int32BitsToSingle((bits & 0x007FFFFF) | 0x3F800000);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Sum(float a) => a;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Largest(float a) => a;
}
