using CampaignPortal.Benchmarks.Ranking;
using CampaignPortal.Benchmarks.Tabular;
using CampaignPortal.Learning.Data;
using CampaignPortal.Learning.Tabular;
using CampaignPortal.Learning.Uplift;

namespace CampaignPortal.Benchmarks.Uplift;

/// <summary>Which columns and values of a table make an uplift task.</summary>
internal sealed record UpliftColumns(string Treatment, string Outcome, string? Treated, string? Control, IReadOnlyCollection<string> Excluded);

/// <summary>A table on disk as an uplift task. Rows of other arms are left out; row numbers of splits count all rows.</summary>
internal static class UpliftFile
{
    public static (UpliftRows Training, UpliftRows Test) Read(string path, string? testPath, UpliftColumns columns, Func<float[], TabularPart[]> split)
    {
        var arms = Arms(path, columns);
        var outcomes = Outcomes(path, columns.Outcome);
        var parts = testPath is null ? split(outcomes) : [.. outcomes.Select(_ => TabularPart.Training)];
        var schema = SchemaOf(path, columns, parts, arms, outcomes);
        var training = Rows(path, schema, arms, outcomes, i => parts[i] == TabularPart.Training);
        if (testPath is null) return (training, Rows(path, schema, arms, outcomes, i => parts[i] == TabularPart.Test));
        return (training, Rows(testPath, schema, Arms(testPath, columns), Outcomes(testPath, columns.Outcome), _ => true));
    }

    private static UpliftRows Rows(string path, TabularSchema schema, int[] arms, float[] outcomes, Func<int, bool> isWanted)
    {
        int[] wanted = [.. Enumerable.Range(0, arms.Length).Where(i => arms[i] >= 0 && isWanted(i))];
        using var rows = new CsvRows(path);
        var cells = schema.Columns.Select(c => rows.Column(c.Name)).ToArray();
        var matrix = new Matrix(wanted.Length, cells.Length, schema.Names);
        for (int i = 0, next = 0; rows.Read() && next < wanted.Length; i++)
        {
            if (i != wanted[next]) continue;
            for (var j = 0; j < cells.Length; j++) matrix[next, j] = schema.Columns[j].Encode(rows[cells[j]]);
            next++;
        }
        return new UpliftRows(schema, matrix, [.. wanted.Select(i => arms[i])], [.. wanted.Select(i => outcomes[i])]);
    }

    /// <summary>1 treated, 0 control, −1 another arm.</summary>
    private static int[] Arms(string path, UpliftColumns columns)
    {
        var texts = Texts(path, columns.Treatment);
        string[] values = [.. texts.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        if (values.Length > 2 && (columns.Treated is null || columns.Control is null))
            throw new ArgumentException($"The treatment '{columns.Treatment}' has {values.Length} values ({string.Join(", ", values.Take(6))}): name two with --treated and --control.");
        var treated = columns.Treated ?? values.FirstOrDefault(v => v.ToUpperInvariant() is "1" or "TRUE" or "YES") ?? values[^1];
        return [.. texts.Select(t => t == treated ? 1 : columns.Control is null || t == columns.Control ? 0 : -1)];
    }

    private static float[] Outcomes(string path, string column) => [.. Texts(path, column).Select(t => t.ToUpperInvariant() switch
    {
        "1" or "TRUE" or "YES" => 1f,
        "0" or "FALSE" or "NO" => 0f,
        _ => throw new InvalidDataException($"{path}: the outcome '{column}' must be 0 or 1 (or true, yes, false, no); found '{t}'."),
    })];

    private static List<string> Texts(string path, string column)
    {
        using var rows = new CsvRows(path);
        var cell = rows.Column(column);
        var texts = new List<string>();
        while (rows.Read()) texts.Add(rows[cell].Trim().ToString());
        return texts;
    }

    private static TabularSchema SchemaOf(string path, UpliftColumns columns, TabularPart[] parts, int[] arms, float[] outcomes)
    {
        bool IsTraining(int i) => arms[i] >= 0 && parts[i] == TabularPart.Training;
        using var rows = new CsvRows(path);
        var builder = new TabularSchemaBuilder(rows.Header);
        for (var i = 0; rows.Read(); i++) if (IsTraining(i)) builder.See(cell => rows[cell]);
        var schema = builder.Build([.. columns.Excluded, columns.Treatment, columns.Outcome]);
        var training = Rows(path, schema, arms, outcomes, IsTraining);
        string[] late = [.. Enumerable.Range(0, schema.Columns.Count).Where(j => Decides(training.Rows.Column(j), training.Outcomes)).Select(j => schema.Columns[j].Name)];
        foreach (var name in late) Console.WriteLine($"left out: {name}: whatever differs from its usual value has outcome 1, so it happened after the treatment");
        return late.Length == 0 ? schema : builder.Build([.. columns.Excluded, .. late, columns.Treatment, columns.Outcome]);
    }

    /// <summary>Whether every one of at least 20 rows that differ from the usual value has outcome 1.</summary>
    private static bool Decides(float[] values, float[] outcomes)
    {
        var usual = values.CountBy(v => v).MaxBy(c => c.Value).Key;
        var others = Enumerable.Range(0, values.Length).Where(i => !values[i].Equals(usual)).ToArray();
        return others.Length >= 20 && Array.TrueForAll(others, i => outcomes[i] == 1);
    }
}
