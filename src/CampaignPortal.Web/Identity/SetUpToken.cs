using System.Security.Cryptography;
using System.Text;

namespace CampaignPortal.Web.Identity;

/// <summary>The one-time code that binds the set-up page to whoever reads the console: 100 random bits, valid for an hour, used once.</summary>
public sealed class SetUpToken(TimeProvider clock)
{
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(60);

    private const string Letters = "ABCDEFGHJKMNPQRSTVWXYZ0123456789"; // 32 of them, without I, L, O and U, which are misread
    private const int LetterCount = 20;

    private readonly Lock _access = new();
    private byte[]? _hash;
    private DateTimeOffset _expiresAt;

    /// <summary>Makes a new code, which replaces an earlier one.</summary>
    public string Issue()
    {
        var letters = RandomNumberGenerator.GetString(Letters, LetterCount);
        lock (_access)
        {
            _hash = Hash(letters);
            _expiresAt = clock.GetUtcNow() + Lifetime;
        }
        return string.Join('-', letters.Chunk(5).Select(part => new string(part)));
    }

    public bool IsExpired
    {
        get
        {
            lock (_access) return _hash is null || clock.GetUtcNow() >= _expiresAt;
        }
    }

    /// <summary>Whether the code is the valid one; it stays valid.</summary>
    public bool Matches(string? code)
    {
        lock (_access) return IsRight(code);
    }

    /// <summary>Takes the code out of use when it is the valid one: of two requests at once, one gets <see langword="true"/>.</summary>
    public bool TryUse(string? code)
    {
        lock (_access)
        {
            if (!IsRight(code)) return false;
            _hash = null;
            return true;
        }
    }

    private bool IsRight(string? code) =>
        _hash is not null && clock.GetUtcNow() < _expiresAt && CryptographicOperations.FixedTimeEquals(_hash, Hash(Normalise(code ?? "")));

    private static string Normalise(string code) => string.Concat(code.ToUpperInvariant().Where(char.IsAsciiLetterOrDigit).Select(c => c switch
    {
        'I' or 'L' => '1',
        'O' => '0',
        'U' => 'V',
        _ => c,
    }));

    private static byte[] Hash(string letters) => SHA256.HashData(Encoding.ASCII.GetBytes(letters));
}
