using System.Collections.Concurrent;
using CampaignPortal.Marketing.Events;
using CampaignPortal.Statistics.Random;

namespace CampaignPortal.Marketing.Predictions;

/// <summary>One kind of model that the portal trains, registers and scores with. Jobs, pages and the command line walk over all that are registered.</summary>
public interface IPrediction
{
    /// <summary>Name in the registry: <c>segments</c>, <c>purchase-30</c>, …</summary>
    string Model { get; }

    /// <summary>Models of a lower number are trained and scored first, because later ones may read what they say.</summary>
    int Order { get; }

    /// <summary>Learns from the log; never writes.</summary>
    TrainedVersion Train(TrainingInput input, CancellationToken ct);

    /// <summary>Scores every customer with a saved version.</summary>
    /// <exception cref="InvalidDataException">The files are damaged or of another kind.</exception>
    PredictionOutput Score(ScoringInput input, CancellationToken ct);

    /// <summary>Names of the features that a saved version reads; none for models that read the log itself.</summary>
    /// <exception cref="InvalidDataException">The files are damaged or of another kind.</exception>
    IReadOnlyList<string> FeaturesOf(string folder) => [];
}

/// <summary>What a training sees.</summary>
/// <param name="LiveFolder">The version that answers now, to compare with and to keep names from; null while there is none.</param>
/// <param name="Report">Hears the stage in words and the share that is done, 0 to 1.</param>
public sealed record TrainingInput(EventTable Table, Rng Rng, string? LiveFolder, Action<string, double> Report)
{
    /// <summary>Hears each epoch while the model learns; null when nobody watches.</summary>
    public Action<Propensity.TrainingStep>? OnStep { get; init; }

    /// <summary>Segment of each customer, for models that are trained after the segments.</summary>
    public IReadOnlyDictionary<long, int> Segments { get; init; } = new Dictionary<long, int>();

    /// <summary>What several models of one run make from the same table: each is made once.</summary>
    public SharedInputs Shared { get; init; } = new();
}

/// <summary>Inputs that several models of one run share; made by whoever asks first, while the others wait.</summary>
public sealed class SharedInputs
{
    private readonly ConcurrentDictionary<object, Lazy<object>> _made = new();

    /// <param name="key">Everything that the value depends on, apart from the table.</param>
    /// <param name="make">Makes it; pure, so that it does not matter whose is kept.</param>
    public T Of<T>(object key, Func<T> make) where T : class => (T)_made.GetOrAdd((typeof(T), key), _ => new Lazy<object>(make)).Value;
}

/// <summary>What a scoring sees.</summary>
/// <param name="Folder">Files of the version.</param>
/// <param name="Segments">Segment of each customer, where segments are scored already.</param>
public sealed record ScoringInput(EventTable Table, string Folder, IReadOnlyDictionary<long, int> Segments);

/// <summary>A fit, not yet stored.</summary>
/// <param name="Kind">The estimator that won; null when nothing could be trained.</param>
/// <param name="Save">Writes the files into a folder that does not exist yet; null when nothing could be trained.</param>
/// <param name="Headline">The few figures that lists and the command line show.</param>
/// <param name="Details">Everything that the model's page shows; stored as JSON.</param>
/// <param name="IsBetter">Whether it may take the live version's place: better or equal within the stated tolerance on the same rows.</param>
/// <param name="Reason">Why it could not be trained or should not be promoted, in words.</param>
public sealed record TrainedVersion(string? Kind, Action<string>? Save, IReadOnlyDictionary<string, double> Headline, object? Details, bool IsBetter, string? Reason)
{
    /// <summary>Scores of a labelled simple statistic, where there are too few data for a model (PR-09).</summary>
    public IReadOnlyList<ScoreRow> Fallback { get; init; } = [];

    /// <summary>What is missing or wrong in the data, with the amounts; empty when it was trained.</summary>
    public IReadOnlyList<DataProblem> Problems { get; init; } = [];

    public static TrainedVersion Impossible(IReadOnlyList<DataProblem> problems, IReadOnlyList<ScoreRow> fallback) =>
        new(null, null, new Dictionary<string, double>(StringComparer.Ordinal), null, IsBetter: false, string.Join(' ', problems.Select(p => p.Text))) { Fallback = fallback, Problems = problems };
}

/// <summary>What a model says of the customers.</summary>
public sealed record PredictionOutput(IReadOnlyList<ScoreRow> Scores, IReadOnlyList<PreparedList> Lists)
{
    /// <summary>How the inputs lie now beside those that the model learnt from; empty for models that keep no reference.</summary>
    public IReadOnlyList<InputDrift> Drift { get; init; } = [];
}

/// <summary>A list of items prepared for a customer.</summary>
/// <param name="Items">JSON as <see cref="Recommendations.RecommendationList.Items"/> describes it.</param>
/// <param name="ItemCount">How many these are.</param>
public sealed record PreparedList(long CustomerId, string List, string Items, int ItemCount);
