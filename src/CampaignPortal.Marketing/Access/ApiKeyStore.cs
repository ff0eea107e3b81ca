using System.Collections.Concurrent;
using System.Data.Common;
using System.Security.Cryptography;
using System.Text;
using CampaignPortal.Marketing.Common;
using CampaignPortal.Marketing.Database;
using Microsoft.EntityFrameworkCore;

namespace CampaignPortal.Marketing.Access;

/// <summary>What a key may be allowed to do (RELIABILITY.md §9.2, last column). Keys never manage users, roles, keys or settings.</summary>
public static class ApiScopes
{
    public const string EventsWrite = "events:write";
    public const string CustomersWrite = "customers:write";
    public const string CustomersRead = "customers:read";
    public const string RecommendRead = "recommend:read";
    public const string ModelsRead = "models:read";
    /// <summary>Figures of the running program, for a monitor.</summary>
    public const string MetricsRead = "metrics:read";

    public static IReadOnlyList<string> All { get; } = [EventsWrite, CustomersWrite, CustomersRead, RecommendRead, ModelsRead, MetricsRead];
}

public enum ApiKeyState { Valid, Rotating, Expired, Ended }

/// <param name="PreviousUntil">Until when the secret before the last rotation works.</param>
public sealed record ApiKeyRow(long Id, string Name, string Prefix, IReadOnlyList<string> Scopes, DateTimeOffset CreatedAt, DateTimeOffset? ExpiresAt, DateTimeOffset? LastUsedAt, ApiKeyState State, DateTimeOffset? PreviousUntil);

/// <summary>Makes, finds and ends API keys. A key reads <c>cp_</c> and 43 characters: 256 random bits, of which only a hash is kept.</summary>
public sealed class ApiKeyStore(IDbContextFactory<PortalDbContext> databases, TimeProvider clock)
{
    /// <summary>For how long the old secret works beside the new one.</summary>
    public static readonly TimeSpan RotationOverlap = TimeSpan.FromDays(7);

    private const string SecretPrefix = "cp_";
    private const int ShownLength = 8;

    // A revoked key is refused at once by this process, which revokes it; the span bounds what a change from elsewhere takes.
    private static readonly TimeSpan RememberedFor = TimeSpan.FromSeconds(10);
    private const int RememberedCount = 1_000;
    private readonly ConcurrentDictionary<string, (ApiKey Key, DateTimeOffset Until)> _known = new(StringComparer.Ordinal);

    /// <summary>Makes a key and answers its secret, which nobody can read again.</summary>
    public async Task<Result<string>> CreateAsync(string name, IReadOnlyList<string> scopes, TimeSpan? lifetime, CancellationToken ct)
    {
        if (string.IsNullOrWhiteSpace(name) || name.Length > 64) return Problem.At(nameof(name), "A key needs a name of 1 to 64 characters.");
        if (name is "import" or "simulator" or "portal") return Problem.At(nameof(name), $"'{name}' is the portal's own source; choose another name.");
        if (scopes.Count is 0) return Problem.At(nameof(scopes), "A key needs at least one scope.");
        if (scopes.FirstOrDefault(s => !ApiScopes.All.Contains(s)) is { } unknown) return Problem.At(nameof(scopes), $"There is no scope '{unknown}'; there are {string.Join(", ", ApiScopes.All)}.");
        await using var db = await databases.CreateDbContextAsync(ct);
        if (await db.ApiKeys.AnyAsync(k => k.Name == name, ct)) return Problem.At(nameof(name), $"There is a key '{name}' already.");

        var secret = NewSecret();
        var now = clock.GetUtcNow();
        db.ApiKeys.Add(new ApiKey
        {
            Name = name,
            Prefix = secret[..ShownLength],
            SecretHash = Hash(secret),
            Scopes = string.Join(' ', scopes.Distinct()),
            CreatedAt = now,
            ExpiresAt = now + lifetime,
        });
        await db.SaveChangesAsync(ct);
        return secret;
    }

    /// <summary>The valid key with this secret, or null.</summary>
    public async ValueTask<ApiKey?> FindAsync(string secret, CancellationToken ct)
    {
        if (!secret.StartsWith(SecretPrefix, StringComparison.Ordinal) || secret.Length > 100) return null;
        var hash = Hash(secret);
        var text = Convert.ToHexString(hash);
        var now = clock.GetUtcNow();
        if (_known.TryGetValue(text, out var known) && now < known.Until) return known.Key.IsValidAt(now) ? known.Key : null;

        await using var db = await databases.CreateDbContextAsync(ct);
        // Found by the index of a hash: what a guess has in common with a real key does not show in the time that it takes.
        if (await db.ApiKeys.FirstOrDefaultAsync(k => k.SecretHash == hash || (k.PreviousHash == hash && k.PreviousUntil > now), ct) is not { } key || !key.IsValidAt(now)) return null;
        _ = NoteUseAsync(key.Id, now); // nobody waits for it: a busy store must not keep requests from being told so
        if (_known.Count >= RememberedCount) _known.Clear();
        _known[text] = (key, now + RememberedFor);
        return key;
    }

    /// <summary>Ends a key at once; answers whether there was one.</summary>
    public async Task<bool> RevokeAsync(string name, CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        var now = clock.GetUtcNow();
        var changed = await db.ApiKeys.Where(k => k.Name == name && k.RevokedAt == null).ExecuteUpdateAsync(s => s.SetProperty(k => k.RevokedAt, now), ct);
        _known.Clear();
        return changed > 0;
    }

    /// <summary>Gives a valid key a new secret and answers it; null when there is no such key. Name, scopes and end stay, so events keep their source.</summary>
    public async Task<string?> RotateAsync(string name, CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        var (secret, now) = (NewSecret(), clock.GetUtcNow());
        var (hash, prefix, until) = (Hash(secret), secret[..ShownLength], now + RotationOverlap);
        var changed = await db.ApiKeys.Where(k => k.Name == name && k.RevokedAt == null && (k.ExpiresAt == null || k.ExpiresAt > now)).ExecuteUpdateAsync(
            s => s.SetProperty(k => k.PreviousHash, k => k.SecretHash).SetProperty(k => k.PreviousUntil, until).SetProperty(k => k.SecretHash, hash).SetProperty(k => k.Prefix, prefix), ct);
        _known.Clear();
        return changed is 1 ? secret : null;
    }

    /// <summary>All keys, those that still work first.</summary>
    public async Task<IReadOnlyList<ApiKeyRow>> ListAsync(CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        var now = clock.GetUtcNow();
        var keys = await db.ApiKeys.AsNoTracking().OrderBy(k => k.Name).ToListAsync(ct);
        return
        [
            .. keys.Select(k => new ApiKeyRow(k.Id, k.Name, k.Prefix, k.Scopes.Split(' '), k.CreatedAt, k.ExpiresAt, k.LastUsedAt, StateOf(k, now), k.PreviousUntil))
                .OrderBy(row => row.State is ApiKeyState.Expired or ApiKeyState.Ended),
        ];
    }

    private static ApiKeyState StateOf(ApiKey key, DateTimeOffset now) =>
        key.RevokedAt is not null ? ApiKeyState.Ended : !key.IsValidAt(now) ? ApiKeyState.Expired : key.PreviousUntil > now ? ApiKeyState.Rotating : ApiKeyState.Valid;

    private static string NewSecret() => SecretPrefix + Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)).TrimEnd('=').Replace('+', '-').Replace('/', '_');

    private async Task NoteUseAsync(long keyId, DateTimeOffset now)
    {
        try
        {
            await using var db = await databases.CreateDbContextAsync();
            await db.ApiKeys.Where(k => k.Id == keyId).ExecuteUpdateAsync(s => s.SetProperty(k => k.LastUsedAt, now));
        }
        catch (Exception e) when (e is DbException or ObjectDisposedException)
        {
            // When a key was last used is a comfort; the next use notes it again.
        }
    }

    private static byte[] Hash(string secret) => SHA256.HashData(Encoding.UTF8.GetBytes(secret));
}
