using Microsoft.Extensions.Logging;

namespace CampaignPortal.Marketing.Imports;

internal static partial class ImportLog
{
    [LoggerMessage(2101, LogLevel.Information, "Import {ImportId} ({Preset}) starts after row {CommittedRows}")]
    public static partial void ImportStarted(this ILogger logger, long importId, string preset, long committedRows);

    [LoggerMessage(2102, LogLevel.Information, "Import {ImportId} finished: {Rows} rows, {Accepted} accepted, {Duplicates} duplicates, {Quarantined} quarantined, {ElapsedMs} ms")]
    public static partial void ImportFinished(this ILogger logger, long importId, long rows, long accepted, long duplicates, long quarantined, long elapsedMs);

    [LoggerMessage(2103, LogLevel.Warning, "Import {ImportId} stopped after row {CommittedRows}: {Reason}. Starting it again with the same file goes on from there")]
    public static partial void ImportStopped(this ILogger logger, long importId, long committedRows, string reason);

    [LoggerMessage(2104, LogLevel.Information, "Quarantine of import {ImportId} run again: {Moved} moved, {Refused} still refused")]
    public static partial void QuarantineRerun(this ILogger logger, long importId, int moved, int refused);
}
