using System.Globalization;
using System.Text.Json;
using CampaignPortal.Marketing.Audit;
using CampaignPortal.Marketing.Common;
using CampaignPortal.Marketing.Database;
using CampaignPortal.Marketing.Jobs;
using Microsoft.Extensions.Logging;

namespace CampaignPortal.Marketing.Predictions;

/// <summary>A version that answers now.</summary>
public sealed record LiveModel(string Model, int Version, string Folder);

/// <summary>Versions of models: files under <c>models/&lt;name&gt;/&lt;version&gt;</c>, a row each, and one pointer to the version that answers.</summary>
/// <remarks>
/// Files first (temporary name, flush, rename), then the row, then the pointer by one conditional update: whatever moment a crash
/// chooses, readers see the old version or the new one, whole.
/// </remarks>
public sealed class ModelRegistry(PortalDatabase database, DataDirectory directory, TimeProvider clock, ILogger<ModelRegistry> logger)
{
    private const int KeptVersionCount = 4; // the live one and three to roll back to

    private readonly WholeFolders _folders = new();

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { NumberHandling = System.Text.Json.Serialization.JsonNumberHandling.AllowNamedFloatingPointLiterals };

    /// <summary>The version that answers, with files that are whole: where they are damaged, the newest earlier promoted version that is not.</summary>
    public LiveModel? FindLive(string model)
    {
        if (ReadHead(model) is not { } head) return null;
        foreach (var (version, sha256) in ReadVersions(model, head))
        {
            var folder = FolderOf(model, version);
            if (_folders.IsWhole(folder, sha256)) return new LiveModel(model, version, folder);
            logger.ModelDamaged(model, version);
        }
        return null;
    }

    /// <summary>Stores a fit as the next version and promotes it where it may answer. Answers the version and whether it was promoted.</summary>
    public async Task<(int Version, bool IsPromoted)> AddAsync(string model, long runId, DateTimeOffset asOf, TrainedVersion trained, CancellationToken ct)
    {
        var save = trained.Save ?? throw new ArgumentException("There is nothing to store.", nameof(trained));
        var version = NextVersion(model);
        var folder = FolderOf(model, version);
        Directory.CreateDirectory(Path.GetDirectoryName(folder)!); // a folder below the data directory
        if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true); // files without a row: a crash left them
        FaultPoints.Hit("model.after-write-before-rename");
        save(folder);
        FaultPoints.Hit("model.after-rename-before-activate");

        bool isPromoted;
        try
        {
            isPromoted = await StoreRowAsync(model, version, runId, asOf, trained, ct);
        }
        catch (Exception e) when (e is OperationCanceledException or JobFencedException)
        {
            Directory.Delete(folder, recursive: true); // stopped before its row: nothing may name these files
            throw;
        }
        FaultPoints.Hit("model.after-activate");
        RemoveOldFiles(model, version);
        return (version, isPromoted);
    }

    /// <summary>Points back to an earlier version; answers false when there is no such version or its files are gone.</summary>
    public Task<bool> RollBackAsync(string model, int version, CancellationToken ct) => ActivateAsync(model, version, audit: null, ct);

    /// <summary>Lets a stored version answer, and writes the entry of the audit with it or not at all; answers false when there is no such version or its files are gone.</summary>
    /// <exception cref="InvalidOperationException">Another version was promoted at the same time.</exception>
    public async Task<bool> ActivateAsync(string model, int version, AuditEntry? audit, CancellationToken ct)
    {
        if (ReadHead(model) is not { } live || !IsStored(model, version)) return false;
        var now = clock.GetUtcNow();
        await database.WriteAsync(
            transaction =>
            {
                transaction.Execute("update \"ModelVersions\" set \"IsPromoted\" = @2 where \"Model\" = @0 and \"Version\" = @1", model, version, true);
                MoveHead(transaction, model, version, live, now);
                if (audit is not null) transaction.Write(audit);
            },
            ct);
        return true;
    }

    /// <summary>Whether the version has a row and whole files.</summary>
    public bool IsStored(string model, int version) =>
        ReadVersions(model, version, promotedOnly: false).Any(v => v.Version == version && _folders.IsWhole(FolderOf(model, version), v.Sha256));

    /// <summary>Where the files of a version lie, or would lie.</summary>
    public string FolderOf(string model, int version) => Path.Combine(directory.ModelsPath, model, version.ToString(CultureInfo.InvariantCulture));

    /// <summary>Writes the row and moves the pointer in one transaction; answers whether the version is in use.</summary>
    private async Task<bool> StoreRowAsync(string model, int version, long runId, DateTimeOffset asOf, TrainedVersion trained, CancellationToken ct)
    {
        var live = ReadHead(model);
        var isPromoted = trained.IsBetter || live is null;
        var now = clock.GetUtcNow();
        var sha256 = WholeFolders.HashOf(FolderOf(model, version));
        await database.WriteAsync(
            transaction =>
            {
                transaction.Execute(
                    "insert into \"ModelVersions\" (\"Model\", \"Version\", \"TrainingRunId\", \"Kind\", \"CreatedAt\", \"AsOf\", \"Fingerprint\", \"Sha256\", \"Metrics\", \"IsPromoted\") values (@0, @1, @2, @3, @4, @5, @6, @7, @8, @9)",
                    model, version, runId, trained.Kind, Stored.Ticks(now), Stored.Ticks(asOf), sha256[..16], sha256,
                    JsonSerializer.Serialize(new { headline = trained.Headline, details = trained.Details }, Json), isPromoted);
                if (isPromoted) MoveHead(transaction, model, version, live, now);
            },
            ct);
        return isPromoted;
    }

    private static void MoveHead(System.Data.Common.DbTransaction transaction, string model, int version, int? live, DateTimeOffset now)
    {
        var changed = live is null
            ? transaction.Execute("insert into \"ModelHeads\" (\"Model\", \"Version\", \"ActivatedAt\") values (@0, @1, @2) on conflict do nothing", model, version, Stored.Ticks(now))
            : transaction.Execute("update \"ModelHeads\" set \"Version\" = @1, \"ActivatedAt\" = @2 where \"Model\" = @0 and \"Version\" = @3", model, version, Stored.Ticks(now), live);
        if (changed is 0) throw new InvalidOperationException($"Another run promoted a version of {model} at the same time; train again.");
    }

    private int NextVersion(string model) => (int)(Scalar("select max(\"Version\") from \"ModelVersions\" where \"Model\" = @0", model) ?? 0) + 1;

    private int? ReadHead(string model) => (int?)Scalar("select \"Version\" from \"ModelHeads\" where \"Model\" = @0", model);

    private long? Scalar(string sql, string model)
    {
        using var connection = database.OpenReader();
        using var command = connection.Prepare(sql, 1);
        return command.RunScalar(model);
    }

    private List<(int Version, string Sha256)> ReadVersions(string model, int upTo, bool promotedOnly = true)
    {
        using var connection = database.OpenReader();
        using var command = connection.Prepare(
            "select \"Version\", \"Sha256\" from \"ModelVersions\" where \"Model\" = @0 and \"Version\" <= @1" + (promotedOnly ? " and \"IsPromoted\"" : "") + " order by \"Version\" desc", 2);
        command.Set(0, model);
        command.Set(1, upTo);
        using var reader = command.ExecuteReader();
        var versions = new List<(int, string)>();
        while (reader.Read()) versions.Add((reader.GetInt32(0), reader.GetString(1)));
        return versions;
    }

    private void RemoveOldFiles(string model, int newest)
    {
        var live = ReadHead(model);
        foreach (var folder in Directory.EnumerateDirectories(Path.Combine(directory.ModelsPath, model)))
        {
            if (!int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out var version))
            {
                Directory.Delete(folder, recursive: true); // half written
                continue;
            }
            if (version <= newest - KeptVersionCount && version != live) Directory.Delete(folder, recursive: true);
        }
    }
}
