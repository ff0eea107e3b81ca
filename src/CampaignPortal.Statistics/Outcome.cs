namespace CampaignPortal.Statistics;

/// <summary>Whether an estimator could answer.</summary>
public enum OutcomeStatus
{
    /// <summary>Computed; the answer may carry warnings.</summary>
    Ok,

    /// <summary>The question is fair, the data cannot answer it yet.</summary>
    InsufficientData,

    /// <summary>The caller made a mistake; nothing was repaired or dropped.</summary>
    InvalidInput,

    /// <summary>An iteration or a likelihood has no finite optimum.</summary>
    NotConverged,
}

/// <summary>Why there is no number: a status and one of the codes of <see cref="Reasons"/>.</summary>
/// <param name="Status">Never <see cref="OutcomeStatus.Ok"/>.</param>
/// <param name="Reason">A code of <see cref="Reasons"/>.</param>
public readonly record struct Refusal(OutcomeStatus Status, string Reason)
{
    internal static Refusal Insufficient(string reason) => new(OutcomeStatus.InsufficientData, reason);

    internal static Refusal Invalid(string reason) => new(OutcomeStatus.InvalidInput, reason);

    internal static Refusal NotConverged(string reason) => new(OutcomeStatus.NotConverged, reason);
}

/// <summary>An answer with its warnings, or the reason why there is none: never a made-up number.</summary>
/// <typeparam name="T">The answer.</typeparam>
public sealed class Outcome<T>
{
    private readonly T? _value;

    internal Outcome(T value, IReadOnlyList<string> warnings) => (_value, Warnings) = (value, warnings);

    private Outcome(Refusal refusal) => (Status, Reason, Warnings) = (refusal.Status, refusal.Reason, []);

    /// <summary>Whether <see cref="Value"/> may be read.</summary>
    public bool IsOk => Status is OutcomeStatus.Ok;

    /// <summary>Ok, or the kind of refusal.</summary>
    public OutcomeStatus Status { get; }

    /// <summary>A code of <see cref="Reasons"/>; null when the status is ok.</summary>
    public string? Reason { get; }

    /// <summary>Codes of <see cref="WarningCodes"/>; they do not change numbers.</summary>
    public IReadOnlyList<string> Warnings { get; }

    /// <summary>The answer.</summary>
    /// <exception cref="InvalidOperationException">There is none; the message holds the reason.</exception>
    public T Value => IsOk ? _value! : throw new InvalidOperationException($"There is no answer: {Status}, {Reason}."); // set by the only constructor that leaves Ok

    /// <summary>The refusal.</summary>
    /// <exception cref="InvalidOperationException">There is an answer.</exception>
    public Refusal Refusal => Reason is { } reason ? new Refusal(Status, reason) : throw new InvalidOperationException("There is an answer.");

    /// <summary>The answer seen in another way; a refusal and the warnings stay.</summary>
    public Outcome<TOther> Select<TOther>(Func<T, TOther> see) => IsOk ? new Outcome<TOther>(see(_value!), Warnings) : Refusal; // ok has a value

    /// <summary>An answer without warnings.</summary>
    public static implicit operator Outcome<T>(T value) => new(value, []);

    /// <summary>No answer.</summary>
    public static implicit operator Outcome<T>(Refusal refusal) => new(refusal);
}

/// <summary>Starts an <see cref="Outcome{T}"/> that carries warnings.</summary>
public static class Outcome
{
    /// <summary>An answer with warnings (codes of <see cref="WarningCodes"/>).</summary>
    public static Outcome<T> Ok<T>(T value, params IReadOnlyList<string> warnings) => new(value, warnings);
}

/// <summary>Codes that say why there is no number; pages turn them into words.</summary>
public static class Reasons
{
#pragma warning disable CS1591 // each constant says in words what its code says
    public const string AlphaOutOfRange = "alpha-out-of-range";
    public const string ArmBelow100Units = "arm-below-100-units";
    public const string DeliveredExceedsSent = "delivered-exceeds-sent";
    public const string DeltaOutOfRange = "delta-out-of-range";
    public const string EmptyArm = "empty-arm";
    public const string EpsilonNotPositive = "epsilon-not-positive";
    public const string LengthMismatch = "length-mismatch";
    public const string MeanUndefined = "mean-undefined";
    public const string MonotoneLikelihood = "monotone-likelihood";
    public const string NegativeCount = "negative-count";
    public const string NegativeValue = "negative-value";
    public const string NoConversions = "no-conversions";
    public const string NoEvents = "no-events";
    public const string NoMatchedEvents = "no-matched-events";
    public const string NoRepeatCustomers = "no-repeat-customers";
    public const string NoUnits = "no-units";
    public const string NoVariation = "no-variation";
    public const string NonFiniteValue = "non-finite-value";
    public const string OutcomeNotBinary = "outcome-not-binary";
    public const string PValueOutOfRange = "p-value-out-of-range";
    public const string PriorNotPositive = "prior-not-positive";
    public const string ProbabilityOutOfRange = "probability-out-of-range";
    public const string PropensityOutOfRange = "propensity-out-of-range";
    public const string RecencyExceedsAge = "recency-exceeds-age";
    public const string RecencyWithoutRepeat = "recency-without-repeat";
    public const string SingleClass = "single-class";
    public const string SingleGroup = "single-group";
    public const string SuccessesExceedTrials = "successes-exceed-trials";
    public const string TooFewObservations = "too-few-observations";
    public const string WeightsNotPositive = "weights-not-positive";
    public const string ZeroBaseline = "zero-baseline";
    public const string ZeroDenominator = "zero-denominator";
    public const string ZeroEffect = "zero-effect";
    public const string ZeroTotal = "zero-total";
    public const string ZeroVariance = "zero-variance";
}

/// <summary>Codes of what a reader should know beside a number that could be computed.</summary>
public static class WarningCodes
{
    public const string CovariateNoVariance = "covariate-no-variance";
    public const string FiellerUnbounded = "fieller-unbounded";
    public const string FloorTooHigh = "floor-too-high";
    public const string GroupWithoutPositives = "group-without-positives";
    public const string PriorOnly = "prior-only";
    public const string SingleClass = "single-class";
    public const string SmallExpectedCount = "small-expected-count";
    public const string TrafficInZeroWeightArm = "traffic-in-zero-weight-arm";
#pragma warning restore CS1591
}
