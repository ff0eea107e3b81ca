using System.Text;
using System.Text.Json;
using CampaignPortal.Marketing.Common;

namespace CampaignPortal.Marketing.Insights;

/// <param name="Text">The value as text; null when there is none.</param>
internal readonly record struct ExportedCell(string Name, string? Text)
{
    /// <summary>The text is JSON as it stands: a number, a flag, an object.</summary>
    public bool IsPlain { get; init; }
}

/// <summary>Writes rows in one of the formats.</summary>
internal sealed class ExportedRowWriter(TextWriter output, ExportFormat format)
{
    private readonly StringBuilder _line = new();

    public Task WriteHeadAsync(IEnumerable<string> names)
    {
        if (format is ExportFormat.JsonLines) return Task.CompletedTask;
        if (format is ExportFormat.Csv) _line.Append('\uFEFF'); // without it spreadsheets misread Chinese
        return WriteCellsAsync(names);
    }

    public Task WriteRowAsync(IEnumerable<ExportedCell> cells) =>
        format is ExportFormat.JsonLines ? WriteObjectAsync(cells) : WriteCellsAsync(cells.Select(c => c.Text ?? ""));

    private Task WriteCellsAsync(IEnumerable<string> cells)
    {
        if (format is ExportFormat.Csv) CsvText.AppendRow(_line, cells);
        else _line.AppendJoin(',', cells.Select(cell => CsvText.Quoted(cell))).Append("\r\n");
        return SendAsync();
    }

    private Task WriteObjectAsync(IEnumerable<ExportedCell> cells)
    {
        var separator = '{';
        foreach (var cell in cells)
        {
            _line.Append(separator).Append('"').Append(cell.Name).Append("\":");
            _line.Append(cell.Text is null ? "null" : cell.IsPlain ? cell.Text : JsonSerializer.Serialize(cell.Text));
            separator = ',';
        }
        _line.Append("}\n");
        return SendAsync();
    }

    private async Task SendAsync()
    {
        await output.WriteAsync(_line);
        _line.Clear();
    }
}
