using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.IO.Compression;
using CampaignPortal.Marketing.Insights;
using CampaignPortal.Marketing.Jobs;

namespace CampaignPortal.Web.Cli;

/// <summary>Writes a table of the store to a file, which appears whole or not at all.</summary>
internal static class ExportCommand
{
    private static readonly Option<string?> Data = CommonOptions.Data();
    private static readonly Option<string?> Keys = CommonOptions.Keys();
    private static readonly Option<bool> Json = CommonOptions.Json();
    private static readonly Argument<string> Table = new("table") { Description = "One of " + string.Join(", ", ExportTableHandler.Tables) + "." };
    private static readonly Option<FileInfo> Target = new("--file") { Description = "Where to: .csv or .jsonl, packed when .gz follows.", Required = true };
    private static readonly Option<bool> Raw = new("--raw") { Description = "CSV for programs: cells that a spreadsheet would run as formulas are left as they are." };
    private static readonly Option<bool> Overwrite = new("--overwrite") { Description = "Replace a file of that name." };

    public static Command Create()
    {
        Table.AcceptOnlyFromAmong([.. ExportTableHandler.Tables]);
        var command = new Command("export", "Write customers, events, orders, items, scores, segments or consents to a file. It is noted in the audit log.") { Table, Target, Raw, Overwrite, Data, Keys, Json };
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken ct)
    {
        var clock = Stopwatch.StartNew();
        var file = parsed.GetRequiredValue(Target);
        var format = FormatOf(file.Name, parsed.GetValue(Raw));
        if (file.Exists && !parsed.GetValue(Overwrite)) throw new CommandException($"There is a file {file.FullName} already. Choose another name, or say --overwrite.");

        await using var workspace = await Workspace.OpenAsync(parsed.GetValue(Data), parsed.GetValue(Keys), "export", ct, services => services.AddInsights());
        var table = parsed.GetRequiredValue(Table);
        var partial = file.FullName + ".part";
        try
        {
            using var progress = new ConsoleProgress<long>(parsed.GetValue(Json), rows => string.Create(CultureInfo.InvariantCulture, $"{table}: {rows:N0} rows"));
            long rows;
            await using (var output = OpenWriter(partial, isPacked: IsPacked(file.Name)))
            {
                var written = await workspace.Get<ExportTableHandler>().HandleAsync(new ExportTable(table, format, JobStarters.CommandLine), output, progress.Report, ct);
                if (written.Problem is { } problem) throw new CommandException(problem.Message);
                rows = written.Value;
            }
            File.Move(partial, file.FullName, overwrite: true);
            CommonOptions.Print(
                parsed.GetValue(Json),
                new { table, rows, file = file.FullName, bytes = new FileInfo(file.FullName).Length, seconds = Math.Round(clock.Elapsed.TotalSeconds, 3) },
                r => string.Create(CultureInfo.InvariantCulture, $"{r.rows:N0} rows of {r.table} in {r.file} ({r.bytes:N0} bytes), {r.seconds:0.0} s"));
            return 0;
        }
        finally
        {
            File.Delete(partial); // nothing is left of an export that did not end
        }
    }

    private static bool IsPacked(string name) => name.EndsWith(".gz", StringComparison.OrdinalIgnoreCase);

    private static ExportFormat FormatOf(string name, bool isRaw) => Path.GetExtension(IsPacked(name) ? name[..^3] : name).ToLowerInvariant() switch
    {
        ".csv" => isRaw ? ExportFormat.RawCsv : ExportFormat.Csv,
        ".jsonl" or ".ndjson" => ExportFormat.JsonLines,
        _ => throw new CommandException($"'{name}' does not say how to write it. Let it end with .csv, .jsonl, .csv.gz or .jsonl.gz."),
    };

    private static StreamWriter OpenWriter(string path, bool isPacked)
    {
        Stream file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 1 << 16);
        return new StreamWriter(isPacked ? new GZipStream(file, CompressionLevel.Fastest) : file); // UTF-8; the format adds its mark
    }
}
