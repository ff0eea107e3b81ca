using CampaignPortal.Learning.Data;
using CampaignPortal.Learning.Tensors;
using CampaignPortal.Statistics.Random;

namespace CampaignPortal.Learning.Factorization;

/// <summary>Implicit-feedback matrix factorisation by alternating least squares (Hu, Koren &amp; Volinsky 2008; scaled regularisation as in Rendle, Krichene, Zhang &amp; Koren 2022).</summary>
/// <remarks>
/// Minimises Σ over seen pairs (w_ui + a₀)(1 − x_u·y_i)² + a₀ Σ over other pairs (x_u·y_i)² + Σ λ_u |x_u|² + Σ λ_i |y_i|², where
/// w = 1 + boost·ln(count), λ_u = λ(pairs of u + a₀·items) and λ_i = λ(pairs of i + a₀·users). Each half of a sweep solves one
/// side exactly, row by row, so the objective never rises and there is no step length to choose.
/// </remarks>
public static class ImplicitAls
{
    /// <summary>Fits item factors; users are folded in by one solve when they are scored.</summary>
    /// <param name="interactions">Users × items with positive counts.</param>
    /// <param name="options">Dimension, sweeps and weights.</param>
    /// <param name="rng">Draws the first item factors.</param>
    /// <param name="cancellationToken">Stops between blocks of rows.</param>
    /// <exception cref="ArgumentException">A count is not positive.</exception>
    /// <exception cref="InvalidOperationException">The factors are no longer finite.</exception>
    public static ImplicitAlsModel Fit(Csr interactions, ImplicitAlsOptions options, Rng rng, CancellationToken cancellationToken = default)
    {
        options.Validate();
        var byUser = interactions.Map(count => Weight(count, options.CountBoost));
        var byItem = byUser.Transpose();
        var width = NormalEquations.WidthOf(options.Dimension);
        var users = new AlignedFloats(checked(byUser.RowCount * width));
        var items = new AlignedFloats(checked(byItem.RowCount * width));
        var scale = 0.1 / Math.Sqrt(options.Dimension);
        for (var item = 0; item < byItem.RowCount; item++)
        {
            foreach (ref var value in items.Span.Slice(item * width, options.Dimension)) value = (float)(scale * rng.NextNormal());
        }
        for (var sweep = 1; sweep <= options.Sweeps; sweep++)
        {
            SolveRows(byUser, items, users, width, options, cancellationToken);
            SolveRows(byItem, users, items, width, options, cancellationToken);
            if (!System.Numerics.Tensors.TensorPrimitives.IsFiniteAll<float>(items.Span))
                throw new InvalidOperationException($"Item factors are no longer finite after sweep {sweep}; raise {nameof(options.Regularization)} above {options.Regularization}.");
        }
        return new ImplicitAlsModel(items, byItem.RowCount, options);
    }

    /// <summary>The weight of a pair seen <paramref name="count"/> times: 1 + boost·ln(count).</summary>
    internal static float Weight(float count, double boost)
    {
        if (!(count > 0)) throw new ArgumentException($"Counts of interactions must be positive; found {count}.", nameof(count));
        return (float)(1 + boost * Math.Log(count));
    }

    private static void SolveRows(Csr weights, AlignedFloats from, AlignedFloats to, int width, ImplicitAlsOptions options, CancellationToken cancellationToken)
    {
        var unobserved = (float)options.UnobservedWeight;
        var gram = NormalEquations.Gram(from, weights.ColumnCount, width, unobserved);
        ParallelRows.Run(weights.RowCount, 32, options.Degree, () => new NormalEquations(width), (equations, first, end) =>
        {
            for (var row = first; row < end; row++)
            {
                var pairs = weights.Row(row);
                if (pairs.Count == 0) continue; // stays zero, the best answer without evidence
                equations.Begin(gram);
                equations.Add(from, pairs.Columns, pairs.Values, unobserved);
                equations.Solve(RowRegularization(options, pairs.Count, weights.ColumnCount)).CopyTo(to.Span.Slice(row * width, width));
            }
        }, cancellationToken);
    }

    internal static float RowRegularization(ImplicitAlsOptions options, int pairCount, int otherSide) =>
        (float)(options.Regularization * (pairCount + options.UnobservedWeight * otherSide));
}
