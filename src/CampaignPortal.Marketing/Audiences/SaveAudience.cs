using System.Globalization;
using CampaignPortal.Marketing.Audiences.Membership;
using CampaignPortal.Marketing.Audiences.Rules;
using CampaignPortal.Marketing.Audit;
using CampaignPortal.Marketing.Common;
using CampaignPortal.Marketing.Database;
using Microsoft.EntityFrameworkCore;

namespace CampaignPortal.Marketing.Audiences;

/// <summary>Makes an audience that follows a rule, or changes one.</summary>
/// <param name="Id">Null makes a new one.</param>
/// <param name="Revision">The revision that the editor began with; another one in the store means that somebody else saved meanwhile.</param>
public sealed record SaveAudience(long? Id, string Name, string? Description, AudienceRule Rule, int? Revision, long By);

public sealed record SavedAudience(long Id, int Revision);

/// <summary>What can stand in the way of a change of audiences.</summary>
public static class AudienceProblems
{
    public const string NameMissing = "name-missing";
    public const string NameTooLong = "name-too-long";
    public const string NameTaken = "name-taken";
    public const string RuleWrong = "rule";
    /// <summary>The rule asks for itself, over the audiences that the message names in turn.</summary>
    public const string Cycle = "cycle";
    /// <summary>Somebody else saved meanwhile.</summary>
    public const string Changed = "changed";
    public const string Gone = "gone";
    /// <summary>Something acts on it now; the message names it.</summary>
    public const string InUse = "in-use";
    public const string NobodyChosen = "nobody";
    /// <summary>The file is no text.</summary>
    public const string ListUnreadable = "list-unreadable";
    public const string ListTooLarge = "list-too-large";
    public const string ListEmpty = "list-empty";
    /// <summary>A list that stays as it is cannot leave out whom others keep; the message names it.</summary>
    public const string ListNotFirst = "list-not-first";
}

/// <summary>Saves, and counts the members at once, so that a campaign can use them.</summary>
public sealed class SaveAudienceHandler(IDbContextFactory<PortalDbContext> databases, AudienceKeeper keeper, TimeProvider clock)
{
    /// <summary>What was saved, or a problem whose field is one of <see cref="AudienceProblems"/>.</summary>
    public async Task<Result<SavedAudience>> HandleAsync(SaveAudience command, CancellationToken ct)
    {
        var name = command.Name.Trim();
        if (RuleCheck.Find(command.Rule) is { } wrong) return Problem.At(AudienceProblems.RuleWrong, wrong.Message);
        await using var db = await databases.CreateDbContextAsync(ct);
        if (await AudienceNames.ProblemOfAsync(db, name, command.Id, ct) is { } problem) return problem;
        if (command.Id is { } own && await FindCycleAsync(db, own, command.Rule, ct) is { } path) return Problem.At(AudienceProblems.Cycle, path);

        var now = clock.GetUtcNow();
        var audience = command.Id is { } id ? await db.Audiences.FirstOrDefaultAsync(a => a.Id == id && a.ArchivedAt == null, ct) : null;
        if (command.Id is not null && audience is null) return Problem.At(AudienceProblems.Gone, "The audience does not exist any more.");
        if (audience is not null && command.Revision is { } known && known != audience.Revision) return Problem.At(AudienceProblems.Changed, "Somebody else saved the audience meanwhile.");
        var json = RuleJson.Write(command.Rule);
        var before = audience is null ? null : audience.RuleJson;
        if (audience is null)
        {
            audience = new Audience { Name = name, Kind = AudienceKind.Live, RuleJson = json, State = AudienceState.Waiting, CreatedBy = command.By, CreatedAt = now };
            db.Audiences.Add(audience);
        }
        else
        {
            audience.Revision++;
        }
        (audience.Name, audience.Description, audience.ChangedAt) = (name, command.Description?.Trim(), now);
        if (audience.Kind is AudienceKind.Live) audience.RuleJson = json;
        try
        {
            await db.SaveChangesAsync(ct);
        }
        catch (DbUpdateConcurrencyException)
        {
            return Problem.At(AudienceProblems.Changed, "Somebody else saved the audience meanwhile.");
        }
        db.AuditEntries.Add(AudienceNames.Audit(now, command.By, before is null ? "made" : "changed", audience, before, json));
        await db.SaveChangesAsync(ct);
        await keeper.TurnAsync(ct);
        return new SavedAudience(audience.Id, audience.Revision);
    }

    private static async Task<string?> FindCycleAsync(PortalDbContext db, long id, AudienceRule rule, CancellationToken ct)
    {
        var live = await db.Audiences.AsNoTracking().Where(a => a.Kind == AudienceKind.Live).Select(a => new { a.Id, a.Name, a.RuleJson }).ToListAsync(ct);
        var rules = live.Where(a => a.Id != id).Select(a => (a.Id, Rule: RuleJson.Read(a.RuleJson))).Where(a => a.Rule.IsOk).ToDictionary(a => a.Id, a => a.Rule.Value);
        rules[id] = rule;
        return AudienceCycles.Find(rules, live.ToDictionary(a => a.Id, a => a.Name), id);
    }
}

/// <summary>What every change of an audience shares.</summary>
internal static class AudienceNames
{
    public static async Task<Problem?> ProblemOfAsync(PortalDbContext db, string name, long? own, CancellationToken ct)
    {
        if (name.Length is 0) return Problem.At(AudienceProblems.NameMissing, "Enter a name.");
        if (name.Length > Audience.MaxNameLength) return Problem.At(AudienceProblems.NameTooLong, $"A name has at most {Audience.MaxNameLength} characters.");
        var isTaken = await db.Audiences.AnyAsync(a => a.Name == name && a.Id != own && a.ArchivedAt == null, ct);
        return isTaken ? Problem.At(AudienceProblems.NameTaken, "Another audience has this name.") : null;
    }

    /// <summary>The name, or the first free one with a number behind it.</summary>
    public static async Task<string> FreeAsync(PortalDbContext db, string name, CancellationToken ct)
    {
        var stem = name.Length > Audience.MaxNameLength - 6 ? name[..(Audience.MaxNameLength - 6)] : name;
        var known = (await db.Audiences.AsNoTracking().Where(a => a.ArchivedAt == null).Select(a => a.Name).ToListAsync(ct)).ToHashSet(StringComparer.Ordinal);
        return Enumerable.Range(1, known.Count + 1).Select(n => n is 1 ? stem : string.Create(CultureInfo.InvariantCulture, $"{stem} {n}")).First(n => !known.Contains(n));
    }

    public static AuditEntry Audit(DateTimeOffset at, long by, string done, Audience audience, string? before = null, string? after = null) => new()
    {
        At = at, Actor = FormattableString.Invariant($"{by}"), Action = "audiences.write " + done, Target = FormattableString.Invariant($"audience {audience.Id}"), Detail = audience.Name, Before = before, After = after,
    };
}
