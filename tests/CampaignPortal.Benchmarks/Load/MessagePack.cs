using System.Buffers.Binary;
using System.Text;

namespace CampaignPortal.Benchmarks.Load;

/// <summary>As much of MessagePack as the hub protocol of circuits needs.</summary>
internal static class MessagePack
{
    /// <summary>A whole message with its length in front: nested arrays of numbers, texts, truth values and null.</summary>
    public static byte[] Frame(object?[] message)
    {
        using var body = new MemoryStream();
        Write(body, message);
        using var frame = new MemoryStream();
        var rest = (int)body.Length;
        do
        {
            frame.WriteByte((byte)(rest > 127 ? rest & 127 | 128 : rest));
            rest >>= 7;
        }
        while (rest > 0);
        body.WriteTo(frame);
        return frame.ToArray();
    }

    /// <summary>Reads one framed message; null while it is not there as a whole. Binary values are read as their length.</summary>
    public static object?[]? Read(ReadOnlySpan<byte> data, out int consumed)
    {
        var (length, shift) = (0, 0);
        consumed = 0;
        while (true)
        {
            if (consumed >= data.Length) return null;
            var part = data[consumed++];
            length |= (part & 127) << shift;
            shift += 7;
            if (part < 128) break;
        }
        if (data.Length - consumed < length) return null;
        var at = consumed;
        consumed += length;
        return (object?[]?)ReadValue(data, ref at);
    }

    private static void Write(Stream to, object? value)
    {
        switch (value)
        {
            case null: to.WriteByte(0xc0); break;
            case bool truth: to.WriteByte(truth ? (byte)0xc3 : (byte)0xc2); break;
            case int number: WriteLong(to, number); break;
            case long number: WriteLong(to, number); break;
            case string text: WriteText(to, text); break;
            case EmptyMap: to.WriteByte(0x80); break;
            case object?[] list:
                to.WriteByte((byte)(0x90 | list.Length)); // never sixteen or more
                foreach (var item in list) Write(to, item);
                break;
            default: throw new ArgumentException($"{value.GetType()} is not written.", nameof(value));
        }
    }

    private static void WriteLong(Stream to, long number)
    {
        if (number is >= 0 and < 128)
        {
            to.WriteByte((byte)number);
            return;
        }
        Span<byte> bytes = stackalloc byte[9];
        bytes[0] = 0xd3;
        BinaryPrimitives.WriteInt64BigEndian(bytes[1..], number);
        to.Write(bytes);
    }

    private static void WriteText(Stream to, string text)
    {
        var utf8 = Encoding.UTF8.GetBytes(text);
        Span<byte> head = stackalloc byte[5];
        head[0] = 0xdb;
        BinaryPrimitives.WriteInt32BigEndian(head[1..], utf8.Length);
        to.Write(head);
        to.Write(utf8);
    }

    private static object? ReadValue(ReadOnlySpan<byte> data, ref int at)
    {
        var code = data[at++];
        switch (code)
        {
            case < 0x80: return (long)code;
            case < 0x90: return ReadMap(data, ref at, code & 15);
            case < 0xa0: return ReadList(data, ref at, code & 15);
            case < 0xc0: return ReadText(data, ref at, code & 31);
            case 0xc0: return null;
            case 0xc2: return false;
            case 0xc3: return true;
            case 0xc4: return Skip(ref at, (int)ReadNumber(data, ref at, 1));
            case 0xc5: return Skip(ref at, (int)ReadNumber(data, ref at, 2));
            case 0xc6: return Skip(ref at, (int)ReadNumber(data, ref at, 4));
            case 0xca: return Skip(ref at, 4);
            case 0xcb: return Skip(ref at, 8);
            case 0xcc or 0xcd or 0xce or 0xcf: return ReadNumber(data, ref at, 1 << (code - 0xcc));
            case 0xd0: return (long)(sbyte)ReadNumber(data, ref at, 1);
            case 0xd1: return (long)(short)ReadNumber(data, ref at, 2);
            case 0xd2: return (long)(int)ReadNumber(data, ref at, 4);
            case 0xd3: return ReadNumber(data, ref at, 8);
            case 0xd9 or 0xda or 0xdb: return ReadText(data, ref at, (int)ReadNumber(data, ref at, 1 << (code - 0xd9)));
            case 0xdc or 0xdd: return ReadList(data, ref at, (int)ReadNumber(data, ref at, 2 << (code - 0xdc)));
            case 0xde or 0xdf: return ReadMap(data, ref at, (int)ReadNumber(data, ref at, 2 << (code - 0xde)));
            case >= 0xe0: return (long)(sbyte)code;
            default: throw new InvalidDataException(FormattableString.Invariant($"MessagePack code {code:x2} is not read."));
        }
    }

    private static long ReadNumber(ReadOnlySpan<byte> data, ref int at, int size)
    {
        long number = 0;
        for (var i = 0; i < size; i++) number = number << 8 | data[at++];
        return number;
    }

    private static object?[] ReadList(ReadOnlySpan<byte> data, ref int at, int count)
    {
        var list = new object?[count];
        for (var i = 0; i < count; i++) list[i] = ReadValue(data, ref at);
        return list;
    }

    private static EmptyMap ReadMap(ReadOnlySpan<byte> data, ref int at, int count)
    {
        for (var i = 0; i < count * 2; i++) ReadValue(data, ref at);
        return default;
    }

    private static string ReadText(ReadOnlySpan<byte> data, ref int at, int length)
    {
        var text = Encoding.UTF8.GetString(data.Slice(at, length));
        at += length;
        return text;
    }

    private static long Skip(ref int at, int length)
    {
        at += length;
        return length;
    }
}

/// <summary>Headers of a message: always none.</summary>
internal readonly record struct EmptyMap;
