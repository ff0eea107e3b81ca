namespace CampaignPortal.Marketing.Imports.Quality;

/// <summary>What the cells of a column are.</summary>
public enum ColumnType : byte
{
    Empty,
    WholeNumber,
    Number,
    Moment,
    Flag,
    Text,
}

/// <summary>State of the data of one file, column by column, over all its rows.</summary>
/// <param name="EqualRows">Rows equal to an earlier one.</param>
public sealed record QualityReport(long Rows, long EqualRows, IReadOnlyList<ColumnQuality> Columns);

/// <summary>State of one column.</summary>
/// <param name="Field">The field that it feeds, or null.</param>
/// <param name="Missing">Empty cells.</param>
/// <param name="WrongType">Cells that are not of the column's type.</param>
/// <param name="Distinct">Different values.</param>
/// <param name="IsDistinctExact">False: <paramref name="Distinct"/> is "about".</param>
/// <param name="Least">The smallest number or the first moment; null for texts.</param>
/// <param name="Mode">The most frequent value; null in columns of contact data.</param>
/// <param name="Impossible">Values that the field cannot have, such as a price below 0 or a moment in the future.</param>
public sealed record ColumnQuality(
    string Column, string? Field, ColumnType Type, long Cells, long Missing, long WrongType, long Distinct, bool IsDistinctExact, string? Least, string? Largest, string? Mode, NumberQuality? Numbers, long Impossible)
{
    public double MissingRate => Cells is 0 ? 0 : (double)Missing / Cells;
}

/// <summary>Quartiles and outliers of a column of numbers.</summary>
/// <param name="LowFence">First quartile less 1.5 interquartile ranges (Tukey 1977).</param>
/// <param name="OutliersByFence">Numbers outside the fences.</param>
/// <param name="OutliersByScore">Numbers whose robust z-score |x − median| / (1.4826 · MAD) is above 3.5 (Iglewicz and Hoaglin 1993); null when more than half of the numbers are equal.</param>
public sealed record NumberQuality(double Quartile1, double Median, double Quartile3, double LowFence, double HighFence, long OutliersByFence, long? OutliersByScore);
