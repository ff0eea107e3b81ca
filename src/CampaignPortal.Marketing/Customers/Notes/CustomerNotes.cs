using CampaignPortal.Marketing.Common;
using CampaignPortal.Marketing.Database;
using CampaignPortal.Marketing.Privacy;
using Microsoft.EntityFrameworkCore;

namespace CampaignPortal.Marketing.Customers.Notes;

/// <param name="Author">Display name; null when the user is gone.</param>
public sealed record NoteLine(long Id, string Text, long AuthorId, string? Author, DateTimeOffset WrittenAt, DateTimeOffset? EditedAt);

/// <summary>Notes of a customer: read, written, changed by their author, deleted with a way back.</summary>
public sealed class CustomerNotes(IDbContextFactory<PortalDbContext> databases, ContactVault vault, TimeProvider clock)
{
    public const int MaxLength = 4_000;

    /// <summary>A deleted note can come back so long; then its row goes.</summary>
    public static readonly TimeSpan UndoTime = TimeSpan.FromHours(1);

    /// <summary>Newest first; deleted ones are left out.</summary>
    public async Task<IReadOnlyList<NoteLine>> ListAsync(long customerId, CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        var rows = await (
            from note in db.Set<CustomerNote>().AsNoTracking()
            join user in db.Users on note.AuthorId equals user.Id into authors
            from author in authors.DefaultIfEmpty()
            where note.CustomerId == customerId && note.DeletedAt == null
            orderby note.WrittenAt descending, note.Id descending
            select new { Note = note, Author = author == null ? null : author.DisplayName }).ToListAsync(ct);
        return
        [
            .. rows.Select(r => (r.Note, r.Author, Text: vault.OpenFor(customerId, r.Note.Sealed))).Where(r => r.Text is not null)
                .Select(r => new NoteLine(r.Note.Id, r.Text!, r.Note.AuthorId, r.Author, r.Note.WrittenAt, r.Note.EditedAt)), // those with a text were kept
        ];
    }

    /// <summary>The new note's number, or what is wrong with the text or the customer.</summary>
    public async Task<Result<long>> AddAsync(long customerId, string text, long authorId, CancellationToken ct)
    {
        if (Check(text) is { } problem) return problem;
        await using var db = await databases.CreateDbContextAsync(ct);
        if (!await db.Customers.AnyAsync(c => c.Id == customerId && c.ErasedAt == null, ct)) return Problem.Of("There is no such customer.");
        var note = new CustomerNote { CustomerId = customerId, AuthorId = authorId, WrittenAt = clock.GetUtcNow(), Sealed = vault.SealFor(customerId, text.Trim()) };
        db.Add(note);
        await db.SaveChangesAsync(ct);
        return note.Id;
    }

    /// <summary>Changes the text of the author's own note.</summary>
    public async Task<Result<long>> EditAsync(long noteId, string text, long authorId, CancellationToken ct)
    {
        if (Check(text) is { } problem) return problem;
        return await ChangeAsync(noteId, authorId, (note, now) => note.Edit(vault.SealFor(note.CustomerId, text.Trim()), now), ct);
    }

    /// <summary>Hides the author's own note; <see cref="RestoreAsync"/> brings it back for an hour.</summary>
    public async Task<Result<long>> DeleteAsync(long noteId, long authorId, CancellationToken ct)
    {
        var result = await ChangeAsync(noteId, authorId, (note, now) => note.Delete(now), ct);
        var over = clock.GetUtcNow() - UndoTime;
        await using var db = await databases.CreateDbContextAsync(ct);
        await db.Set<CustomerNote>().Where(n => n.DeletedAt < over).ExecuteDeleteAsync(ct);
        return result;
    }

    public Task<Result<long>> RestoreAsync(long noteId, long authorId, CancellationToken ct) => ChangeAsync(noteId, authorId, (note, _) => note.Restore(), ct);

    private async Task<Result<long>> ChangeAsync(long noteId, long authorId, Action<CustomerNote, DateTimeOffset> change, CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        if (await db.Set<CustomerNote>().FirstOrDefaultAsync(n => n.Id == noteId, ct) is not { } note) return Problem.Of("The note is gone.");
        if (note.AuthorId != authorId) return Problem.Of("Only its author can change a note.");
        change(note, clock.GetUtcNow());
        await db.SaveChangesAsync(ct);
        return note.Id;
    }

    private static Problem? Check(string text) => text.Trim().Length switch
    {
        0 => Problem.At(nameof(text), "Write something first."),
        > MaxLength => Problem.At(nameof(text), "A note may have 4,000 characters."),
        _ => null,
    };
}
