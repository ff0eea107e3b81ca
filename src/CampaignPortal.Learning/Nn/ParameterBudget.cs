namespace CampaignPortal.Learning.Nn;

/// <summary>A ceiling for the parameters that are made while a stored network is built; without one every size is allowed.</summary>
internal static class ParameterBudget
{
    [ThreadStatic]
    private static long? _left;

    /// <summary>Builds something whose parameters have at most so many elements together.</summary>
    /// <exception cref="InvalidDataException">They would have more.</exception>
    public static T Within<T>(long elements, Func<T> build)
    {
        var outer = _left;
        _left = elements;
        try
        {
            return build();
        }
        finally
        {
            _left = outer;
        }
    }

    /// <summary>Takes the elements of one parameter off the budget, before it is allocated.</summary>
    public static void Take(string name, long count)
    {
        if (_left is not { } left) return;
        if (count > left) throw new InvalidDataException($"The parameter '{name}' needs {count} elements; the model holds {left} more. Its manifest does not fit its weights.");
        _left = left - count;
    }
}
