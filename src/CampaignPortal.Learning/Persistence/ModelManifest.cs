using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace CampaignPortal.Learning.Persistence;

/// <summary>What a trainer knows about a model beside its weights; everything is optional and is kept with the model.</summary>
public sealed record ModelDetails
{
    /// <summary>Names of the input columns, in order.</summary>
    public IReadOnlyList<string>? Columns { get; init; }

    /// <summary>Labels of the classes, in order of the model's outputs.</summary>
    public IReadOnlyList<string>? Classes { get; init; }

    /// <summary>Start of the training window (included).</summary>
    public DateTimeOffset? WindowFrom { get; init; }

    /// <summary>End of the training window (excluded).</summary>
    public DateTimeOffset? WindowTo { get; init; }

    /// <summary>Number of training rows.</summary>
    public long? RowCount { get; init; }

    /// <summary>Seed of the run.</summary>
    public long? Seed { get; init; }

    /// <summary>Figures on the validation part, by name.</summary>
    public IReadOnlyDictionary<string, double>? Metrics { get; init; }
}

/// <summary>The <c>manifest.json</c> beside a model's weights. It holds no type names and nothing that is executed on load.</summary>
/// <remarks>The number of threads is left out on purpose: it does not change a model, so two runs of one seed give the same file.</remarks>
public sealed record ModelManifest
{
    /// <summary>Version of the format that this library writes.</summary>
    public const int CurrentFormat = 1;

    /// <summary>Version of the format of this file.</summary>
    public required int Format { get; init; }

    /// <summary>Stable name of the kind of model.</summary>
    public required string Kind { get; init; }

    /// <summary>Version of the library that wrote the file.</summary>
    public required string Engine { get; init; }

    /// <summary>Width of the vectors that summed, in bits: part of a model's identity.</summary>
    public required int VectorBits { get; init; }

    /// <summary>SHA-256 of the weights file, lower-case hexadecimal.</summary>
    public required string WeightsSha256 { get; init; }

    /// <summary>What the trainer told.</summary>
    public ModelDetails Details { get; init; } = new();

    /// <summary>Options and small facts of the model.</summary>
    public JsonObject Settings { get; init; } = [];

    internal static JsonSerializerOptions Json { get; } = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        WriteIndented = true,
        NewLine = "\n",
        AllowDuplicateProperties = false,
    };
}
