using System.Data.Common;
using System.Globalization;
using CampaignPortal.Marketing.Audit;
using CampaignPortal.Marketing.Common;
using CampaignPortal.Marketing.Database;
using CampaignPortal.Marketing.Privacy;
using Microsoft.EntityFrameworkCore;

namespace CampaignPortal.Marketing.Insights;

public enum ExportFormat
{
    /// <summary>For spreadsheets: a byte order mark, and what would run as a formula becomes text.</summary>
    Csv,
    /// <summary>CSV for programs: every cell untouched.</summary>
    RawCsv,
    JsonLines,
}

/// <summary>A whole table as a file.</summary>
/// <param name="Table">One of <see cref="ExportTableHandler.Tables"/>.</param>
/// <param name="By">Who takes it, for the audit.</param>
public sealed record ExportTable(string Table, ExportFormat Format, string By);

/// <summary>Writes a table row by row: memory does not grow with the log.</summary>
public sealed class ExportTableHandler(PortalDatabase database, ContactVault vault, SegmentNamesHandler segments, IDbContextFactory<PortalDbContext> databases, TimeProvider clock)
{
    private const int ReportEvery = 10_000;

    public static IReadOnlyList<string> Tables { get; } = [.. ExportedTable.All.Select(t => t.Name)];

    /// <summary>Writes the rows and notes the export; answers how many.</summary>
    /// <param name="rowsDone">Hears the number of rows now and then.</param>
    public async Task<Result<long>> HandleAsync(ExportTable command, TextWriter output, Action<long>? rowsDone, CancellationToken ct)
    {
        if (ExportedTable.All.FirstOrDefault(t => t.Name == command.Table) is not { } table) return Problem.At(nameof(command.Table), $"There is no table '{command.Table}'; there are {string.Join(", ", Tables)}.");
        var names = await segments.HandleAsync("en", ct);
        var count = 0L;
        var writer = new ExportedRowWriter(output, command.Format);
        await using var connection = database.OpenReader();
        await using var query = connection.Prepare(table.Sql, 0);
        await using (var reader = await query.ExecuteReaderAsync(ct))
        {
            await writer.WriteHeadAsync(table.Columns.SelectMany(NamesOf));
            while (await reader.ReadAsync(ct))
            {
                await writer.WriteRowAsync(table.Columns.SelectMany((column, i) => CellsOf(column, reader, i, names)));
                if (++count % ReportEvery == 0) rowsDone?.Invoke(count);
            }
        }
        await output.FlushAsync(ct);
        await NoteAsync(command, count, ct);
        return count;
    }

    private static IEnumerable<string> NamesOf(ExportedColumn column) => column.Kind switch
    {
        ExportedKind.Contact => ["email", "phone", "name", "address"],
        ExportedKind.Segment => [column.Name, "segment_name"],
        _ => [column.Name],
    };

    private IEnumerable<ExportedCell> CellsOf(ExportedColumn column, DbDataReader reader, int i, IReadOnlyDictionary<int, string> names)
    {
        if (reader.IsDBNull(i)) return NamesOf(column).Select(name => new ExportedCell(name, null));
        switch (column.Kind)
        {
            case ExportedKind.Contact:
                var contact = vault.Read(reader.GetInt64(i));
                return [new("email", contact?.Email), new("phone", contact?.Phone), new("name", contact?.Name), new("address", contact?.Address)];
            case ExportedKind.Segment:
                var number = (int)reader.GetDouble(i);
                return [new(column.Name, Written(number)) { IsPlain = true }, new("segment_name", names.GetValueOrDefault(number))];
            case ExportedKind.Number:
                return [new(column.Name, Written(reader.GetValue(i))) { IsPlain = true }];
            case ExportedKind.Money:
                return [new(column.Name, Written(Stored.Amount(reader.GetInt64(i)))) { IsPlain = true }];
            case ExportedKind.Flag:
                return [new(column.Name, reader.GetInt64(i) != 0 ? "true" : "false") { IsPlain = true }];
            case ExportedKind.Json:
                return [new(column.Name, reader.GetString(i)) { IsPlain = true }];
            case ExportedKind.Time:
                return [new(column.Name, Stored.Time(reader.GetInt64(i)).ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", CultureInfo.InvariantCulture))];
            case ExportedKind.Text:
            default:
                return [new(column.Name, reader.GetString(i))];
        }
    }

    private static string Written(object value) => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "";

    private async Task NoteAsync(ExportTable command, long count, CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        db.AuditEntries.Add(new AuditEntry { At = clock.GetUtcNow(), Actor = command.By, Action = "customers.export table", Target = command.Table, Detail = FormattableString.Invariant($"{count} rows") });
        await db.SaveChangesAsync(ct);
    }
}
