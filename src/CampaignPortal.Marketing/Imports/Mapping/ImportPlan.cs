using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using CampaignPortal.Marketing.Common;
using CampaignPortal.Marketing.Imports.Quality;
using CampaignPortal.Marketing.Imports.Reading;
using CampaignPortal.Marketing.Imports.Values;

namespace CampaignPortal.Marketing.Imports.Mapping;

/// <summary>Everything that is decided before the first row is written: how the file is read, what its columns mean, what is done about bad values.</summary>
public sealed record ImportPlan
{
    /// <summary>Name of the preset that turns rows into events, items or customers.</summary>
    public required string Preset { get; init; }

    public required FileFormat Format { get; init; }

    /// <summary>The file's columns, in order.</summary>
    public required IReadOnlyList<string> Columns { get; init; }

    /// <summary>Field of each mapped column, by the column's name.</summary>
    public required IReadOnlyDictionary<string, string> Fields { get; init; }

    /// <summary>IANA zone of times that state none.</summary>
    public string Zone { get; init; } = "UTC";

    /// <summary>ISO 4217 code of amounts that state none.</summary>
    public string Currency { get; init; } = "EUR";

    public NumberFormat Numbers { get; init; } = NumberFormat.Point;

    /// <summary>Format of each column of moments, by the column's name.</summary>
    public IReadOnlyDictionary<string, DateFormat> Dates { get; init; } = new Dictionary<string, DateFormat>();

    public ConsentStatement? Consent { get; init; }

    /// <summary>What may happen to customers and items that are known already.</summary>
    public ImportMode Mode { get; init; }

    /// <summary>An empty cell of a mapped column clears what is known; without it an empty cell says nothing.</summary>
    public bool ClearsEmpty { get; init; }

    /// <summary>ISO 3166 code of the country whose phone numbers are written without one; null leaves such numbers as they are.</summary>
    public string? Country { get; init; }

    /// <summary>What is done about bad values; without a choice a bad row goes to quarantine and a missing optional value stays missing.</summary>
    public IReadOnlyList<QualityChoice> Choices { get; init; } = [];

    /// <summary>Columns that no field takes: they are ignored, and listed.</summary>
    [JsonIgnore]
    public IEnumerable<string> UnmappedColumns => Columns.Where(c => !Fields.ContainsKey(c));

    public string ToJson() => JsonSerializer.Serialize(this, ImportJson.Options);

    /// <exception cref="JsonException">The text is no plan.</exception>
    public static ImportPlan FromJson(string json) => JsonSerializer.Deserialize<ImportPlan>(json, ImportJson.Options) ?? throw new JsonException("The mapping is empty.");

    /// <summary>Column that feeds a field, or −1.</summary>
    internal int ColumnOf(string field)
    {
        for (var i = 0; i < Columns.Count; i++)
        {
            if (Fields.TryGetValue(Columns[i], out var target) && target == field) return i;
        }
        return -1;
    }

    /// <summary>What keeps the plan from being carried out, or null.</summary>
    internal Problem? Check(IReadOnlyList<ImportField> fields)
    {
        foreach (var (column, field) in Fields)
        {
            if (!Columns.Contains(column, StringComparer.Ordinal)) return Problem.At(column, $"The mapping names the column {column}, which this file does not have. Its columns are {Listed(Columns)}.");
            if (!fields.Any(f => f.Name == field) && !field.StartsWith(ImportField.TraitPrefix, StringComparison.Ordinal))
                return Problem.At(column, $"There is no field {field}. Choose one of {Listed(fields.Select(f => f.Name))}.");
        }
        foreach (var target in Fields.GroupBy(f => f.Value, StringComparer.Ordinal))
        {
            if (target.Skip(1).Any()) return Problem.At(target.Key, $"Two columns feed the field {target.Key}: {Listed(target.Select(f => f.Key))}. Keep one of them.");
        }
        if (fields.FirstOrDefault(f => f.IsRequired && ColumnOf(f.Name) < 0) is { } missing)
            return Problem.At(missing.Name, $"No column feeds the field {missing.Name}, which is needed. Unmapped columns: {Listed(UnmappedColumns)}.");
        if (LocalClock.Find(Zone) is null) return Problem.At("zone", $"The time zone {Zone} is not known. Use a name such as Europe/London.");
        if (Currency.Length is not 3 || !Currency.All(char.IsAsciiLetterUpper)) return Problem.At("currency", $"A currency is three capital letters such as EUR; found {Currency}.");
        if (Country is not null && !Countries.IsCode(Country)) return Problem.At("country", $"A country is two capital letters such as DE; found {Country}.");
        if (TextDetection.Find(Format.Encoding) is null) return Problem.At("encoding", $"The encoding {Format.Encoding} is not known. Use utf-8, utf-16, gb18030 or windows-1252.");
        if (Choices.FirstOrDefault(c => !Columns.Contains(c.Column, StringComparer.Ordinal)) is { } choice) return Problem.At(choice.Column, $"A choice names the column {choice.Column}, which this file does not have.");
        return Choices.Select(c => c.Check()).FirstOrDefault(p => p is not null);
    }

    private static string Listed(IEnumerable<string> names)
    {
        var all = names.ToArray();
        return all.Length is 0 ? "none" : string.Join(", ", all.Take(20)) + (all.Length > 20 ? $" and {all.Length - 20} more" : "");
    }
}

/// <summary>What an import may do to customers and items (DI-07). Events are only ever added.</summary>
public enum ImportMode : byte
{
    /// <summary>Add what is new, change what is known.</summary>
    Upsert,
    /// <summary>Rows of known customers or items are left out.</summary>
    AddOnly,
    /// <summary>Rows of unknown ones are left out.</summary>
    UpdateOnly,
    /// <summary>What is known stays; only what is missing is filled.</summary>
    FillEmpty,
}

internal static class ImportJson
{
    /// <summary>Columns of any language stay readable in what is stored.</summary>
    public static JsonSerializerOptions Options { get; } = new(JsonSerializerDefaults.Web)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };
}
