namespace CampaignPortal.Statistics.Bandits;

/// <summary>A contextual bandit with one ridge regression per action (disjoint model).</summary>
/// <remarks>Li, Chu, Langford and Schapire 2010. Inverses are updated in place (Sherman and Morrison), O(d²) an update. Not thread-safe.</remarks>
public sealed class LinUcb
{
    private readonly double[][,] _inverse;
    private readonly double[][] _rewards;

    /// <summary>Starts every action with the identity.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A size is not positive.</exception>
    public LinUcb(int dimension, int actionCount)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(dimension);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(actionCount);
        Dimension = dimension;
        _inverse = [.. Enumerable.Range(0, actionCount).Select(_ => Identity(dimension))];
        _rewards = [.. Enumerable.Range(0, actionCount).Select(_ => new double[dimension])];
    }

    /// <summary>Length of a context.</summary>
    public int Dimension { get; }

    /// <summary>Actions to choose from.</summary>
    public int ActionCount => _rewards.Length;

    /// <summary>Learns from a reward.</summary>
    /// <exception cref="ArgumentException">The context has another length.</exception>
    public void Update(int action, double reward, ReadOnlySpan<double> context)
    {
        Check(context);
        var inverse = _inverse[action];
        var direction = Multiply(inverse, context);
        var denominator = 1 + Dot(context, direction);
        for (var i = 0; i < Dimension; i++)
        {
            for (var j = 0; j < Dimension; j++) inverse[i, j] -= direction[i] * direction[j] / denominator;
            _rewards[action][i] += reward * context[i];
        }
    }

    /// <summary>Coefficients of an action.</summary>
    public double[] Theta(int action) => Multiply(_inverse[action], _rewards[action]);

    /// <summary>A copy of A⁻¹ of an action.</summary>
    public double[,] InverseCovariance(int action) => (double[,])_inverse[action].Clone();

    /// <summary>Uncertainty √(x'A⁻¹x) of an action in a context.</summary>
    /// <exception cref="ArgumentException">The context has another length.</exception>
    public double Sigma(int action, ReadOnlySpan<double> context)
    {
        Check(context);
        return Math.Sqrt(Math.Max(0, Dot(context, Multiply(_inverse[action], context))));
    }

    /// <summary>Scores x'θ + α √(x'A⁻¹x) of all actions.</summary>
    /// <exception cref="ArgumentException">The context has another length.</exception>
    public double[] Scores(ReadOnlySpan<double> context, double alpha)
    {
        Check(context);
        var scores = new double[ActionCount];
        for (var action = 0; action < scores.Length; action++) scores[action] = Dot(context, Theta(action)) + alpha * Sigma(action, context);
        return scores;
    }

    private void Check(ReadOnlySpan<double> context)
    {
        if (context.Length != Dimension) throw new ArgumentException($"A context has {Dimension} numbers; found {context.Length}.", nameof(context));
    }

    private static double[,] Identity(int dimension)
    {
        var identity = new double[dimension, dimension];
        for (var i = 0; i < dimension; i++) identity[i, i] = 1;
        return identity;
    }

    private static double[] Multiply(double[,] matrix, ReadOnlySpan<double> vector)
    {
        var product = new double[vector.Length];
        for (var i = 0; i < product.Length; i++)
            for (var j = 0; j < product.Length; j++)
                product[i] += matrix[i, j] * vector[j];
        return product;
    }

    private static double Dot(ReadOnlySpan<double> x, ReadOnlySpan<double> y)
    {
        double sum = 0;
        for (var i = 0; i < x.Length; i++) sum += x[i] * y[i];
        return sum;
    }
}
