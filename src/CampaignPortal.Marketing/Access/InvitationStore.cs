using System.Security.Cryptography;
using System.Text;
using CampaignPortal.Marketing.Database;
using Microsoft.EntityFrameworkCore;

namespace CampaignPortal.Marketing.Access;

/// <summary>Makes, finds and spends one-time links of 256 random bits.</summary>
public sealed class InvitationStore(IDbContextFactory<PortalDbContext> databases, TimeProvider clock)
{
    public static readonly TimeSpan Lifetime = TimeSpan.FromDays(7);

    /// <summary>Life of a link that sets a new password.</summary>
    public static readonly TimeSpan ResetLifetime = TimeSpan.FromHours(1);

    private const int TokenLength = 43;

    /// <summary>Makes an invitation and answers its token, which nobody can read again. An open one for the same address ends.</summary>
    public Task<(long Id, string Token)> InviteAsync(string email, string role, long createdBy, CancellationToken ct) =>
        CreateAsync(email, role, userId: null, createdBy, Lifetime, ct);

    /// <summary>Makes a link that sets a new password for an account.</summary>
    public Task<(long Id, string Token)> ResetAsync(string email, long userId, long createdBy, CancellationToken ct) =>
        CreateAsync(email, role: null, userId, createdBy, ResetLifetime, ct);

    /// <summary>The open invitation with this token, or null: unknown, used, withdrawn and expired ones look alike.</summary>
    public async Task<Invitation?> FindOpenAsync(string token, CancellationToken ct)
    {
        if (token.Length is not TokenLength) return null;
        var hash = Hash(token);
        await using var db = await databases.CreateDbContextAsync(ct);
        return await db.Invitations.AsNoTracking().SingleOrDefaultAsync(i => i.TokenHash == hash, ct) is { } found && found.IsOpenAt(clock.GetUtcNow()) ? found : null;
    }

    /// <summary>Takes the invitation out of use; of two requests at once, one gets <see langword="true"/>.</summary>
    public async Task<bool> TrySpendAsync(long id, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        await using var db = await databases.CreateDbContextAsync(ct);
        return await db.Invitations.Where(i => i.Id == id && i.AcceptedAt == null && i.RevokedAt == null && i.ExpiresAt > now)
            .ExecuteUpdateAsync(s => s.SetProperty(i => i.AcceptedAt, now), ct) is 1;
    }

    /// <summary>Ends an open invitation; answers the address that it was for, or null.</summary>
    public async Task<string?> RevokeAsync(long id, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        await using var db = await databases.CreateDbContextAsync(ct);
        var email = await db.Invitations.Where(i => i.Id == id).Select(i => i.Email).SingleOrDefaultAsync(ct);
        var changed = await db.Invitations.Where(i => i.Id == id && i.AcceptedAt == null && i.RevokedAt == null).ExecuteUpdateAsync(s => s.SetProperty(i => i.RevokedAt, now), ct);
        return changed is 1 ? email : null;
    }

    private async Task<(long Id, string Token)> CreateAsync(string email, string? role, long? userId, long createdBy, TimeSpan lifetime, CancellationToken ct)
    {
        var token = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)).TrimEnd('=').Replace('+', '-').Replace('/', '_');
        var now = clock.GetUtcNow();
        await using var db = await databases.CreateDbContextAsync(ct);
        await db.Invitations.Where(i => i.Email == email && i.UserId == userId && i.AcceptedAt == null && i.RevokedAt == null)
            .ExecuteUpdateAsync(s => s.SetProperty(i => i.RevokedAt, now), ct);
        var invitation = new Invitation { Email = email, Role = role, UserId = userId, TokenHash = Hash(token), CreatedAt = now, CreatedBy = createdBy, ExpiresAt = now + lifetime };
        db.Invitations.Add(invitation);
        await db.SaveChangesAsync(ct);
        return (invitation.Id, token);
    }

    private static byte[] Hash(string token) => SHA256.HashData(Encoding.ASCII.GetBytes(token));
}
