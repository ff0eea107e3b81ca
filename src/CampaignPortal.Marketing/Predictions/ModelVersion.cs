using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace CampaignPortal.Marketing.Predictions;

/// <summary>One fit: its data window, seed and outcome.</summary>
public sealed class TrainingRun
{
    public const string NotPromoted = "not-promoted";

    public long Id { get; init; }
    /// <summary>The model's name: <c>segments</c>, <c>purchase-30</c>, <c>churn-90</c>, <c>lifetime-value</c>, <c>recommendations</c>.</summary>
    public required string Model { get; init; }
    /// <summary><c>running</c>, <c>succeeded</c>, <c>not-promoted</c>, <c>failed</c>, <c>cancelled</c>, <c>lost</c>.</summary>
    public required string Status { get; init; }
    public long Seed { get; init; }
    public required string Options { get; init; }
    /// <summary>The newest event that it saw.</summary>
    public long LastSequence { get; init; }
    public DateTimeOffset AsOf { get; init; }
    public DateTimeOffset StartedAt { get; init; }
    public DateTimeOffset? FinishedAt { get; init; }
    public double? Seconds { get; init; }
    /// <summary>Why it failed or was not promoted, in words.</summary>
    public string? Reason { get; init; }
    /// <summary>What was missing or wrong in the data, as JSON of <see cref="DataProblem"/>; null where nothing was.</summary>
    public string? Problems { get; init; }
    /// <summary>The version that came out of it.</summary>
    public int? Version { get; init; }

    public IReadOnlyList<DataProblem> ReadProblems() => Problems is null ? [] : JsonSerializer.Deserialize<DataProblem[]>(Problems, ModelDrift.Json) ?? [];
}

internal sealed class TrainingRunConfiguration : IEntityTypeConfiguration<TrainingRun>
{
    public void Configure(EntityTypeBuilder<TrainingRun> builder) => builder.HasIndex(r => new { r.Model, r.StartedAt });
}

/// <summary>A stored, promotable result of a training run. Its files lie in <c>models/&lt;name&gt;/&lt;version&gt;</c> of the data directory.</summary>
public sealed class ModelVersion
{
    public required string Model { get; init; }
    public int Version { get; init; }
    public long TrainingRunId { get; init; }
    /// <summary>What kind of estimator won: <c>logistic</c>, <c>mlp</c>, <c>kmeans</c>, …</summary>
    public required string Kind { get; init; }
    public DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset AsOf { get; init; }
    /// <summary>Hash over data, features, options and seed: equal fingerprints give equal files.</summary>
    public required string Fingerprint { get; init; }
    /// <summary>SHA-256 of the weights.</summary>
    public required string Sha256 { get; init; }
    /// <summary>Metrics, curves, drivers as one JSON document.</summary>
    public required string Metrics { get; init; }
    public bool IsPromoted { get; init; }
}

internal sealed class ModelVersionConfiguration : IEntityTypeConfiguration<ModelVersion>
{
    public void Configure(EntityTypeBuilder<ModelVersion> builder) => builder.HasKey(v => new { v.Model, v.Version });
}

/// <summary>Which version of a model answers now; changed only by one conditional update.</summary>
public sealed class ModelHead
{
    public required string Model { get; init; }
    public int Version { get; init; }
    public DateTimeOffset ActivatedAt { get; init; }
}

internal sealed class ModelHeadConfiguration : IEntityTypeConfiguration<ModelHead>
{
    public void Configure(EntityTypeBuilder<ModelHead> builder) => builder.HasKey(h => h.Model);
}

/// <summary>What a model says of a customer now.</summary>
public sealed class CustomerScore
{
    public long CustomerId { get; init; }
    /// <summary>The model's name; for values with several parts <c>model.part</c>, such as <c>lifetime-value.alive</c>.</summary>
    public required string Model { get; init; }
    public int Version { get; init; }
    /// <summary>A calibrated probability, an amount of money, or a segment's number: the model's definition says which.</summary>
    public double Value { get; init; }
    public double? Lower { get; init; }
    public double? Upper { get; init; }
    /// <summary>Share of scored customers with a lower value, 0 to 1.</summary>
    public double Percentile { get; init; }
    /// <summary>Reasons as JSON: [{"feature","value","contribution"}].</summary>
    public string? Reasons { get; init; }
    public DateTimeOffset AsOf { get; init; }
}

internal sealed class CustomerScoreConfiguration : IEntityTypeConfiguration<CustomerScore>
{
    public void Configure(EntityTypeBuilder<CustomerScore> builder)
    {
        builder.HasKey(s => new { s.CustomerId, s.Model });
        builder.HasIndex(s => new { s.Model, s.Value, s.CustomerId, s.Percentile, s.AsOf }); // the list ordered by a score, the share above a threshold, rules of audiences: from the index alone
    }
}
