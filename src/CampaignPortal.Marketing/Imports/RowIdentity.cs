using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;
using CampaignPortal.Marketing.Imports.Values;

namespace CampaignPortal.Marketing.Imports;

/// <summary>Gives a row without an id one that its content makes: the same row of the same content has the same id in every import.</summary>
/// <remarks>
/// The id is the minute of the event (7 digits of base 32, so that ids sort by time and the unique index grows at its end), 80 bits of
/// a hash of the normalised fields (16 digits), and, for the second and later of equal rows, their number. Not thread-safe.
/// </remarks>
internal sealed class RowIdentity
{
    private const string Digits = "0123456789abcdefghijklmnopqrstuv";
    private const int TimeDigits = 7, HashDigits = 16;

    private readonly CountedHashes _seen = new();
    private byte[] _content = new byte[512];
    private int _length;

    /// <summary>Rows that are equal to an earlier one of the file.</summary>
    public long EqualCount { get; private set; }

    /// <summary>Begins the content of a row of this kind.</summary>
    public RowIdentity Begin(string kind)
    {
        _length = 0;
        return Add(kind);
    }

    public RowIdentity Add(ReadOnlySpan<char> text)
    {
        Add(text.Length);
        var bytes = MemoryMarshal.AsBytes(text);
        Reserve(bytes.Length);
        bytes.CopyTo(_content.AsSpan(_length));
        _length += bytes.Length;
        return this;
    }

    public RowIdentity Add(string? text) => text is null ? Add(-1L) : Add(text.AsSpan());

    public RowIdentity Add(long number)
    {
        Reserve(sizeof(long));
        BinaryPrimitives.WriteInt64LittleEndian(_content.AsSpan(_length), number);
        _length += sizeof(long);
        return this;
    }

    /// <summary>The id of the row whose content was added; <paramref name="number"/> tells the how manieth of equal rows it is.</summary>
    public string Finish(long utcTicks, out int number)
    {
        Add(utcTicks);
        var (high, low) = QuickHash.Of128(_content.AsSpan(0, _length));
        number = _seen.Add(high);
        if (number > 1) EqualCount++;

        Span<char> id = stackalloc char[TimeDigits + HashDigits + 12];
        Write(id[..TimeDigits], (ulong)(utcTicks / TimeSpan.TicksPerMinute));
        Write(id.Slice(TimeDigits, HashDigits / 2), high >> 24); // 40 bits each
        Write(id.Slice(TimeDigits + HashDigits / 2, HashDigits / 2), low >> 24);
        var length = TimeDigits + HashDigits;
        if (number > 1)
        {
            id[length++] = '-';
            number.TryFormat(id[length..], out var written, provider: CultureInfo.InvariantCulture);
            length += written;
        }
        return id[..length].ToString();
    }

    private static void Write(Span<char> digits, ulong value)
    {
        for (var i = digits.Length - 1; i >= 0; i--, value >>= 5) digits[i] = Digits[(int)(value & 31)];
    }

    private void Reserve(int more)
    {
        if (_length + more > _content.Length) Array.Resize(ref _content, Math.Max(_content.Length * 2, _length + more));
    }
}
