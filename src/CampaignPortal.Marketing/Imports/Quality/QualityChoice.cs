using CampaignPortal.Marketing.Common;

namespace CampaignPortal.Marketing.Imports.Quality;

/// <summary>What can be wrong with a value.</summary>
public enum QualityProblem : byte
{
    Missing,
    /// <summary>Not of the column's type, or outside what its field can hold.</summary>
    Impossible,
    /// <summary>A number beyond the fences of its column.</summary>
    Outlier,
    /// <summary>A row equal to an earlier one; the column does not matter.</summary>
    EqualRow,
}

/// <summary>What is done about it.</summary>
public enum QualityAction : byte
{
    Keep,
    /// <summary>The row is left out and counted.</summary>
    Drop,
    FillMedian,
    FillMode,
    FillConstant,
    /// <summary>An outlier is set to the nearer fence.</summary>
    Cap,
    Quarantine,
}

/// <summary>One person's choice for one problem of one column.</summary>
/// <param name="Value">The constant of <see cref="QualityAction.FillConstant"/>.</param>
public sealed record QualityChoice(string Column, QualityProblem Problem, QualityAction Action, string? Value = null)
{
    /// <summary>Whether the whole file must be seen before the first row can be mended.</summary>
    internal bool NeedsProfile => Action is QualityAction.FillMedian or QualityAction.FillMode or QualityAction.Cap || Problem is QualityProblem.Outlier;

    internal Problem? Check()
    {
        if (Action is QualityAction.FillConstant && Value is null) return Common.Problem.At(Column, $"Filling {Column} with a constant needs the constant.");
        if (Action is QualityAction.Cap && Problem is not QualityProblem.Outlier) return Common.Problem.At(Column, $"Only an outlier can be capped; {Problem} of {Column} cannot.");
        if (Problem is QualityProblem.EqualRow && Action is not (QualityAction.Keep or QualityAction.Drop or QualityAction.Quarantine))
            return Common.Problem.At(Column, "Equal rows can be kept, dropped or put into quarantine.");
        return null;
    }
}
