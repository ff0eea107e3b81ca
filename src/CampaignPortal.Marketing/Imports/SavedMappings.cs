using CampaignPortal.Marketing.Common;
using CampaignPortal.Marketing.Database;
using CampaignPortal.Marketing.Imports.Mapping;
using CampaignPortal.Marketing.Imports.Presets;
using Microsoft.EntityFrameworkCore;

namespace CampaignPortal.Marketing.Imports;

/// <summary>Mappings that people saved under a name, found again by that name or by the shape of a file.</summary>
public sealed class SavedMappings(IDbContextFactory<PortalDbContext> databases, TimeProvider clock)
{
    /// <summary>Saves the plan under the name, in the place of an older one of that name.</summary>
    public async Task<Problem?> SaveAsync(string name, ImportPlan plan, CancellationToken ct)
    {
        if (string.IsNullOrWhiteSpace(name) || name.Length > 100) return Problem.At("name", "A mapping needs a name of at most 100 characters.");
        if (ImportPresets.Find(plan.Preset) is not { } preset) return Problem.At("preset", $"There is no preset {plan.Preset}.");
        if (plan.Check(preset.Fields) is { } problem) return problem;
        await using var db = await databases.CreateDbContextAsync(ct);
        var updated = await db.ImportMappings.Where(m => m.Name == name)
            .ExecuteUpdateAsync(s => s.SetProperty(m => m.Preset, plan.Preset).SetProperty(m => m.Json, plan.ToJson()).SetProperty(m => m.UpdatedAt, clock.GetUtcNow()), ct);
        if (updated > 0) return null;
        db.ImportMappings.Add(new ImportMapping { Name = name, Preset = plan.Preset, Json = plan.ToJson(), UpdatedAt = clock.GetUtcNow() });
        await db.SaveChangesAsync(ct);
        return null;
    }

    public async Task<ImportPlan?> FindAsync(string name, CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        return await db.ImportMappings.AsNoTracking().Where(m => m.Name == name).Select(m => m.Json).FirstOrDefaultAsync(ct) is { } json ? ImportPlan.FromJson(json) : null;
    }

    /// <summary>When a mapping for exactly these columns was remembered last; null when never.</summary>
    public async Task<DateTimeOffset?> KnownSinceAsync(string preset, IReadOnlyList<string> columns, CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        var saved = await db.ImportMappings.AsNoTracking().Where(m => m.Preset == preset).OrderByDescending(m => m.UpdatedAt).Select(m => new { m.Json, m.UpdatedAt }).ToListAsync(ct);
        return saved.Find(m => ImportPlan.FromJson(m.Json).Columns.SequenceEqual(columns, StringComparer.Ordinal))?.UpdatedAt;
    }

    /// <summary>The newest mapping of this preset that was saved for a file with exactly these columns, or null.</summary>
    public async Task<ImportPlan?> FindForShapeAsync(string preset, IReadOnlyList<string> columns, CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        var saved = await db.ImportMappings.AsNoTracking().Where(m => m.Preset == preset).OrderByDescending(m => m.UpdatedAt).ThenByDescending(m => m.Id).Select(m => m.Json).ToListAsync(ct);
        return saved.Select(ImportPlan.FromJson).FirstOrDefault(plan => plan.Columns.SequenceEqual(columns, StringComparer.Ordinal));
    }
}
