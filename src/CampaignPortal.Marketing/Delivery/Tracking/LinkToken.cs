using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;

namespace CampaignPortal.Marketing.Delivery.Tracking;

/// <summary>What a link in a mail does. Part of what is signed, so that a token of one kind is never good for another.</summary>
public enum LinkKind : byte
{
    Click = 1,
    Open = 2,
    Unsubscribe = 3,
    View = 4,
    Trap = 5,
}

/// <summary>What a signed token says.</summary>
/// <param name="Target">For a click: the hash under which the target lies in the table of links.</param>
/// <param name="Index">For a click: which link of the mail.</param>
public readonly record struct LinkToken(LinkKind Kind, long MessageId, long Target = 0, int Index = 0)
{
    private const int BodyBytes = 1 + 8 + 8 + 2, MacBytes = 16;

    /// <summary>As it stands in a link: letters, digits, - and _.</summary>
    public string Write(DeliveryKeys keys)
    {
        Span<byte> bytes = stackalloc byte[BodyBytes + MacBytes];
        var length = WriteBody(bytes);
        Sign(keys, bytes[..length], bytes.Slice(length, MacBytes));
        return Base64Url.EncodeToString(bytes[..(length + MacBytes)]);
    }

    /// <summary>The token, when we signed it and it is of this kind.</summary>
    public static LinkToken? Read(DeliveryKeys keys, LinkKind kind, string text)
    {
        Span<byte> bytes = stackalloc byte[BodyBytes + MacBytes];
        if (text.Length > Base64Url.GetEncodedLength(bytes.Length) || !Base64Url.IsValid(text) || !Base64Url.TryDecodeFromChars(text, bytes, out var length)) return null;
        var bodyLength = kind is LinkKind.Click ? BodyBytes : 1 + 8;
        if (length != bodyLength + MacBytes || bytes[0] != (byte)kind) return null;
        Span<byte> mac = stackalloc byte[MacBytes];
        Sign(keys, bytes[..bodyLength], mac);
        if (!CryptographicOperations.FixedTimeEquals(mac, bytes.Slice(bodyLength, MacBytes))) return null;
        var messageId = BinaryPrimitives.ReadInt64BigEndian(bytes[1..]);
        return kind is LinkKind.Click
            ? new LinkToken(kind, messageId, BinaryPrimitives.ReadInt64BigEndian(bytes[9..]), BinaryPrimitives.ReadUInt16BigEndian(bytes[17..]))
            : new LinkToken(kind, messageId);
    }

    private int WriteBody(Span<byte> bytes)
    {
        bytes[0] = (byte)Kind;
        BinaryPrimitives.WriteInt64BigEndian(bytes[1..], MessageId);
        if (Kind is not LinkKind.Click) return 1 + 8;
        BinaryPrimitives.WriteInt64BigEndian(bytes[9..], Target);
        BinaryPrimitives.WriteUInt16BigEndian(bytes[17..], checked((ushort)Index));
        return BodyBytes;
    }

    private static void Sign(DeliveryKeys keys, ReadOnlySpan<byte> body, Span<byte> mac)
    {
        Span<byte> hash = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(keys.Links, body, hash);
        hash[..MacBytes].CopyTo(mac);
    }
}
