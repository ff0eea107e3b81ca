using CampaignPortal.Marketing.Audit;
using CampaignPortal.Marketing.Common;
using CampaignPortal.Marketing.Database;
using Microsoft.EntityFrameworkCore;

namespace CampaignPortal.Marketing.Insights;

/// <summary>Customers as a file.</summary>
/// <param name="Query">Whom: its filters, order and scope.</param>
/// <param name="Only">These numbers alone, in the order of the list; null takes everybody who matches.</param>
/// <param name="Columns">Heading and cell of each column.</param>
/// <param name="By">Who takes it, for the audit.</param>
public sealed record ExportCustomers(ListCustomers Query, IReadOnlySet<long>? Only, IReadOnlyList<(string Title, Func<CustomerRow, string> Cell)> Columns, long By)
{
    /// <summary>What the audit says that they are; null says the filter.</summary>
    public string? Of { get; init; }
}

/// <summary>Writes exactly the list that stands on the page, page by page, and notes it in the audit.</summary>
public sealed class ExportCustomersHandler(ListCustomersHandler customers, CustomerRowReader rows, CustomerColumnsStore columns, IDbContextFactory<PortalDbContext> databases, TimeProvider clock)
{
    /// <summary>More rows than this are no answer for a waiting page.</summary>
    public const int MaxRowCount = 50_000;
    private const int ChunkSize = 500;

    public async Task<Result<byte[]>> HandleAsync(ExportCustomers command, CancellationToken ct)
    {
        var numbers = await customers.NumbersAsync(command.Query, ct);
        if (command.Only is { } only) numbers = [.. numbers.Where(only.Contains)];
        if (numbers.Count > MaxRowCount) return Problem.Of("More than 50,000 customers match; narrow the list first.");
        var asOf = columns.Read().AsOf;
        var lines = numbers.Chunk(ChunkSize).SelectMany(chunk =>
        {
            ct.ThrowIfCancellationRequested();
            return rows.Read(chunk, asOf, command.Query.Scope);
        });
        var file = CsvText.File(command.Columns.Select(c => c.Title), lines.Select(row => command.Columns.Select(c => c.Cell(row))));
        await using var db = await databases.CreateDbContextAsync(ct);
        db.AuditEntries.Add(new AuditEntry
        {
            At = clock.GetUtcNow(), Actor = FormattableString.Invariant($"{command.By}"), Action = "customers.export list", Target = FormattableString.Invariant($"{numbers.Count} customers"),
            Detail = command.Of ?? command.Query.Filter.ToString(),
        });
        await db.SaveChangesAsync(ct);
        return file;
    }
}
