using System.Runtime.InteropServices;

namespace CampaignPortal.Learning.Persistence;

/// <summary>Element types that a weights file may hold.</summary>
public enum StoredType
{
    /// <summary>32-bit float.</summary>
    F32,

    /// <summary>64-bit float.</summary>
    F64,

    /// <summary>32-bit signed integer.</summary>
    I32,

    /// <summary>64-bit signed integer.</summary>
    I64,

    /// <summary>Unsigned byte.</summary>
    U8,
}

/// <summary>A named array of a weights file: type, shape and raw little-endian bytes.</summary>
/// <param name="Name">Path of the array, unique in its file ("layers.0.weight").</param>
/// <param name="Type">Element type.</param>
/// <param name="Shape">Sizes of the axes; empty means one value.</param>
/// <param name="Bytes">Row-major little-endian data, exactly as long as type and shape say.</param>
public sealed record StoredTensor(string Name, StoredType Type, IReadOnlyList<long> Shape, ReadOnlyMemory<byte> Bytes)
{
    /// <summary>Copies values into a stored array.</summary>
    /// <exception cref="ArgumentException">Shape and length do not agree, or the element type is not one of <see cref="StoredType"/>.</exception>
    public static StoredTensor Of<T>(string name, ReadOnlySpan<T> values, params ReadOnlySpan<int> shape) where T : unmanaged
    {
        var axes = new long[shape.Length];
        long count = 1;
        for (var i = 0; i < axes.Length; i++) count *= axes[i] = shape[i];
        if (count != values.Length) throw new ArgumentException($"Tensor '{name}' of shape [{string.Join(',', axes)}] needs {count} values; got {values.Length}.", nameof(values));
        return new StoredTensor(name, TypeOf<T>(), axes, MemoryMarshal.AsBytes(values).ToArray());
    }

    /// <summary>Copies the values out.</summary>
    /// <exception cref="InvalidDataException">The stored type is another one.</exception>
    public T[] ToArray<T>() where T : unmanaged
    {
        if (TypeOf<T>() != Type) throw new InvalidDataException($"Tensor '{Name}' holds {Type}; expected {TypeOf<T>()}.");
        return MemoryMarshal.Cast<byte, T>(Bytes.Span).ToArray();
    }

    internal static int SizeOf(StoredType type) => type switch
    {
        StoredType.F32 or StoredType.I32 => 4,
        StoredType.F64 or StoredType.I64 => 8,
        StoredType.U8 => 1,
        _ => throw new ArgumentOutOfRangeException(nameof(type)),
    };

    private static StoredType TypeOf<T>() =>
        typeof(T) == typeof(float) ? StoredType.F32
        : typeof(T) == typeof(double) ? StoredType.F64
        : typeof(T) == typeof(int) ? StoredType.I32
        : typeof(T) == typeof(long) ? StoredType.I64
        : typeof(T) == typeof(byte) ? StoredType.U8
        : throw new ArgumentException($"{typeof(T).Name} cannot be stored; use float, double, int, long or byte.");
}
