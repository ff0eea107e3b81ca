using System.Text.Json;
using CampaignPortal.Learning.Metrics;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace CampaignPortal.Marketing.Predictions;

/// <summary>How one input lies now beside the rows that the model learnt from.</summary>
/// <param name="Feature">Name of the feature.</param>
/// <param name="Theme">What it tells of, such as <c>Recency</c>.</param>
/// <param name="Edges">Inner edges of the bins: deciles of what it learnt from.</param>
/// <param name="Then">Share of the known values in each bin; one more than there are edges.</param>
/// <param name="Now">The same today.</param>
/// <param name="Psi">Population stability index of the two, missing values as a bin of their own.</param>
public sealed record InputDrift(
    string Feature, string Theme, IReadOnlyList<double> Edges, IReadOnlyList<double> Then, IReadOnlyList<double> Now, double MissingThen, double MissingNow, double Psi)
{
    /// <summary>From here on a person should look.</summary>
    public const double Warning = 0.1;

    /// <summary>Beyond this the model sees other customers than it learnt from.</summary>
    public const double Limit = 0.2;

    private const int BinCount = 10;

    /// <summary>Edges and counts of one column; the last count is that of missing values.</summary>
    internal static (double[] Edges, double[] Counts) Reference(ReadOnlySpan<float> column)
    {
        var known = Known(column);
        if (known.Length == 0) return (new double[BinCount - 1], [.. new double[BinCount], column.Length]);
        var edges = Drift.QuantileEdges(known, BinCount);
        return (edges, [.. Drift.Histogram(known, edges), column.Length - known.Length]);
    }

    internal static InputDrift Of(string feature, string theme, double[] edges, double[] then, ReadOnlySpan<float> column)
    {
        var known = Known(column);
        double[] now = [.. Drift.Histogram(known, edges), column.Length - known.Length];
        return new InputDrift(feature, theme, edges, Shares(then), Shares(now), then[^1] / Math.Max(1, then.Sum()), now[^1] / Math.Max(1, now.Sum()), Drift.Psi(then, now));
    }

    private static double[] Known(ReadOnlySpan<float> column)
    {
        var known = new List<double>(column.Length);
        foreach (var value in column)
        {
            if (float.IsFinite(value)) known.Add(value);
        }
        return [.. known];
    }

    private static double[] Shares(double[] counts)
    {
        var sum = counts[..^1].Sum();
        return [.. counts[..^1].Select(c => sum > 0 ? Math.Round(c / sum, 5) : 0)];
    }
}

/// <summary>The drift of a model's inputs as one scoring found it.</summary>
public sealed class ModelDrift
{
    public required string Model { get; init; }
    public int Version { get; init; }
    /// <summary>The moment of the scoring.</summary>
    public DateTimeOffset AsOf { get; init; }
    /// <summary>Mean stability index of the inputs.</summary>
    public double Mean { get; init; }
    /// <summary>Mean stability index by theme, as JSON: what the lines of the page draw.</summary>
    public required string Themes { get; init; }
    /// <summary>All inputs as JSON; only of the newest scoring, earlier ones keep their means.</summary>
    public string? Inputs { get; init; }

    internal static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    public IReadOnlyDictionary<string, double> ReadThemes() => JsonSerializer.Deserialize<Dictionary<string, double>>(Themes, Json) ?? [];

    public IReadOnlyList<InputDrift> ReadInputs() => Inputs is null ? [] : JsonSerializer.Deserialize<InputDrift[]>(Inputs, Json) ?? [];
}

internal sealed class ModelDriftConfiguration : IEntityTypeConfiguration<ModelDrift>
{
    public void Configure(EntityTypeBuilder<ModelDrift> builder) => builder.HasKey(d => new { d.Model, d.AsOf });
}
