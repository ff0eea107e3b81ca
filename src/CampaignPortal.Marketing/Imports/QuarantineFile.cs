using System.Globalization;
using CampaignPortal.Marketing.Common;
using CampaignPortal.Marketing.Database;
using CampaignPortal.Marketing.Imports.Mapping;
using CampaignPortal.Marketing.Imports.Reading;
using CampaignPortal.Marketing.Privacy;
using Microsoft.EntityFrameworkCore;

namespace CampaignPortal.Marketing.Imports;

/// <summary>Writes the refused rows of an import as CSV: where, which column, which value, why, and the row itself. Corrected and imported, the file touches only those rows (DI-04).</summary>
public sealed class QuarantineFile(IDbContextFactory<PortalDbContext> databases, ContactVault vault)
{
    internal const string ImportColumn = "import_id", LineColumn = "import_line";
    private const string FieldColumn = "import_column", ValueColumn = "import_value", ReasonColumn = "import_reason", DetailColumn = "import_expected";

    /// <summary>Writes the rows that still wait, in the order of their lines; answers how many.</summary>
    public async Task<Result<int>> WriteAsync(long importId, TextWriter output, CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        if (await db.ImportRuns.AsNoTracking().FirstOrDefaultAsync(r => r.Id == importId, ct) is not { } run) return Problem.At("import", $"There is no import {importId}.");
        var plan = ImportPlan.FromJson(run.Mapping);
        await WriteLineAsync(output, [ImportColumn, LineColumn, FieldColumn, ValueColumn, ReasonColumn, DetailColumn, .. plan.Columns], ct);
        var count = 0;
        await foreach (var row in db.Quarantine.AsNoTracking().Where(r => r.ImportId == importId && r.ResolvedAt == null).OrderBy(r => r.Position).ThenBy(r => r.Id).AsAsyncEnumerable().WithCancellation(ct))
        {
            var cells = Cells(vault.OpenText(row.Raw), plan);
            var column = row.Field is { } field ? plan.Columns.ToList().IndexOf(field) : -1;
            string[] head =
            [
                importId.ToString(CultureInfo.InvariantCulture), row.Position.ToString(CultureInfo.InvariantCulture), row.Field ?? "",
                column >= 0 && column < cells.Length ? cells[column] : "", row.Reason, vault.OpenText(row.Detail),
            ];
            await WriteLineAsync(output, [.. head, .. cells], ct);
            count++;
        }
        return count;
    }

    /// <summary>The cells of a refused row; one that cannot be taken apart stands whole in the first column.</summary>
    internal static string[] Cells(string raw, ImportPlan plan)
    {
        using var reader = new CsvReader(new StringReader(raw), plan.Format.Delimiter);
        if (!reader.Read() || reader.FieldCount is 0) return [raw];
        var cells = new string[reader.FieldCount];
        for (var i = 0; i < cells.Length; i++) cells[i] = reader[i].ToString();
        return cells;
    }

    /// <summary>Cells as one line of the file that they came from.</summary>
    internal static string Line(IReadOnlyList<string> cells, char delimiter) =>
        cells.Count is 1 ? cells[0] : string.Join(delimiter, cells.Select(c => CsvText.Quoted(c, delimiter))); // a row that could not be taken apart was corrected as a whole

    private static async Task WriteLineAsync(TextWriter output, string[] cells, CancellationToken ct)
    {
        for (var i = 0; i < cells.Length; i++)
        {
            if (i > 0) await output.WriteAsync(',');
            await output.WriteAsync(CsvText.Quoted(cells[i]).AsMemory(), ct);
        }
        await output.WriteAsync('\n');
    }
}
