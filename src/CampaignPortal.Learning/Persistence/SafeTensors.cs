using System.Buffers.Binary;
using System.Globalization;
using System.Text.Json;

namespace CampaignPortal.Learning.Persistence;

/// <summary>The safetensors container: 8-byte little-endian header length, JSON header (name → dtype, shape, data_offsets), raw data.</summary>
/// <remarks>
/// Written so that other readers open it: names in ordinal order, offsets contiguous, header padded with spaces to 8 bytes. Read strictly: everything
/// the header claims is checked against the length of the stream before the data are allocated.
/// </remarks>
public static class SafeTensors
{
    /// <summary>The longest header that is written or read, in bytes.</summary>
    public const int MaxHeaderBytes = 100_000_000;

    private const string MetadataKey = "__metadata__";

    /// <summary>Writes the tensors; the same tensors give the same bytes whatever their order.</summary>
    /// <exception cref="ArgumentException">Two tensors share a name.</exception>
    public static void Write(Stream stream, IEnumerable<StoredTensor> tensors)
    {
        var sorted = tensors.OrderBy(t => t.Name, StringComparer.Ordinal).ToArray();
        using var header = new MemoryStream();
        using (var json = new Utf8JsonWriter(header))
        {
            json.WriteStartObject();
            long offset = 0;
            for (var i = 0; i < sorted.Length; i++)
            {
                var tensor = sorted[i];
                if (i > 0 && sorted[i - 1].Name == tensor.Name) throw new ArgumentException($"Two tensors are named '{tensor.Name}'.", nameof(tensors));
                json.WriteStartObject(tensor.Name);
                json.WriteString("dtype", tensor.Type.ToString());
                json.WriteStartArray("shape");
                foreach (var size in tensor.Shape) json.WriteNumberValue(size);
                json.WriteEndArray();
                json.WriteStartArray("data_offsets");
                json.WriteNumberValue(offset);
                json.WriteNumberValue(offset += tensor.Bytes.Length);
                json.WriteEndArray();
                json.WriteEndObject();
            }
            json.WriteEndObject();
        }
        while (header.Length % 8 != 0) header.WriteByte((byte)' ');
        Span<byte> length = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, header.Length);
        stream.Write(length);
        header.WriteTo(stream);
        foreach (var tensor in sorted) stream.Write(tensor.Bytes.Span);
    }

    /// <summary>Reads all tensors of a seekable stream, from its present position to its end.</summary>
    /// <exception cref="InvalidDataException">The file is truncated, too long, or its header is not a valid description of its data.</exception>
    public static IReadOnlyList<StoredTensor> Read(Stream stream)
    {
        var available = stream.Length - stream.Position;
        if (available < 8) throw Bad($"it has {available} bytes, and the header length alone takes 8");
        Span<byte> prefix = stackalloc byte[8];
        stream.ReadExactly(prefix);
        var headerLength = BinaryPrimitives.ReadUInt64LittleEndian(prefix);
        if (headerLength > MaxHeaderBytes) throw Bad($"its header claims {headerLength} bytes; at most {MaxHeaderBytes} are read");
        if (headerLength > (ulong)(available - 8)) throw Bad($"its header claims {headerLength} bytes and {available - 8} follow");
        var header = new byte[(int)headerLength];
        stream.ReadExactly(header);
        var dataLength = available - 8 - (long)headerLength;

        var entries = ParseHeader(header);
        entries.Sort((a, b) => a.Begin != b.Begin ? a.Begin.CompareTo(b.Begin) : a.End.CompareTo(b.End));
        long expected = 0;
        foreach (var entry in entries)
        {
            if (entry.Begin != expected) throw Bad($"tensor '{entry.Name}' begins at byte {entry.Begin} where {expected} is due (overlap or gap)");
            expected = entry.End;
        }
        if (expected != dataLength) throw Bad($"its tensors take {expected} bytes and {dataLength} follow the header (truncated or trailing data)");

        var tensors = new List<StoredTensor>(entries.Count);
        foreach (var entry in entries)
        {
            var bytes = new byte[(int)(entry.End - entry.Begin)];
            stream.ReadExactly(bytes);
            tensors.Add(new StoredTensor(entry.Name, entry.Type, entry.Shape, bytes));
        }
        return tensors;
    }

    private static List<Entry> ParseHeader(byte[] header)
    {
        try
        {
            using var document = JsonDocument.Parse(header, new JsonDocumentOptions { AllowDuplicateProperties = false, MaxDepth = 8 });
            if (document.RootElement.ValueKind != JsonValueKind.Object) throw Bad("its header is not a JSON object");
            return document.RootElement.EnumerateObject().Where(p => p.Name != MetadataKey).Select(p => ParseEntry(p.Name, p.Value)).ToList();
        }
        catch (JsonException e)
        {
            throw new InvalidDataException("Not a valid safetensors file: its header is not valid JSON or names a tensor twice.", e);
        }
    }

    private static Entry ParseEntry(string name, JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.Object
            || !value.TryGetProperty("dtype", out var dtype) || dtype.ValueKind != JsonValueKind.String
            || !value.TryGetProperty("shape", out var axes) || axes.ValueKind != JsonValueKind.Array
            || !value.TryGetProperty("data_offsets", out var offsets) || offsets.ValueKind != JsonValueKind.Array || offsets.GetArrayLength() != 2)
        {
            throw Bad($"tensor '{name}' lacks dtype, shape or data_offsets");
        }
        StoredType type = dtype.GetString() switch
        {
            "F32" => StoredType.F32,
            "F64" => StoredType.F64,
            "I32" => StoredType.I32,
            "I64" => StoredType.I64,
            "U8" => StoredType.U8,
            var other => throw Bad($"tensor '{name}' has the unsupported dtype {other}"),
        };
        if (axes.GetArrayLength() > 8) throw Bad($"tensor '{name}' has {axes.GetArrayLength()} axes; at most 8 are read");
        var shape = axes.EnumerateArray().Select(v => NonNegative(v, name)).ToArray();
        var (begin, end) = (NonNegative(offsets[0], name), NonNegative(offsets[1], name));
        Int128 bytes = StoredTensor.SizeOf(type);
        foreach (var size in shape)
        {
            bytes *= size;
            if (bytes > int.MaxValue) throw Bad($"tensor '{name}' of shape [{string.Join(',', shape)}] is larger than 2 GiB");
        }
        if (end < begin || bytes != end - begin)
        {
            throw Bad(string.Create(CultureInfo.InvariantCulture, $"tensor '{name}' of shape [{string.Join(',', shape)}] needs {bytes} bytes; its offsets are {begin} to {end}"));
        }
        return new Entry(name, type, shape, begin, end);
    }

    private static long NonNegative(JsonElement value, string name) =>
        value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var number) && number >= 0
            ? number
            : throw Bad($"tensor '{name}' has a size or offset that is not a whole number from 0");

    private static InvalidDataException Bad(string reason) => new($"Not a valid safetensors file: {reason}.");

    private readonly record struct Entry(string Name, StoredType Type, long[] Shape, long Begin, long End);
}
