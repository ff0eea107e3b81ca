using System.Text.Json;
using CampaignPortal.Marketing.Audit;
using CampaignPortal.Marketing.Common;
using CampaignPortal.Marketing.Database;
using CampaignPortal.Marketing.Events;
using Microsoft.EntityFrameworkCore;

namespace CampaignPortal.Marketing.Privacy;

/// <summary>A person's yes or no, as a colleague takes it down.</summary>
/// <param name="Origin">How they said it: <c>phone</c>, <c>letter</c>, <c>e-mail</c>, <c>in-person</c>.</param>
/// <param name="Proof">What proves it; a yes needs it, a no is believed.</param>
/// <param name="Wording">Version of the wording that was read to them; null when none was.</param>
public sealed record ChangeConsent(long CustomerId, string Channel, string Purpose, bool IsGranted, string Origin, string? Proof, string? Wording, long By);

/// <summary>A statement of the ledger with its evidence readable.</summary>
/// <param name="Author">Display name of the colleague who took it down; null when the person or a system did.</param>
public sealed record ConsentHistoryLine(string Channel, string Purpose, bool IsGranted, DateTimeOffset At, string? Basis, string? Wording, string Origin, string? Author, string? Proof);

/// <summary>Writes consents into the log with their evidence, and reads the ledger.</summary>
public sealed class ChangeConsentHandler(IDbContextFactory<PortalDbContext> databases, ContactVault vault, EventLog log, ProjectionHost projections, TimeProvider clock)
{
    public const int MaxProofLength = 1_000;

    /// <summary>The state after the change; it stands in the projections when the answer comes.</summary>
    public async Task<Result<bool>> HandleAsync(ChangeConsent command, CancellationToken ct)
    {
        var proof = command.Proof?.Trim() ?? "";
        if (command.IsGranted && proof.Length < 3) return Problem.At(nameof(command.Proof), "Say what proves the consent, such as when and how it was given.");
        if (proof.Length > MaxProofLength) return Problem.At(nameof(command.Proof), "The proof may have 1,000 characters.");
        await using var db = await databases.CreateDbContextAsync(ct);
        var customer = await db.Customers.AsNoTracking().Where(c => c.Id == command.CustomerId && c.ErasedAt == null).Select(c => c.ExternalId).FirstOrDefaultAsync(ct);
        if (customer is null) return Problem.Of("There is no such customer.");

        var now = clock.GetUtcNow();
        await log.AppendAsync(
            new EventBatch(EventTableReader.PortalSource, [new NewEvent { MessageId = Guid.CreateVersion7().ToString("N"), Type = KnownEvents.ConsentChanged, Customer = customer, OccurredAt = now, Properties = Properties(command, proof) }]),
            ct);
        await projections.CatchUpAsync(ct);
        db.AuditEntries.Add(new AuditEntry
        {
            At = now, Actor = FormattableString.Invariant($"{command.By}"), Action = "consent.write", Target = FormattableString.Invariant($"customer {command.CustomerId}"),
            Detail = $"{command.Channel} {command.Purpose} {(command.IsGranted ? "granted" : "withdrawn")} by {command.Origin}",
        });
        await db.SaveChangesAsync(ct);
        return command.IsGranted;
    }

    /// <summary>The ledger of one customer, newest first.</summary>
    public async Task<IReadOnlyList<ConsentHistoryLine>> HistoryAsync(long customerId, CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        var rows = await db.ConsentLedger.AsNoTracking().Where(s => s.CustomerId == customerId).OrderByDescending(s => s.At).ThenByDescending(s => s.Sequence)
            .Select(s => new { Statement = s, Author = db.Users.Where(u => u.Id == s.Actor).Select(u => u.DisplayName).FirstOrDefault() }).ToListAsync(ct);
        return
        [
            .. rows.Select(r => new ConsentHistoryLine(
                r.Statement.Channel, r.Statement.Purpose, r.Statement.IsGranted, r.Statement.At, r.Statement.Basis, r.Statement.Wording, r.Statement.Origin, r.Author,
                r.Statement.Proof is { } sealedProof ? vault.OpenFor(customerId, Convert.FromBase64String(sealedProof)) : null)),
        ];
    }

    // The proof may quote anything a person said: it enters the log sealed, and is unreadable once they are erased.
    private string Properties(ChangeConsent command, string proof) => JsonSerializer.Serialize(new Dictionary<string, object?>(StringComparer.Ordinal)
    {
        ["channel"] = command.Channel,
        ["purpose"] = command.Purpose,
        ["state"] = command.IsGranted ? "granted" : "withdrawn",
        ["origin"] = command.Origin,
        ["basis"] = "consent",
        ["wording"] = command.Wording,
        ["actor"] = command.By,
        ["proof"] = proof.Length == 0 ? null : Convert.ToBase64String(vault.SealFor(command.CustomerId, proof)),
    });
}
