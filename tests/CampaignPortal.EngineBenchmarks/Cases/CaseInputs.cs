using System.Globalization;
using System.Text.Json;

namespace CampaignPortal.Benchmarks.Cases;

/// <summary>The inputs of a reference case, read with the conventions of its schema: "NaN" and "Infinity" are texts, null means "none".</summary>
public readonly record struct CaseInputs(JsonElement Json, string Folder)
{
    public CaseInputs this[string name] => this with { Json = Json.GetProperty(name) };

    public bool Has(string name) => Json.TryGetProperty(name, out var value) && value.ValueKind is not JsonValueKind.Null;

    public IReadOnlyList<CaseInputs> Items(string name)
    {
        var folder = Folder;
        return [.. Json.GetProperty(name).EnumerateArray().Select(item => new CaseInputs(item, folder))];
    }

    public double Number(string name) => ToNumber(Json.GetProperty(name));

    public double? NumberOrNull(string name) => Has(name) ? Number(name) : null;

    public long Count(string name) => (long)Number(name);

    public int Whole(string name) => checked((int)Number(name));

    public bool Flag(string name) => Json.GetProperty(name).GetBoolean();

    public string Text(string name) => Json.GetProperty(name).GetString() ?? "";

    public double[] Numbers(string name) => ToNumbers(Json.GetProperty(name));

    public int[] Wholes(string name) => [.. Numbers(name).Select(value => checked((int)value))];

    public long[] Counts(string name) => [.. Numbers(name).Select(value => (long)value)];

    public double[][] Matrix(string name) => [.. Json.GetProperty(name).EnumerateArray().Select(ToNumbers)];

    public string[] Texts(string name) => [.. Json.GetProperty(name).EnumerateArray().Select(item => item.GetString() ?? "")];

    /// <summary>The columns of the data file that the case names, in the order asked for.</summary>
    public double[][] Columns(params string[] names)
    {
        var rows = File.ReadAllLines(Path.Combine(Folder, Text("dataFile")));
        var header = rows[0].Split(',');
        var file = Text("dataFile");
        return
        [
            .. names.Select(name =>
            {
                var column = Array.IndexOf(header, name);
                if (column < 0) throw new InvalidDataException($"{file} has no column '{name}', only {rows[0]}.");
                return rows.Skip(1).Where(row => row.Length > 0)
                    .Select(row => double.Parse(row.Split(',')[column], CultureInfo.InvariantCulture)).ToArray();
            }),
        ];
    }

    private static double[] ToNumbers(JsonElement array) => [.. array.EnumerateArray().Select(ToNumber)];

    private static double ToNumber(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => double.Parse(value.GetString()!, CultureInfo.InvariantCulture), // a string element has a string
        JsonValueKind.True => 1,
        JsonValueKind.False => 0,
        _ => value.GetDouble(),
    };
}
