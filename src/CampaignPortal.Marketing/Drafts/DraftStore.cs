using CampaignPortal.Marketing.Database;
using CampaignPortal.Marketing.Jobs.Maintenance;
using CampaignPortal.Marketing.Privacy;
using Microsoft.EntityFrameworkCore;

namespace CampaignPortal.Marketing.Drafts;

/// <summary>A draft as it was last saved.</summary>
public sealed record SavedDraft(string Text, DateTimeOffset SavedAt);

/// <summary>Keeps what was typed until it is sent, so that neither a closed window nor a restart costs it.</summary>
public sealed class DraftStore(IDbContextFactory<PortalDbContext> contexts, MasterKey master, TimeProvider clock) : ICleanUp
{
    /// <summary>Older drafts are forgotten by the clean-up.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromDays(30);

    string ICleanUp.Name => "drafts of typed text";

    /// <summary>Null when there is none.</summary>
    public async Task<SavedDraft?> ReadAsync(long userId, string key, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        var draft = await db.Drafts.AsNoTracking().SingleOrDefaultAsync(d => d.UserId == userId && d.Key == key, ct);
        return draft is null ? null : new SavedDraft(master.OpenText(draft.Content), draft.SavedAt);
    }

    /// <summary>Saves, or forgets when the text is empty. Answers the moment that the page shows.</summary>
    /// <exception cref="ArgumentException">The key is longer than <see cref="Draft.MaxKeyLength"/>.</exception>
    public async Task<DateTimeOffset> SaveAsync(long userId, string key, string text, CancellationToken ct)
    {
        if (key.Length > Draft.MaxKeyLength) throw new ArgumentException($"A draft's key has at most {Draft.MaxKeyLength} characters; this one has {key.Length}.", nameof(key));
        var now = clock.GetUtcNow();
        await using var db = await contexts.CreateDbContextAsync(ct);
        var draft = await db.Drafts.SingleOrDefaultAsync(d => d.UserId == userId && d.Key == key, ct);
        if (text.Length == 0)
        {
            if (draft is not null) db.Drafts.Remove(draft);
        }
        else if (draft is null)
        {
            db.Drafts.Add(new Draft { UserId = userId, Key = key, Content = master.SealText(text), SavedAt = now });
        }
        else
        {
            (draft.Content, draft.SavedAt) = (master.SealText(text), now);
        }
        await db.SaveChangesAsync(ct);
        return now;
    }

    public Task ForgetAsync(long userId, string key, CancellationToken ct) => SaveAsync(userId, key, "", ct);

    /// <summary>Forgets what nobody came back to. Answers how many.</summary>
    public async Task<int> CleanUpAsync(CancellationToken ct)
    {
        var oldest = clock.GetUtcNow() - Lifetime;
        await using var db = await contexts.CreateDbContextAsync(ct);
        var old = await db.Drafts.Where(d => d.SavedAt < oldest).ToListAsync(ct);
        db.Drafts.RemoveRange(old);
        await db.SaveChangesAsync(ct);
        return old.Count;
    }
}
