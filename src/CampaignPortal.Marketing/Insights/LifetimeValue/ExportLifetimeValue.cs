using System.Globalization;
using System.Text;
using CampaignPortal.Marketing.Audit;
using CampaignPortal.Marketing.Common;
using CampaignPortal.Marketing.Database;
using CampaignPortal.Marketing.Predictions;
using CampaignPortal.Marketing.Predictions.LifetimeValue;
using Microsoft.EntityFrameworkCore;

namespace CampaignPortal.Marketing.Insights;

/// <summary>The expected value of every scored customer as a file; audited, because it speaks of persons.</summary>
/// <param name="Actor">A user's number, for the audit.</param>
public sealed record ExportLifetimeValue(string Actor);

/// <param name="RowCount">Customers in the file.</param>
/// <param name="Total">Sum of the expected values: the total that the page's tenths show.</param>
public sealed record LifetimeValueFile(byte[] Csv, int RowCount, double Total);

public sealed class ExportLifetimeValueHandler(PortalDatabase database, IDbContextFactory<PortalDbContext> databases, TimeProvider clock)
{
    private static readonly string[] Columns = ["customer", "expected_value", "lower_80", "upper_80", "value_3_months", "value_24_months", "expected_orders", "next_order", "as_of"];

    public async Task<LifetimeValueFile> HandleAsync(ExportLifetimeValue command, CancellationToken ct)
    {
        var file = Read(ct);
        await using var db = await databases.CreateDbContextAsync(ct);
        db.AuditEntries.Add(new AuditEntry
        {
            At = clock.GetUtcNow(), Actor = command.Actor, Action = "customers.export lifetime-value", Detail = FormattableString.Invariant($"{file.RowCount} customers"),
        });
        await db.SaveChangesAsync(ct); // before the file leaves
        return file;
    }

    private LifetimeValueFile Read(CancellationToken ct)
    {
        using var connection = database.OpenReader();
        using var command = connection.CreateCommand();
        string Part(string alias, string part) => $"""left join "CustomerScores" {alias} on {alias}."CustomerId" = v."CustomerId" and {alias}."Model" = '{ModelNames.LifetimeValue}.{part}'""";
        command.CommandText = $"""
            select c."ExternalId", v."Value", v."Lower", v."Upper", s."Value", l."Value", o."Value", n."Value", v."AsOf"
            from "CustomerScores" v join "Customers" c on c."Id" = v."CustomerId" and c."ErasedAt" is null
            {Part("s", LifetimeValueTrainer.Value3Part)} {Part("l", LifetimeValueTrainer.Value24Part)} {Part("o", LifetimeValueTrainer.OrdersPart)} {Part("n", LifetimeValueTrainer.NextOrderPart)}
            where v."Model" = '{ModelNames.LifetimeValue}' order by v."Value" desc, v."CustomerId"
            """;
        var text = new StringBuilder("\uFEFF");
        CsvText.AppendRow(text, Columns);
        var (count, total) = (0, 0.0);
        using var reader = command.ExecuteReader();
        string Number(int column) => reader.IsDBNull(column) ? "" : reader.GetDouble(column).ToString("0.00", CultureInfo.InvariantCulture);
        while (reader.Read())
        {
            ct.ThrowIfCancellationRequested();
            var asOf = Stored.Time(reader.GetInt64(8));
            var next = reader.IsDBNull(7) ? "" : asOf.AddDays(reader.GetDouble(7)).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
            CsvText.AppendRow(text, [reader.GetString(0), Number(1), Number(2), Number(3), Number(4), Number(5), Number(6), next, asOf.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture)]);
            count++;
            total += reader.GetDouble(1);
        }
        return new LifetimeValueFile(Encoding.UTF8.GetBytes(text.ToString()), count, total);
    }
}
