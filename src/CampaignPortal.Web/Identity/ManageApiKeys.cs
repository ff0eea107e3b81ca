using System.Security.Claims;
using CampaignPortal.Marketing.Access;
using CampaignPortal.Marketing.Audit;
using CampaignPortal.Marketing.Common;
using CampaignPortal.Web.Resources;

namespace CampaignPortal.Web.Identity;

/// <summary>Makes, renews and ends API keys for people; <see cref="ApiKeyStore"/> does it for the command line.</summary>
public sealed class ManageApiKeysHandler(ApiKeyStore keys, RecentPassword recent, AuditTrail audit, Actors actors)
{
    public Task<IReadOnlyList<ApiKeyRow>> ListAsync(CancellationToken ct) => keys.ListAsync(ct);

    /// <summary>Makes a key and answers its secret, which nobody can read again.</summary>
    public async Task<Result<string>> CreateAsync(ClaimsPrincipal actor, string name, IReadOnlyList<string> scopes, TimeSpan? lifetime, CancellationToken ct)
    {
        if (recent.Refuse(actor, Capabilities.ManageUsers) is { } refusal) return refusal;
        if (scopes.Count is 0) return Problem.At(nameof(scopes), SettingsWords.ChooseScope);
        var made = await keys.CreateAsync(name, scopes, lifetime, ct);
        if (made.Problem is not null) return Problem.At(nameof(name), name.Length is 0 ? SettingsWords.KeyNameMissing : SettingsWords.KeyNameTaken);
        await NoteAsync(actor, "create", name, string.Join(' ', scopes), ct);
        return made;
    }

    /// <summary>Gives the key a new secret; the old one works for <see cref="ApiKeyStore.RotationOverlap"/> longer.</summary>
    public async Task<Result<string>> RotateAsync(ClaimsPrincipal actor, string name, CancellationToken ct)
    {
        if (recent.Refuse(actor, Capabilities.ManageUsers) is { } refusal) return refusal;
        if (await keys.RotateAsync(name, ct) is not { } secret) return Problem.Of(SettingsWords.KeyGone);
        await NoteAsync(actor, "rotate", name, detail: null, ct);
        return secret;
    }

    public async Task<Problem?> RevokeAsync(ClaimsPrincipal actor, string name, CancellationToken ct)
    {
        if (recent.Refuse(actor, Capabilities.ManageUsers) is { } refusal) return refusal;
        if (!await keys.RevokeAsync(name, ct)) return Problem.Of(SettingsWords.KeyGone);
        await NoteAsync(actor, "revoke", name, detail: null, ct);
        return null;
    }

    private Task NoteAsync(ClaimsPrincipal actor, string what, string name, string? detail, CancellationToken ct) =>
        audit.WriteAsync(actors.Of(actor), new AuditFact("apikeys.manage " + what, "key " + name, Detail: detail), ct);
}
