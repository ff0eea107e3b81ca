using CampaignPortal.Marketing.Database;
using CampaignPortal.Marketing.Events;
using CampaignPortal.Marketing.Imports.Conversion;
using CampaignPortal.Marketing.Privacy;

namespace CampaignPortal.Marketing.Imports.Storage;

/// <summary>Carries out an import on paper: the same reading, the same decisions, nothing appended.</summary>
internal sealed class DryRun(PortalDatabase database, ContactVault vault, ConversionContext context)
{
    private readonly RecordStage _stage = new(context.Plan, database, vault);
    private readonly ConsentGuard _consent = new(database);
    private readonly Dictionary<string, long> _statedIds = new(StringComparer.Ordinal);
    private readonly bool _statesIds = context.Plan.ColumnOf("message_id") >= 0;
    private readonly List<FieldDifference> _differences = [];
    private readonly Dictionary<(string Reason, string? Field), Rejection> _rejections = [];
    private readonly List<ImportStep> _steps = [];

    public ImportTotals Totals { get; private set; } = ImportTotals.Nothing;

    public void Add(ImportChunk chunk)
    {
        foreach (var refused in chunk.Quarantine) Count(refused);
        var staged = _stage.Apply(chunk);
        var heldBack = _consent.HoldBack(chunk);
        var after = Totals.After(chunk, new AppendReport(chunk.ItemsAreRows ? [] : Statuses(chunk), 0), staged, heldBack);
        _differences.AddRange(staged.Differences.Take(RecordStage.DifferenceCount - _differences.Count));
        _steps.Add(ImportStep.Between(Totals, after));
        Totals = after;
    }

    public ImportCheck Report(string fileHash, string store, Quality.QualityReport quality) => new(
        fileHash, context.Plan.ToJson(), store, Totals.Rows, Totals.New, Totals.Accepted - Totals.New, Totals.Duplicates, Totals.Quarantined, Totals.Dropped, Totals.Merged,
        _differences, [.. _rejections.Values.OrderByDescending(r => r.Count).ThenBy(r => r.FirstLine)], Totals.HeldBack, context.Matcher?.SharedCount ?? 0, quality, _steps);

    /// <summary>What decides an import of records: the events, the contact data of customers and the catalogue, as one text that changes with each of them.</summary>
    public static string Fingerprint(PortalDatabase database)
    {
        using var connection = database.OpenReader();
        using var command = connection.CreateCommand();
        command.CommandText = "select (select max(\"Sequence\") from \"Events\"), (select max(\"UpdatedAt\") from \"Contacts\"), (select max(\"UpdatedAt\") from \"Items\"), (select count(*) from \"Items\")";
        using var reader = command.ExecuteReader();
        reader.Read();
        return string.Join('-', Enumerable.Range(0, reader.FieldCount).Select(i => FormattableString.Invariant($"{reader.NumberOrNull(i) ?? 0}")));
    }

    private AppendStatus[] Statuses(ImportChunk chunk)
    {
        using var connection = database.OpenReader();
        using var find = connection.Prepare("select \"PayloadHash\" from \"Events\" where \"Source\" = @0 and \"MessageId\" = @1", 2);
        var hasher = new EventWriter.PayloadHasher();
        var statuses = new AppendStatus[chunk.Events.Count];
        for (var i = 0; i < statuses.Length; i++)
        {
            var e = chunk.Events[i];
            var hash = hasher.Hash(e);
            var stored = find.RunScalar(ImportService.Source, e.MessageId) ?? (_statesIds && _statedIds.TryGetValue(e.MessageId, out var earlier) ? earlier : null);
            statuses[i] = stored is null ? AppendStatus.Accepted : stored == hash ? AppendStatus.Duplicate : AppendStatus.Conflict;
            if (_statesIds && stored is null) _statedIds[e.MessageId] = hash;
            if (statuses[i] is AppendStatus.Conflict && chunk.StandsForRow[i])
                Count(new QuarantineDraft(QuarantineReasons.ConflictPayload, null, $"An event with the id {e.MessageId} and other content is stored already; the first one stays.", "", chunk.FirstRow + 1));
        }
        return statuses;
    }

    private void Count(QuarantineDraft refused)
    {
        var key = (refused.Reason, refused.Field);
        _rejections[key] = _rejections.TryGetValue(key, out var known) ? known with { Count = known.Count + 1 } : new Rejection(refused.Reason, refused.Field, 1, refused.Position, refused.Detail);
    }
}
