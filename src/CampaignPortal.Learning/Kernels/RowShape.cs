namespace CampaignPortal.Learning.Kernels;

/// <summary>Checks of operands that are rows of equal length.</summary>
internal static class RowShape
{
    /// <summary>Number of rows of <paramref name="columns"/> values in spans of equal length.</summary>
    /// <exception cref="ArgumentException">The lengths differ or are no whole number of rows.</exception>
    public static int Rows(int columns, int x, int y)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(columns);
        if (x != y || x % columns != 0) throw new ArgumentException($"Rows of {columns} values are due, as many in each span; the spans have {x} and {y} values.");
        return x / columns;
    }

    /// <exception cref="ArgumentException">The span does not have <paramref name="expected"/> values.</exception>
    public static void Require(int expected, int actual, string name)
    {
        if (expected != actual) throw new ArgumentException($"'{name}' must have {expected} values; it has {actual}.", name);
    }
}
