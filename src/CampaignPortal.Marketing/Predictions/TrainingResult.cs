namespace CampaignPortal.Marketing.Predictions;

/// <summary>How a training run ended, apart from being stopped.</summary>
public enum TrainingOutcome
{
    Trained,
    /// <summary>The shop is below the model's floor of data: what is missing is said in words, and a simple statistic stands in.</summary>
    NotEnoughData,
    /// <summary>There are data, but nothing can be learnt from them: one class, constant columns, no finite optimum.</summary>
    FailedOnData,
}

/// <summary>Something that is missing or wrong in the data.</summary>
/// <param name="Code">Key of the words in the resource files.</param>
/// <param name="Text">The same in English.</param>
/// <param name="Arguments">Numbers and names that the words need, in order.</param>
public sealed record DataProblem(string Code, string Text, params IReadOnlyList<string> Arguments);

/// <summary>What a trainer gives back: the model, or why there is none and what stands in for it.</summary>
/// <param name="Problems">Empty when trained.</param>
/// <param name="Fallback">A labelled simple statistic for every customer where there is no model; empty when trained.</param>
public sealed record TrainingResult<TModel>(
    TrainingOutcome Outcome, TModel? Model, IReadOnlyList<DataProblem> Problems, IReadOnlyList<ScoreRow> Fallback)
    where TModel : class
{
    /// <summary>The problems in English, in one line; null when trained.</summary>
    public string? Reason => Problems.Count == 0 ? null : string.Join(' ', Problems.Select(p => p.Text));
}

/// <summary>Makes results.</summary>
public static class TrainingResult
{
    public static TrainingResult<TModel> Of<TModel>(TModel model) where TModel : class => new(TrainingOutcome.Trained, model, [], []);

    public static TrainingResult<TModel> TooLittle<TModel>(IReadOnlyList<DataProblem> problems, IReadOnlyList<ScoreRow> fallback) where TModel : class =>
        new(TrainingOutcome.NotEnoughData, null, problems, fallback);

    public static TrainingResult<TModel> Failed<TModel>(DataProblem problem, IReadOnlyList<ScoreRow> fallback) where TModel : class =>
        new(TrainingOutcome.FailedOnData, null, [problem], fallback);
}

/// <summary>Part of a score that one feature (or theme) explains.</summary>
/// <param name="Feature">Name of a feature; <see cref="Average"/> or <see cref="EverythingElse"/> for the two rows that make the sum whole.</param>
/// <param name="Value">The feature's value for this customer; null for the two.</param>
/// <param name="Contribution">In the score's own unit. All rows of a customer add up to the score.</param>
public sealed record ScoreReason(string Feature, double? Value, double Contribution)
{
    public const string Average = "average", EverythingElse = "everything-else";
}

/// <summary>What a model says of one customer.</summary>
/// <param name="Part">Null for the score itself; otherwise which part of the answer: <c>alive</c>, <c>orders</c>, …</param>
/// <param name="Percentile">Share of scored customers with a lower value, 0 to 1; equal values share the middle.</param>
public sealed record ScoreRow(long CustomerId, string? Part, double Value, double Percentile)
{
    public double? Lower { get; init; }
    public double? Upper { get; init; }
    public IReadOnlyList<ScoreReason> Reasons { get; init; } = [];
}
