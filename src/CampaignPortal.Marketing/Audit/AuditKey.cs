using System.Globalization;
using System.Security.Cryptography;
using CampaignPortal.Marketing.Database;

namespace CampaignPortal.Marketing.Audit;

/// <summary>What the chain needs outside the database: the key of its hashes, and an anchor that says how far the chain reached.</summary>
/// <remarks>Whoever can write the database alone can neither forge a seal nor cut the last entries off unseen.</remarks>
public sealed class AuditKey
{
    private const int KeyBytes = 32;
    private readonly byte[] _key;
    private readonly string _anchorFile;
    private readonly Lock _access = new();

    public AuditKey(DataDirectory directory)
    {
        _anchorFile = Path.Combine(directory.KeysPath, "audit.anchor");
        _key = LoadKey(Path.Combine(directory.KeysPath, "audit.key"));
    }

    /// <summary>HMAC-SHA256 of the text.</summary>
    internal byte[] Hash(ReadOnlySpan<byte> text) => HMACSHA256.HashData(_key, text);

    /// <summary>The last entry that was known to be sealed; null before the first one.</summary>
    internal (long EntryId, byte[] Seal)? ReadAnchor()
    {
        lock (_access)
        {
            if (!File.Exists(_anchorFile)) return null;
            var parts = File.ReadAllText(_anchorFile).Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
            return parts.Length is 2 && long.TryParse(parts[0], CultureInfo.InvariantCulture, out var id) ? (id, Convert.FromHexString(parts[1])) : null;
        }
    }

    /// <summary>Moves the anchor forward; never back.</summary>
    internal void WriteAnchor(long entryId, byte[] seal)
    {
        lock (_access)
        {
            if (ReadAnchor() is { } anchor && anchor.EntryId >= entryId) return;
            WriteThrough(_anchorFile, string.Create(CultureInfo.InvariantCulture, $"{entryId} {Convert.ToHexString(seal)}"));
        }
    }

    private static byte[] LoadKey(string file)
    {
        if (!File.Exists(file)) WriteThrough(file, Convert.ToBase64String(RandomNumberGenerator.GetBytes(KeyBytes)));
        var key = new byte[KeyBytes];
        return Convert.TryFromBase64String(File.ReadAllText(file).Trim(), key, out var length) && length is KeyBytes
            ? key
            : throw new InvalidOperationException($"{file} must hold the key of the audit log: {KeyBytes} bytes in base64.");
    }

    private static void WriteThrough(string file, string text)
    {
        var temporary = file + ".tmp";
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using (var stream = new FileStream(temporary, options))
        {
            stream.Write(System.Text.Encoding.ASCII.GetBytes(text));
            stream.Flush(flushToDisk: true);
        }
        File.Move(temporary, file, overwrite: true);
    }
}
