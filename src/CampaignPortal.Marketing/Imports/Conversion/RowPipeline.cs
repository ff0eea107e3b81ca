using System.Globalization;
using CampaignPortal.Marketing.Common;
using CampaignPortal.Marketing.Events;
using CampaignPortal.Marketing.Imports.Mapping;
using CampaignPortal.Marketing.Imports.Presets;
using CampaignPortal.Marketing.Imports.Quality;
using CampaignPortal.Marketing.Imports.Reading;

namespace CampaignPortal.Marketing.Imports.Conversion;

/// <summary>Reads a file from its start and turns its rows into chunks, one after the other on one thread.</summary>
internal sealed class RowPipeline : IDisposable
{
    // A chunk of ordinary rows holds 16 000; of rows with whole articles in them, as many as fit into 8 million characters.
    private const int LargestChunkLength = 8_000_000;

    private readonly CsvReader _reader;
    private readonly Stream _opened;
    private readonly ImportRow _row;
    private readonly ImportPreset _preset;
    private readonly RowConverter _converter;
    private readonly ConversionContext _context;
    private readonly IReadOnlyList<ColumnProfile> _profiles;
    private readonly RowRepair _repair;
    private readonly RowIdentity _refusedRows = new();
    private readonly int _correctedImport, _correctedLine;
    private long _rowCount;

    private RowPipeline(ImportPlan plan, ImportPreset preset, ConversionContext context, CsvReader reader, Stream opened, FilePreview preview, QualityReport? known)
    {
        (_reader, _opened, _preset, _context) = (reader, opened, preset, context);
        _row = new ImportRow(reader, plan.Columns.Count);
        _converter = preset.CreateConverter(context);
        _profiles =
        [
            .. plan.Columns.Select((column, i) => new ColumnProfile(
                column, preset.Fields.FirstOrDefault(f => plan.Fields.GetValueOrDefault(column) == f.Name), plan,
                preview.Sample.Where(row => i < row.Length).Select(row => row[i]), context.LatestTicks)),
        ];
        _repair = new RowRepair(plan, _profiles, known);
        _correctedImport = IndexOf(plan, QuarantineFile.ImportColumn);
        _correctedLine = IndexOf(plan, QuarantineFile.LineColumn);
    }

    /// <summary>Id of the import under which refused rows are kept.</summary>
    public long? ImportId { get; init; }

    /// <summary>Whether refused rows are written; not when an earlier import of the same file has written them.</summary>
    public bool KeepsRefused { get; init; } = true;

    /// <summary>Bytes of the file that were read, packed or not.</summary>
    public long BytesRead => _opened.Position;

    public QualityReport Quality => new(_rowCount, _context.Identity.EqualCount, [.. _profiles.Select(p => p.Report())]);

    /// <summary>Opens the file for this plan; a problem when its columns are others than the plan's.</summary>
    public static Result<RowPipeline> Open(ImportSource source, ImportPlan plan, ImportPreset preset, ConversionContext context, QualityReport? known, long? importId, bool keepsRefused)
    {
        var look = FileProbe.Look(source, FormatOverride.Of(plan.Format));
        if (look.Problem is { } problem) return problem;
        if (!look.Value.Columns.SequenceEqual(plan.Columns, StringComparer.Ordinal))
        {
            var missing = plan.Columns.Except(look.Value.Columns, StringComparer.Ordinal).Take(10).ToArray();
            return Problem.At("file", $"{source.Name} has other columns than the mapping was made for{(missing.Length > 0 ? $": {string.Join(", ", missing)} are missing" : "")}. Map its columns anew.");
        }
        var reader = plan.Format.Open(source, out var opened);
        if (plan.Format.HasHeader) reader.Read();
        return new RowPipeline(plan, preset, context, reader, opened, look.Value, known) { ImportId = importId, KeepsRefused = keepsRefused };
    }

    /// <summary>The next rows of the file, at most so many; null at its end.</summary>
    public ImportChunk? Next(int largestRowCount)
    {
        var chunk = new ImportChunk(_rowCount) { ItemsAreRows = _preset.RowsAreItems };
        var length = 0L;
        while (chunk.RowCount < largestRowCount && length < LargestChunkLength && _row.Read())
        {
            chunk.RowCount++;
            _rowCount++;
            length += _row.Length;
            Convert(chunk);
        }
        return chunk.RowCount > 0 ? chunk : null;
    }

    /// <summary>Reads past rows that are committed; what they teach (numbers of equal rows, names of items) is learnt again.</summary>
    public int Skip(long rowCount)
    {
        var dropped = 0;
        while (_rowCount < rowCount && Next((int)Math.Min(rowCount - _rowCount, 1_000)) is { } chunk) dropped += chunk.DroppedCount;
        return dropped;
    }

    public void Dispose() => _reader.Dispose();

    private void Convert(ImportChunk chunk)
    {
        if (_row.CheckShape() is { } misshapen)
        {
            Refuse(chunk, misshapen);
            return;
        }
        var repaired = _repair.Apply(_row, out var refusal);
        if (repaired is RepairResult.Drop)
        {
            chunk.DroppedCount++;
            return;
        }
        var sizes = chunk.Sizes;
        var equalCount = _context.Identity.EqualCount;
        refusal ??= _converter.Convert(_row, chunk);
        if (refusal is not null)
        {
            Refuse(chunk, refusal);
            return;
        }
        if (_context.Identity.EqualCount > equalCount && _repair.EqualRows is not QualityAction.Keep)
        {
            chunk.TakeBack(sizes);
            if (_repair.EqualRows is QualityAction.Drop) chunk.DroppedCount++;
            else Refuse(chunk, new Refusal(QuarantineReasons.ConflictPayload, null, "The row equals an earlier row of the file. The mapping says to put such rows aside."));
            return;
        }
        NoteCorrection(chunk, chunk.ItemsAreRows ? Correction.OfItem : chunk.Records.Count > 0 ? sizes.Records : sizes.Events);
    }

    private void Refuse(ImportChunk chunk, Refusal refusal)
    {
        chunk.RefusedCount++;
        if (!KeepsRefused) return;
        var raw = _row.Raw;
        var id = _refusedRows.Begin("refused").Add(raw).Finish(0, out _);
        chunk.Quarantine.Add(new QuarantineDraft(refusal.Reason, refusal.Field, refusal.Detail, raw, _row.LineNumber) { MessageId = id, ImportId = ImportId });
    }

    /// <summary>A row of a corrected quarantine file settles the row that it came from.</summary>
    private void NoteCorrection(ImportChunk chunk, int eventIndex)
    {
        if (_correctedImport < 0 || _correctedLine < 0) return;
        if (long.TryParse(_row[_correctedImport], NumberStyles.None, CultureInfo.InvariantCulture, out var import)
            && long.TryParse(_row[_correctedLine], NumberStyles.None, CultureInfo.InvariantCulture, out var line))
            chunk.Corrections.Add(new Correction(eventIndex, import, line));
    }

    private static int IndexOf(ImportPlan plan, string column)
    {
        for (var i = 0; i < plan.Columns.Count; i++)
        {
            if (plan.Columns[i] == column) return i;
        }
        return -1;
    }
}
