using CampaignPortal.Benchmarks.Ranking;
using CampaignPortal.Learning.Data;
using CampaignPortal.Learning.Tabular;
using CampaignPortal.Statistics.Random;

namespace CampaignPortal.Benchmarks.Tabular;

/// <summary>Which rows of a task are for training and which are judged.</summary>
internal enum TabularPart
{
    Training,
    Test,
}

/// <summary>A table on disk as a task: labels first, then kinds of columns from the training rows alone, then the values.</summary>
internal static class TabularFile
{
    /// <summary>Rows of training and test, with the columns to leave out.</summary>
    public static (TabularRows Training, TabularRows Test) Read(string path, string? testPath, string target, IReadOnlyCollection<string> excluded, Func<float[], TabularPart[]> split)
    {
        var labels = Labels(path, target);
        var parts = testPath is null ? split(labels.Values) : [.. labels.Values.Select(_ => TabularPart.Training)];
        var training = Indices(parts, TabularPart.Training);
        string[] left = [.. excluded, target];
        var schema = SchemaOf(path, parts, left, out var builder);
        var trainingRows = new TabularRows(schema, Encode(path, schema, parts, TabularPart.Training), Array.ConvertAll(training, i => labels.Values[i]));
        var codes = Enumerable.Range(0, schema.Columns.Count)
            .Where(j => builder.MayBeCode(schema.Columns[j]) && CodeDetection.IsCode(trainingRows.Rows.Column(j), trainingRows.Labels)).ToArray();
        if (codes.Length > 0)
        {
            schema = builder.WithCodes(schema, codes);
            trainingRows = trainingRows with { Schema = schema, Rows = Encode(path, schema, parts, TabularPart.Training) };
        }
        if (testPath is null) return (trainingRows, new TabularRows(schema, Encode(path, schema, parts, TabularPart.Test), [.. Indices(parts, TabularPart.Test).Select(i => labels.Values[i])]));
        var others = Labels(testPath, target, labels.Positive);
        TabularPart[] test = [.. others.Values.Select(_ => TabularPart.Test)];
        return (trainingRows, new TabularRows(schema, Encode(testPath, schema, test, TabularPart.Test), others.Values));
    }

    /// <summary>Rows i with uniform(1, stream 70)[i] ≥ 0.8 are the test rows: the split that published figures of these files use.</summary>
    private static TabularPart[] ByRecipe(float[] labels) => [.. labels.Select((_, i) => CounterRng.Uniform(1, 70, (ulong)i) >= 0.8 ? TabularPart.Test : TabularPart.Training)];

    /// <summary>A seeded split by class: 85 of 100 rows to learn and choose from, 15 for the test.</summary>
    private static Func<float[], TabularPart[]> Stratified(long seed) => labels =>
    {
        var (parts, rng) = (new TabularPart[labels.Length], new Rng(seed).Fork(70));
        foreach (var label in new[] { 0f, 1f })
        {
            var rows = Enumerable.Range(0, labels.Length).Where(i => labels[i] == label).ToArray();
            rng.Shuffle(rows.AsSpan());
            foreach (var i in rows.AsSpan(0, (int)Math.Round(0.15 * rows.Length))) parts[i] = TabularPart.Test;
        }
        return parts;
    };

    /// <summary>The split that an option names.</summary>
    public static Func<float[], TabularPart[]> SplitOf(string? name, long seed) => name switch
    {
        "recipes" => ByRecipe,
        "stratified" => Stratified(seed),
        _ => throw new ArgumentException($"--split is stratified or recipes, not '{name}'."),
    };

    /// <summary>Names separated by commas.</summary>
    public static string[] Names(string? list) => list?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) ?? [];

    private static int[] Indices(TabularPart[] parts, TabularPart part) => [.. Enumerable.Range(0, parts.Length).Where(i => parts[i] == part)];

    /// <summary>The target as 0 or 1: of two values 1, true or yes is the positive one, else the later in ordinal order.</summary>
    private static (float[] Values, string Positive) Labels(string path, string target, string? positive = null)
    {
        using var rows = new CsvRows(path);
        var column = rows.Column(target);
        var texts = new List<string>();
        var pool = new Dictionary<string, string>(StringComparer.Ordinal).GetAlternateLookup<ReadOnlySpan<char>>();
        while (rows.Read())
        {
            var cell = rows[column].Trim();
            if (!pool.TryGetValue(cell, out var text)) pool[cell] = text = cell.ToString();
            texts.Add(text);
        }
        string[] values = [.. pool.Dictionary.Keys.Order(StringComparer.Ordinal)];
        if (positive is null && values.Length != 2) throw new InvalidDataException($"{path}: the target '{target}' must have two values; it has {values.Length}: {string.Join(", ", values.Take(5))}.");
        positive ??= values.FirstOrDefault(v => v.ToUpperInvariant() is "1" or "TRUE" or "YES") ?? values[^1];
        return ([.. texts.Select(t => t == positive ? 1f : 0f)], positive);
    }

    private static TabularSchema SchemaOf(string path, TabularPart[] parts, string[] excluded, out TabularSchemaBuilder builder)
    {
        using var rows = new CsvRows(path);
        foreach (var name in excluded) rows.Column(name); // a wrong name is an error
        builder = new TabularSchemaBuilder(rows.Header);
        for (var i = 0; rows.Read(); i++) if (parts[i] == TabularPart.Training) builder.See(cell => rows[cell]);
        return builder.Build(excluded);
    }

    private static Matrix Encode(string path, TabularSchema schema, TabularPart[] parts, TabularPart part)
    {
        using var rows = new CsvRows(path);
        var cells = Enumerable.Range(0, rows.Header.Count).ToArray();
        foreach (var column in schema.Columns) cells[column.Source] = rows.Column(column.Name); // another file may order its columns otherwise
        var result = new Matrix(parts.Count(p => p == part), schema.Columns.Count, schema.Names);
        var next = 0;
        for (var i = 0; rows.Read(); i++) if (parts[i] == part) schema.Encode(cell => rows[cells[cell]], result.Row(next++));
        return result;
    }
}
