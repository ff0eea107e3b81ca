using System.Buffers.Binary;
using System.Globalization;
using CampaignPortal.Marketing.Database;

namespace CampaignPortal.Marketing.Delivery;

/// <summary>The keys of everything that was about to leave, in a file of the keys folder: what a restored copy of the store cannot know of itself .</summary>
/// <remarks>
/// <para>Each claim of messages has a number that the store keeps too. It is written here, flushed, after the claim is committed and before anything of it leaves. So a store
/// that knows of fewer claims than this file is an older copy, and the entries behind its number are what may have left since.</para>
/// <para>16 bytes a message. At 64 MiB (four million) the file becomes the old one and a new one begins.</para>
/// </remarks>
public sealed class SendingJournal
{
    private const int HeadBytes = 2 * sizeof(long) + sizeof(int), KeyBytes = 16;
    private const long MaxBytes = 64 << 20;

    private readonly string _file, _oldFile;
    private readonly TimeProvider _clock;
    private long? _newest;

    public SendingJournal(DataDirectory directory, TimeProvider clock)
    {
        _file = FileOf(directory.KeysPath);
        (_oldFile, _clock) = (_file + ".old", clock);
    }

    /// <summary>Number of the newest claim; 0 when nothing was ever sent from here.</summary>
    public long Newest => _newest ??= Entries(_ => false).Select(e => e.Number).DefaultIfEmpty().Max();

    /// <summary>Forgets everything: the shop to which it belonged is gone.</summary>
    public void Clear()
    {
        File.Delete(_file);
        File.Delete(_oldFile);
        _newest = 0;
    }

    /// <summary>Writes down what is about to leave, durable when it returns.</summary>
    /// <param name="keys">Message-IDs: the hash of each message's key, which is the same whenever it is planned.</param>
    /// <exception cref="IOException">The file cannot be written; then nothing may leave.</exception>
    public void Append(long number, IReadOnlyList<string> keys)
    {
        if (_newest is null) MendTail();
        if (File.Exists(_file) && new FileInfo(_file).Length > MaxBytes) File.Move(_file, _oldFile, overwrite: true);
        var entry = new byte[HeadBytes + keys.Count * KeyBytes];
        BinaryPrimitives.WriteInt64LittleEndian(entry, number);
        BinaryPrimitives.WriteInt64LittleEndian(entry.AsSpan(sizeof(long)), _clock.GetUtcNow().UtcTicks);
        BinaryPrimitives.WriteInt32LittleEndian(entry.AsSpan(2 * sizeof(long)), keys.Count);
        for (var i = 0; i < keys.Count; i++) BinaryPrimitives.WriteUInt128LittleEndian(entry.AsSpan(HeadBytes + i * KeyBytes), KeyOf(keys[i]));
        using var stream = new FileStream(_file, FileMode.Append, FileAccess.Write, FileShare.Read, bufferSize: 0);
        stream.Write(entry);
        stream.Flush(flushToDisk: true);
        _newest = Math.Max(_newest ?? 0, number);
    }

    /// <summary>The keys of the claims with numbers from <paramref name="after"/> (excluded) to <paramref name="until"/> (included); null when the file does not reach back that far.</summary>
    public IReadOnlySet<UInt128>? Between(long after, long until)
    {
        var keys = new HashSet<UInt128>();
        var first = long.MaxValue;
        foreach (var entry in Entries(number => number > after && number <= until))
        {
            first = Math.Min(first, entry.Number);
            keys.UnionWith(entry.Keys);
        }
        return first <= after + 1 ? keys : null;
    }

    /// <summary>A Message-ID as the journal keeps it.</summary>
    public static UInt128 KeyOf(string messageIdHeader) => UInt128.Parse(messageIdHeader, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);

    private static string FileOf(string keysPath) => Path.Combine(keysPath, "sending.journal");

    /// <param name="wants">By the number of a claim, whether its keys are asked for; the others have none.</param>
    private IEnumerable<Entry> Entries(Func<long, bool> wants) => Read(_oldFile, wants).Concat(Read(_file, wants));

    // What a crash left unfinished at the end must not hide what comes behind it.
    private void MendTail()
    {
        _newest = Newest;
        if (!File.Exists(_file)) return;
        var whole = Read(_file, _ => false).Select(e => e.End).LastOrDefault();
        using var stream = new FileStream(_file, FileMode.Open, FileAccess.Write);
        if (stream.Length > whole) stream.SetLength(whole);
    }

    private static IEnumerable<Entry> Read(string file, Func<long, bool> wants)
    {
        if (!File.Exists(file)) yield break;
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 1 << 16);
        var head = new byte[HeadBytes];
        while (stream.ReadAtLeast(head, HeadBytes, throwOnEndOfStream: false) == HeadBytes)
        {
            var count = BinaryPrimitives.ReadInt32LittleEndian(head.AsSpan(2 * sizeof(long)));
            if (count < 0 || (long)count * KeyBytes > stream.Length - stream.Position) yield break; // cut off by a crash
            var number = BinaryPrimitives.ReadInt64LittleEndian(head);
            var end = stream.Position + (long)count * KeyBytes;
            yield return new Entry(number, wants(number) ? ReadKeys(stream, count) : [], end);
            stream.Position = end;
        }
    }

    private static UInt128[] ReadKeys(FileStream stream, int count)
    {
        var bytes = new byte[count * KeyBytes];
        stream.ReadExactly(bytes);
        var keys = new UInt128[count];
        for (var i = 0; i < count; i++) keys[i] = BinaryPrimitives.ReadUInt128LittleEndian(bytes.AsSpan(i * KeyBytes));
        return keys;
    }

    /// <param name="End">Where the next entry begins.</param>
    private sealed record Entry(long Number, UInt128[] Keys, long End);
}
