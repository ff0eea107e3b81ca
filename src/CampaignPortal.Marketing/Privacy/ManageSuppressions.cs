using System.Data.Common;
using System.Globalization;
using CampaignPortal.Marketing.Audit;
using CampaignPortal.Marketing.Common;
using CampaignPortal.Marketing.Database;
using Microsoft.EntityFrameworkCore;

namespace CampaignPortal.Marketing.Privacy;

/// <param name="Domain">Null for an address.</param>
/// <param name="CustomerId">Whose address it is, where a customer has it.</param>
/// <param name="Mark">First digits of the hash of an address: all that is kept of it.</param>
public sealed record SuppressionRow(long Id, string? Domain, string? Mark, string Reason, DateTimeOffset Since, string? AddedBy, string? Note, long? CustomerId, string? Customer);

/// <param name="Rows">Newest first.</param>
/// <param name="Next">The next page begins before this number; null on the last.</param>
public sealed record SuppressionPage(IReadOnlyList<SuppressionRow> Rows, long? Next, int Total);

/// <param name="Refused">Lines that are no address, no domain and no hash.</param>
public sealed record AddedSuppressions(int Added, int Known, IReadOnlyList<string> Refused);

/// <summary>The list of those who are never written to, as people keep it (CU-11).</summary>
public sealed class ManageSuppressionsHandler(IDbContextFactory<PortalDbContext> databases, SuppressionList list, ContactVault vault, AuditTrail audit)
{
    public const int PageSize = 50, MaxLines = 10_000, MaxNoteLength = 200;

    public async Task<SuppressionPage> ListAsync(string? address, long? before, CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        var rows = db.SuppressedContacts.AsNoTracking().TagWith("suppression list").Where(s => s.Reason != SuppressionReasons.Allowed);
        if (address is { Length: > 0 })
        {
            var (hmac, sha) = (vault.HashOfEmail(address), SuppressionList.PlainHash(address));
            var domain = ContactVault.NormaliseEmail(address)[(ContactVault.NormaliseEmail(address).LastIndexOf('@') + 1)..];
            rows = rows.Where(s => s.AddressHash == hmac || s.AddressHash == sha || s.Domain == domain);
        }
        var total = await rows.CountAsync(ct);
        if (before is { } id) rows = rows.Where(s => s.Id < id);
        var found = await rows.OrderByDescending(s => s.Id).Take(PageSize + 1)
            .Select(s => new
            {
                Row = s,
                AddedBy = db.Users.Where(u => u.Id == s.AddedBy).Select(u => u.DisplayName).FirstOrDefault(),
                Customer = (from k in db.Contacts join c in db.Customers on k.CustomerId equals c.Id where s.AddressHash != null && k.EmailHash == s.AddressHash orderby c.Id select new { c.Id, c.ExternalId }).FirstOrDefault(),
            })
            .ToListAsync(ct);
        return new SuppressionPage(
            [
                .. found.Take(PageSize).Select(f => new SuppressionRow(
                    f.Row.Id, f.Row.Domain, f.Row.AddressHash is { } hash ? Convert.ToHexStringLower(hash.AsSpan(0, 4)) : null, f.Row.Reason, f.Row.Since, f.AddedBy, f.Row.Note, f.Customer?.Id, f.Customer?.ExternalId)),
            ],
            found.Count > PageSize ? found[PageSize - 1].Row.Id : null,
            total);
    }

    /// <summary>Adds addresses, domains (<c>@example.com</c> or <c>example.com</c>) and SHA-256 hashes of addresses in lower case, one a line.</summary>
    public async Task<Result<AddedSuppressions>> AddAsync(string lines, string? note, long by, Actor actor, CancellationToken ct)
    {
        var entries = lines.Split(['\n', '\r', ';', ','], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (entries.Length is 0) return Problem.At(nameof(lines), "Enter at least one address or domain.");
        if (entries.Length > MaxLines) return Problem.At(nameof(lines), "At most 10,000 lines at once.");
        if (note is { Length: > MaxNoteLength }) return Problem.At(nameof(note), "The note may have 200 characters.");
        if (note is not null && note.Split(' ').Any(word => EmailAddress.IsLikely(word))) return Problem.At(nameof(note), "The note must not hold an address: nobody could erase it.");
        var (added, known) = (0, 0);
        var refused = new List<string>();
        await audit.WriteAsync(
            actor,
            [new AuditFact("suppressions.write add", Target: null, Detail: string.Create(CultureInfo.InvariantCulture, $"{entries.Length} lines"))],
            transaction =>
            {
                foreach (var entry in entries)
                {
                    switch (Add(transaction, entry, string.IsNullOrWhiteSpace(note) ? null : note.Trim(), by))
                    {
                        case true: added++; break;
                        case false: known++; break;
                        default: refused.Add(entry); break;
                    }
                }
                return added > 0;
            },
            ct);
        return new AddedSuppressions(added, known, refused);
    }

    /// <summary>Takes a row off the list. An address may be written to again if its customer agrees; what was found about it before does not count any more.</summary>
    public Task<bool> RemoveAsync(long id, Actor actor, CancellationToken ct) => audit.WriteAsync(
        actor, [new AuditFact("suppressions.write remove", string.Create(CultureInfo.InvariantCulture, $"suppression {id}"))], transaction => list.Remove(transaction, id), ct);

    // True: added. False: it was there. Null: it is nothing that can stand on the list.
    private bool? Add(DbTransaction transaction, string entry, string? note, long by)
    {
        if (EmailAddress.IsLikely(entry)) return list.AddManually(transaction, vault.HashOfEmail(entry), by, note);
        if (entry.Length is 64 && entry.All(char.IsAsciiHexDigit)) return list.AddManually(transaction, Convert.FromHexString(entry), by, note);
        var domain = entry.TrimStart('@').ToLowerInvariant();
        if (domain.Contains('.', StringComparison.Ordinal) && Uri.CheckHostName(domain) is UriHostNameType.Dns) return list.AddDomain(transaction, ContactVault.NormaliseEmail("x@" + domain)[2..], by, note);
        return null;
    }
}
