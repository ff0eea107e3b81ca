namespace CampaignPortal.Marketing.Common;

/// <summary>What a user can mend: shown beside the field that it names.</summary>
/// <param name="Field">The input that is wrong, or null when the whole request is.</param>
/// <param name="Message">What was expected, what was found, what to do.</param>
public sealed record Problem(string? Field, string Message)
{
    public static Problem At(string field, string message) => new(field, message);

    public static Problem Of(string message) => new(null, message);
}

/// <summary>A value, or the problem that stands in its way.</summary>
public readonly struct Result<T>
{
    private readonly T? _value;

    private Result(T? value, Problem? problem) => (_value, Problem) = (value, problem);

    /// <summary>Null on success.</summary>
    public Problem? Problem { get; }

    public bool IsOk => Problem is null;

    /// <summary>The value.</summary>
    /// <exception cref="InvalidOperationException">There is a problem instead.</exception>
    public T Value => Problem is null ? _value! : throw new InvalidOperationException(Problem.Message);

    public static implicit operator Result<T>(T value) => new(value, null);

    public static implicit operator Result<T>(Problem problem) => new(default, problem);
}
