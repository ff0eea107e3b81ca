using System.Buffers.Binary;
using System.Security.Cryptography;

namespace CampaignPortal.Marketing.Privacy;

/// <summary>AES-256-GCM with the customer's number as associated data. Layout: nonce (12 bytes), tag (16), ciphertext.</summary>
internal static class Sealing
{
    private const int NonceBytes = 12, TagBytes = 16;

    public static byte[] Seal(byte[] key, ReadOnlySpan<byte> plain, long customerId)
    {
        var sealedBytes = new byte[NonceBytes + TagBytes + plain.Length];
        var nonce = sealedBytes.AsSpan(0, NonceBytes);
        RandomNumberGenerator.Fill(nonce);
        using var aes = new AesGcm(key, TagBytes);
        aes.Encrypt(nonce, plain, sealedBytes.AsSpan(NonceBytes + TagBytes), sealedBytes.AsSpan(NonceBytes, TagBytes), Associated(customerId));
        return sealedBytes;
    }

    /// <exception cref="CryptographicException">The key, the customer or the bytes are not those that were sealed.</exception>
    public static byte[] Open(byte[] key, ReadOnlySpan<byte> sealedBytes, long customerId)
    {
        if (sealedBytes.Length < NonceBytes + TagBytes) throw new CryptographicException("A sealed value is cut short.");
        var plain = new byte[sealedBytes.Length - NonceBytes - TagBytes];
        using var aes = new AesGcm(key, TagBytes);
        aes.Decrypt(sealedBytes[..NonceBytes], sealedBytes[(NonceBytes + TagBytes)..], sealedBytes.Slice(NonceBytes, TagBytes), plain, Associated(customerId));
        return plain;
    }

    private static byte[] Associated(long customerId)
    {
        var bytes = new byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, customerId);
        return bytes;
    }
}
