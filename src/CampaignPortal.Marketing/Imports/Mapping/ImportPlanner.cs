using CampaignPortal.Marketing.Common;
using CampaignPortal.Marketing.Imports.Presets;
using CampaignPortal.Marketing.Imports.Reading;
using CampaignPortal.Marketing.Imports.Values;

namespace CampaignPortal.Marketing.Imports.Mapping;

/// <summary>What is stated about an import beside its file; null leaves the guess.</summary>
public sealed record PlanRequest(string Preset)
{
    public FormatOverride? Format { get; init; }

    /// <summary>Field of each column, in place of the proposals; columns that are not named stay unmapped.</summary>
    public IReadOnlyDictionary<string, string>? Fields { get; init; }

    /// <summary>A plan that a person saved for files of this shape.</summary>
    public ImportPlan? Saved { get; init; }

    /// <summary>The plan of the same file so far: its modes and choices stay, while formats are told from the cells anew.</summary>
    public ImportPlan? Kept { get; init; }

    public string? Zone { get; init; }

    public string? Currency { get; init; }

    public ConsentStatement? Consent { get; init; }
}

/// <summary>A plan to look at before anything is written.</summary>
/// <param name="Suggestions">Where the mapping came from likeness: how sure it is.</param>
/// <param name="Notes">What a person should look at: columns that are ignored, names that repeat, dates that could be read in two ways.</param>
public sealed record ImportProposal(ImportPlan Plan, FilePreview Preview, IReadOnlyList<FieldSuggestion> Suggestions, IReadOnlyList<string> Notes);

/// <summary>Looks at a file and proposes how to import it.</summary>
public static class ImportPlanner
{
    /// <summary>A plan that can be carried out, or what is missing.</summary>
    public static Result<ImportProposal> Propose(ImportSource source, PlanRequest request)
    {
        var draft = Draft(source, request);
        if (draft.IsOk && ProblemOf(draft.Value.Plan) is { } wrong) return wrong;
        return draft;
    }

    /// <summary>What keeps a plan from being carried out, or null.</summary>
    public static Problem? ProblemOf(ImportPlan plan) =>
        ImportPresets.Find(plan.Preset) is { } preset ? plan.Check(preset.Fields) ?? preset.Check(plan) : Problem.At("preset", $"There is no preset {plan.Preset}.");

    /// <summary>The best plan that can be told from the file, whether or not it is complete.</summary>
    public static Result<ImportProposal> Draft(ImportSource source, PlanRequest request)
    {
        if (ImportPresets.Find(request.Preset) is not { } preset)
            return Problem.At("preset", $"There is no preset {request.Preset}. Choose one of {string.Join(", ", ImportPresets.All.Select(p => p.Name))}.");
        var look = FileProbe.Look(source, request.Format ?? Stated(request.Saved));
        if (look.Problem is { } problem) return problem;
        var preview = look.Value;

        var suggestions = request.Fields is null && request.Saved is null ? FieldSuggestions.For(preview, preset.Fields) : [];
        var fields = request.Fields ?? request.Saved?.Fields ?? suggestions.ToDictionary(s => s.Column, s => s.Field, StringComparer.Ordinal);
        var plan = new ImportPlan
        {
            Preset = preset.Name,
            Format = preview.Format,
            Columns = preview.Columns,
            Fields = fields,
            Zone = request.Zone ?? request.Saved?.Zone ?? preset.Zone ?? "UTC",
            Currency = request.Currency ?? request.Saved?.Currency ?? preset.Currency ?? "EUR",
            Consent = request.Consent ?? request.Saved?.Consent,
            Choices = [.. ((request.Saved ?? request.Kept)?.Choices ?? []).Where(c => preview.Columns.Contains(c.Column, StringComparer.Ordinal))],
            Mode = (request.Saved ?? request.Kept)?.Mode ?? ImportMode.Upsert,
            ClearsEmpty = (request.Saved ?? request.Kept)?.ClearsEmpty ?? false,
            Country = (request.Saved ?? request.Kept)?.Country,
        };
        plan = plan with
        {
            Numbers = request.Saved?.Numbers ?? NumberFormat.Detect(CellsOf(preview, plan, preset, FieldKind.Number, FieldKind.Money)),
            Dates = request.Saved?.Dates ?? DatesOf(source, preview, plan, preset),
        };
        return new ImportProposal(plan, preview, suggestions, Notes(preview, plan));
    }

    private static FormatOverride? Stated(ImportPlan? saved) => saved?.Format is { Kind: FileKind.Delimited } format
        ? new FormatOverride(format.Encoding, format.Delimiter, format.HasHeader) // the sheet or packed file of the last import has another name today
        : null;

    private static IEnumerable<string> CellsOf(FilePreview preview, ImportPlan plan, ImportPreset preset, params FieldKind[] kinds) =>
        ColumnsOf(plan, preset, kinds).SelectMany(column => preview.Sample.Where(row => column < row.Length).Select(row => row[column]));

    private static IEnumerable<int> ColumnsOf(ImportPlan plan, ImportPreset preset, params FieldKind[] kinds) =>
        preset.Fields.Where(f => kinds.Contains(f.Kind)).Select(f => plan.ColumnOf(f.Name)).Where(column => column >= 0);

    private static Dictionary<string, DateFormat> DatesOf(ImportSource source, FilePreview preview, ImportPlan plan, ImportPreset preset)
    {
        var dates = new Dictionary<string, DateFormat>(StringComparer.Ordinal);
        foreach (var column in ColumnsOf(plan, preset, FieldKind.Moment, FieldKind.Day))
        {
            var format = DateFormat.Detect([.. preview.Sample.Where(row => column < row.Length).Select(row => row[column])]);
            dates[preview.Columns[column]] = format.IsAmbiguous ? LookFurther(source, preview.Format, column, format) : format;
        }
        return dates;
    }

    /// <summary>The first thousand rows may be of the first twelve days of a month: the file is read until a date tells day from month.</summary>
    private static DateFormat LookFurther(ImportSource source, FileFormat format, int column, DateFormat guess)
    {
        using var reader = format.Open(source, out _);
        while (reader.Read())
        {
            if (column >= reader.FieldCount) continue;
            var cell = reader[column].Trim();
            if (!DateParser.DependsOnOrder(cell)) continue;
            var isDay = DateParser.TryParse(cell, guess with { DayFirst = true }, out _);
            if (isDay != DateParser.TryParse(cell, guess with { DayFirst = false }, out _)) return guess with { DayFirst = isDay, IsAmbiguous = false };
        }
        return guess;
    }

    private static List<string> Notes(FilePreview preview, ImportPlan plan)
    {
        var notes = new List<string>();
        var unmapped = plan.UnmappedColumns.ToArray();
        if (unmapped.Length > 0) notes.Add($"{unmapped.Length} columns are not mapped and will be ignored: {string.Join(", ", unmapped.Take(30))}{(unmapped.Length > 30 ? ", …" : "")}.");
        if (preview.RepeatedColumns.Count > 0) notes.Add($"The header names {string.Join(", ", preview.RepeatedColumns)} more than once; the later ones carry a number.");
        notes.AddRange(from date in plan.Dates where date.Value.IsAmbiguous select $"Dates of {date.Key} could be read day first or month first; they are read {(date.Value.DayFirst ? "day" : "month")} first.");
        return notes;
    }
}
