using CampaignPortal.Marketing.Audit;
using CampaignPortal.Marketing.Common;
using CampaignPortal.Marketing.Database;
using Microsoft.EntityFrameworkCore;

namespace CampaignPortal.Marketing.Events.Catalogue;

/// <summary>Changes what the catalogue says of something; null leaves a field as it is, an empty text clears it.</summary>
/// <param name="Property">Empty for the event or attribute itself.</param>
/// <param name="By">A user's number.</param>
public sealed record SaveCatalogueEntry(CatalogueScope Scope, string Name, string Property, string By)
{
    public string? DisplayName { get; init; }
    public string? Owner { get; init; }
    public string? Description { get; init; }
    public bool? IsHidden { get; init; }
    public bool? IsBlocked { get; init; }
    public bool? IsPrivate { get; init; }
    /// <summary>The change of type that is known and accepted from now on.</summary>
    public long? AcceptedSequence { get; init; }
}

public sealed class SaveCatalogueEntryHandler(IDbContextFactory<PortalDbContext> databases, EventPolicies policies, TimeProvider clock)
{
    public const int MaxNameLength = 80, MaxDescriptionLength = 1_000;

    public async Task<Result<bool>> HandleAsync(SaveCatalogueEntry command, CancellationToken ct)
    {
        if (command.DisplayName is { Length: > MaxNameLength }) return Problem.At(nameof(command.DisplayName), $"A name may have {MaxNameLength} characters at most.");
        if (command.Owner is { Length: > MaxNameLength }) return Problem.At(nameof(command.Owner), $"An owner may have {MaxNameLength} characters at most.");
        if (command.Description is { Length: > MaxDescriptionLength }) return Problem.At(nameof(command.Description), $"A description may have {MaxDescriptionLength} characters at most.");

        await using var db = await databases.CreateDbContextAsync(ct);
        var entry = await db.CatalogueEntries.FindAsync([command.Scope, command.Name, command.Property], ct);
        if (entry is null) db.CatalogueEntries.Add(entry = new CatalogueEntry { Scope = command.Scope, Name = command.Name, Property = command.Property, ChangedBy = command.By });
        var changed = Apply(entry, command);
        (entry.ChangedAt, entry.ChangedBy) = (clock.GetUtcNow(), command.By);
        // The texts themselves stay out: a description may name a person.
        db.AuditEntries.Add(new AuditEntry { At = entry.ChangedAt, Actor = command.By, Action = "catalogue.write " + string.Join(", ", changed), Target = Target(command) });
        await db.SaveChangesAsync(ct);
        policies.Changed();
        return true;
    }

    private static List<string> Apply(CatalogueEntry entry, SaveCatalogueEntry command)
    {
        var changed = new List<string>();
        if (command.DisplayName is { } name) Note("name", entry.DisplayName = TextOrNull(name));
        if (command.Owner is { } owner) Note("owner", entry.Owner = TextOrNull(owner));
        if (command.Description is { } description) Note("description", entry.Description = TextOrNull(description));
        if (command.IsHidden is { } isHidden) Note(isHidden ? "hide" : "show", entry.IsHidden = isHidden);
        if (command.IsBlocked is { } isBlocked) Note(isBlocked ? "block" : "unblock", entry.IsBlocked = isBlocked);
        if (command.IsPrivate is { } isPrivate) Note(isPrivate ? "private" : "not private", entry.IsPrivate = isPrivate);
        if (command.AcceptedSequence is { } sequence) Note("accept type", entry.AcceptedSequence = sequence);
        return changed;

        void Note<T>(string what, T _) => changed.Add(what);
    }

    private static string Target(SaveCatalogueEntry command) =>
        $"{command.Scope.ToString().ToLowerInvariant()} {command.Name}{(command.Property.Length is 0 ? "" : "." + command.Property)}";

    private static string? TextOrNull(string text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();
}
