using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using CampaignPortal.Marketing.Database;
using CampaignPortal.Marketing.Events;
using CampaignPortal.Marketing.Imports;
using CampaignPortal.Marketing.Imports.Mapping;
using CampaignPortal.Marketing.Imports.Presets;
using CampaignPortal.Marketing.Imports.Reading;

namespace CampaignPortal.Web.Cli;

/// <summary>Imports a file: every row becomes accepted, a duplicate, or quarantined with a reason.</summary>
internal static class ImportCommand
{
    private static readonly Option<string?> Data = CommonOptions.Data();
    private static readonly Option<string?> Keys = CommonOptions.Keys();
    private static readonly Option<bool> Json = CommonOptions.Json();
    private static readonly Option<FileInfo> File = new("--file") { Description = "CSV with any delimiter, UTF-8, UTF-16 or GB18030, gzip or not.", Required = true };
    private static readonly Option<string> Preset = new("--preset") { Description = "One of " + string.Join(", ", ImportPresets.All.Select(p => p.Name)) + ".", Required = true };
    private static readonly Option<FileInfo?> Mapping = new("--mapping") { Description = "A mapping as JSON, as --save-mapping wrote it." };
    private static readonly Option<FileInfo?> SaveMapping = new("--save-mapping") { Description = "Write the mapping that was used." };
    private static readonly Option<string?> Zone = new("--zone") { Description = "IANA zone of times without one, such as Europe/Berlin." };
    private static readonly Option<string?> Currency = new("--currency") { Description = "ISO 4217 code of amounts without one." };
    private static readonly Option<string?> ConsentSource = new("--consent-source") { Description = "Where the consents of the file were given." };
    private static readonly Option<string?> ConsentBasis = new("--consent-basis") { Description = "On what legal basis." };
    private static readonly Option<bool> CheckOnly = new("--check") { Description = "Only report the quality of the data, import nothing." };
    private static readonly Option<FileInfo?> Rejected = new("--rejected") { Description = "Write refused rows with their reasons to this CSV, to be corrected and imported again." };

    public static Command Create()
    {
        var command = new Command("import", "Import a file of orders, customers, items or events.")
        {
            File, Preset, Mapping, SaveMapping, Zone, Currency, ConsentSource, ConsentBasis, CheckOnly, Rejected, Data, Keys, Json,
        };
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken ct)
    {
        var clock = Stopwatch.StartNew();
        var file = parsed.GetRequiredValue(File);
        if (!file.Exists) throw new CommandException($"There is no file {file.FullName}.");
        var source = ImportSource.FromFile(file.FullName);
        var proposed = ImportPlanner.Propose(source, RequestOf(parsed));
        if (proposed.Problem is { } unreadable) throw new CommandException(unreadable.Message);
        var plan = proposed.Value.Plan;
        if (parsed.GetValue(SaveMapping) is { } saved) await System.IO.File.WriteAllTextAsync(saved.FullName, plan.ToJson(), ct);

        await using var workspace = await Workspace.OpenAsync(parsed.GetValue(Data), parsed.GetValue(Keys), "import", ct);
        var service = workspace.Get<ImportService>();
        if (parsed.GetValue(CheckOnly))
        {
            var quality = await service.ProfileAsync(new ImportRequest(source, plan), ct);
            if (quality.Problem is { } wrong) throw new CommandException(wrong.Message);
            CommonOptions.Print(parsed.GetValue(Json), quality.Value, q => System.Text.Json.JsonSerializer.Serialize(q, CommonOptions.Indented));
            return 0;
        }
        var shop = workspace.Get<ShopSettingsStore>();
        // The first file says what the shop's money and midnight are; afterwards the settings do.
        if (!shop.IsSet()) await shop.SaveAsync(shop.Read() with { Currency = plan.Currency, TimeZone = plan.Zone }, ct);

        using var progress = new ConsoleProgress<ImportProgress>(parsed.GetValue(Json), Describe);
        var imported = await service.RunAsync(new ImportRequest(source, plan), progress, ct);
        if (imported.Problem is { } problem) throw new CommandException(problem.Message);
        await workspace.Get<ProjectionHost>().CatchUpAsync(ct);
        var report = imported.Value;
        if (parsed.GetValue(Rejected) is { } target)
        {
            await using var writer = new StreamWriter(target.FullName);
            var written = await workspace.Get<QuarantineFile>().WriteAsync(report.ImportId, writer, ct);
            if (written.Problem is { } none) await Console.Error.WriteLineAsync(none.Message);
        }
        CommonOptions.Print(
            parsed.GetValue(Json),
            new
            {
                rows = report.Rows, accepted = report.Accepted, duplicates = report.Duplicates, quarantined = report.Quarantined, dropped = report.Dropped, customers = report.Customers,
                items = report.Items, orders = report.Orders, equalLines = report.EqualLines, heldBack = report.HeldBack, ignoredColumns = report.IgnoredColumns, resumedAfter = report.ResumedAfter,
                seconds = Math.Round(clock.Elapsed.TotalSeconds, 3),
            },
            r => string.Create(
                CultureInfo.InvariantCulture,
                $"{r.rows:N0} rows: {r.accepted:N0} accepted, {r.duplicates:N0} stored before, {r.quarantined:N0} in quarantine; {r.customers:N0} customers, {r.orders:N0} orders, {r.items:N0} items; {r.equalLines:N0} lines equal to an earlier one (kept); {r.seconds:0.0} s"));
        return 0;
    }

    private static PlanRequest RequestOf(ParseResult parsed) => new(parsed.GetRequiredValue(Preset))
    {
        Saved = parsed.GetValue(Mapping) is { } mapping ? ImportPlan.FromJson(System.IO.File.ReadAllText(mapping.FullName)) : null,
        Zone = parsed.GetValue(Zone),
        Currency = parsed.GetValue(Currency),
        Consent = parsed.GetValue(ConsentSource) is { } source ? new ConsentStatement(source, parsed.GetValue(ConsentBasis) ?? "") : null,
    };

    private static string Describe(ImportProgress p)
    {
        const int Width = 30;
        var done = p.Fraction is { } share ? (int)(share * Width) : 0;
        var left = p.Remaining is { } remaining ? string.Create(CultureInfo.InvariantCulture, $", about {remaining.TotalSeconds:0} s left") : "";
        return string.Create(CultureInfo.InvariantCulture, $"[{new string('#', done)}{new string('.', Width - done)}] {p.Rows:N0} rows, {p.RowsPerSecond:N0}/s{left}");
    }
}
