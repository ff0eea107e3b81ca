using System.Security.Cryptography;
using System.Text;

namespace CampaignPortal.Marketing.Privacy;

/// <summary>The key above all keys: from <c>CAMPAIGNPORTAL_MASTER_KEY</c> (base64, 32 bytes) or from a file of the keys folder that the first start makes.</summary>
public sealed class MasterKey
{
    private const int KeyBytes = 32;
    private readonly byte[] _master, _wrappingKey, _lookUpKey, _textKey;

    private MasterKey(byte[] master)
    {
        _master = master;
        // One purpose, one key: what is derived for look-ups says nothing about what wraps.
        _wrappingKey = HKDF.DeriveKey(HashAlgorithmName.SHA256, master, KeyBytes, info: "campaignportal/wrap"u8.ToArray());
        _lookUpKey = HKDF.DeriveKey(HashAlgorithmName.SHA256, master, KeyBytes, info: "campaignportal/look-up"u8.ToArray());
        _textKey = HKDF.DeriveKey(HashAlgorithmName.SHA256, master, KeyBytes, info: "campaignportal/text"u8.ToArray());
    }

    /// <exception cref="InvalidOperationException">The variable or the file does not hold 32 bytes of base64.</exception>
    public static MasterKey Load(string keysPath)
    {
        if (Environment.GetEnvironmentVariable("CAMPAIGNPORTAL_MASTER_KEY") is { Length: > 0 } text) return new MasterKey(Decode(text, "CAMPAIGNPORTAL_MASTER_KEY"));
        var file = Path.Combine(keysPath, "master.key");
        if (!File.Exists(file)) Create(file);
        return new MasterKey(Decode(File.ReadAllText(file), file));
    }

    /// <summary>A key for one more purpose; the name says which and never changes.</summary>
    internal byte[] Derive(string purpose) => HKDF.DeriveKey(HashAlgorithmName.SHA256, _master, KeyBytes, info: Encoding.ASCII.GetBytes("campaignportal/" + purpose));

    /// <summary>Seals a customer's key; the customer's number is authenticated with it.</summary>
    internal byte[] Wrap(byte[] key, long customerId) => Sealing.Seal(_wrappingKey, key, customerId);

    /// <exception cref="CryptographicException">Another master key wrapped it, or it belongs to another customer.</exception>
    internal byte[] Unwrap(byte[] wrapped, long customerId) => Sealing.Open(_wrappingKey, wrapped, customerId);

    /// <summary>Seals text of no known customer, such as a refused row.</summary>
    internal byte[] SealText(string text) => Sealing.Seal(_textKey, Encoding.UTF8.GetBytes(text), customerId: 0);

    /// <exception cref="CryptographicException">Another master key sealed it.</exception>
    internal string OpenText(byte[] sealedText) => Encoding.UTF8.GetString(Sealing.Open(_textKey, sealedText, customerId: 0));

    /// <summary>Keyed hash for exact look-up: equal texts meet, and nobody without the key can try addresses.</summary>
    internal byte[] LookUpHash(string kind, string normalised) => HMACSHA256.HashData(_lookUpKey, Encoding.UTF8.GetBytes(kind + ":" + normalised));

    private static void Create(string file)
    {
        var temporary = file + ".tmp";
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using (var stream = new FileStream(temporary, options))
        {
            stream.Write(Encoding.ASCII.GetBytes(Convert.ToBase64String(RandomNumberGenerator.GetBytes(KeyBytes))));
            stream.Flush(flushToDisk: true);
        }
        File.Move(temporary, file);
    }

    private static byte[] Decode(string text, string where)
    {
        var bytes = new byte[KeyBytes];
        return Convert.TryFromBase64String(text.Trim(), bytes, out var length) && length is KeyBytes
            ? bytes
            : throw new InvalidOperationException($"{where} must hold the master key: {KeyBytes} bytes in base64.");
    }
}
