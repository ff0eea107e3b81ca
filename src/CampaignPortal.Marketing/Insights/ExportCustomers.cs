using System.Text;
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
        var numbers = await NumbersAsync(command, ct);
        if (numbers.Count > MaxRowCount) return Problem.Of("More than 50,000 customers match; narrow the list first.");
        var file = CsvText.File(command.Columns.Select(c => c.Title), Chunks(command, numbers, ct).SelectMany(chunk => chunk).Select(row => command.Columns.Select(c => c.Cell(row))));
        await NoteAsync(command, numbers.Count, ct);
        return file;
    }

    /// <summary>The list however long, in parts that together are the file; noted in the audit before the first is made.</summary>
    /// <param name="markTitle">Heading of the last column.</param>
    /// <param name="mark">Stands in every line: it tells whose file a line comes from.</param>
    /// <param name="progress">Hears how many lines of how many are written.</param>
    public async Task<(int Count, IEnumerable<string> Parts)> InPartsAsync(ExportCustomers command, string markTitle, string mark, Action<(long Done, long Total)> progress, CancellationToken ct)
    {
        var numbers = await NumbersAsync(command, ct);
        await NoteAsync(command, numbers.Count, ct);
        return (numbers.Count, Parts());

        IEnumerable<string> Parts()
        {
            var text = new StringBuilder("\uFEFF"); // as CsvText.File: without it spreadsheets misread Chinese
            CsvText.AppendRow(text, command.Columns.Select(c => c.Title).Append(markTitle));
            var done = 0L;
            foreach (var chunk in Chunks(command, numbers, ct))
            {
                foreach (var row in chunk) CsvText.AppendRow(text, command.Columns.Select(c => c.Cell(row)).Append(mark));
                yield return text.ToString();
                text.Clear();
                progress((done += chunk.Count, numbers.Count));
            }
            if (text.Length > 0) yield return text.ToString();
        }
    }

    private async Task<IReadOnlyList<long>> NumbersAsync(ExportCustomers command, CancellationToken ct)
    {
        var numbers = await customers.NumbersAsync(command.Query, ct);
        return command.Only is { } only ? [.. numbers.Where(only.Contains)] : numbers;
    }

    private IEnumerable<IReadOnlyList<CustomerRow>> Chunks(ExportCustomers command, IReadOnlyList<long> numbers, CancellationToken ct)
    {
        var asOf = columns.Read().AsOf;
        foreach (var chunk in numbers.Chunk(ChunkSize))
        {
            ct.ThrowIfCancellationRequested();
            yield return rows.Read(chunk, asOf, command.Query.Scope);
        }
    }

    private async Task NoteAsync(ExportCustomers command, int count, CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        db.AuditEntries.Add(new AuditEntry
        {
            At = clock.GetUtcNow(), Actor = FormattableString.Invariant($"{command.By}"), Action = "customers.export list", Target = FormattableString.Invariant($"{count} customers"),
            Detail = command.Of ?? command.Query.Filter.ToString(),
        });
        await db.SaveChangesAsync(ct);
    }
}
