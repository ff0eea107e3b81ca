namespace CampaignPortal.Statistics.Summaries;

/// <summary>A mean with a covariate from before the exposure.</summary>
/// <remarks>Deng, Xu, Kohavi and Walker, "Improving the sensitivity of online controlled experiments by utilizing pre-experiment data", WSDM 2013.</remarks>
/// <param name="Count">n.</param>
/// <param name="PostSum">Σ y.</param>
/// <param name="PostSumSquares">Σ y².</param>
/// <param name="PreSum">Σ x.</param>
/// <param name="PreSumSquares">Σ x².</param>
/// <param name="SumOfProducts">Σ x y.</param>
public sealed record CupedStatistic(
    double Count, double PostSum, double PostSumSquares, double PreSum, double PreSumSquares, double SumOfProducts) : IArmStatistic
{
    /// <summary>Sums up pairs.</summary>
    /// <exception cref="ArgumentException">The spans differ in length.</exception>
    public static CupedStatistic Of(ReadOnlySpan<double> pre, ReadOnlySpan<double> post)
    {
        var pairs = RatioStatistic.Of(pre, post);
        return new CupedStatistic(
            pairs.Count, pairs.DenominatorSum, pairs.DenominatorSumSquares, pairs.NumeratorSum, pairs.NumeratorSumSquares, pairs.SumOfProducts);
    }

    /// <summary>The metric alone.</summary>
    public MeanStatistic Post => new(Count, PostSum, PostSumSquares);

    /// <summary>The covariate alone.</summary>
    public MeanStatistic Pre => new(Count, PreSum, PreSumSquares);

    /// <summary>Sample covariance of metric and covariate.</summary>
    public double Covariance => (SumOfProducts - PostSum * PreSum / Count) / (Count - 1);

    /// <summary>The unadjusted mean.</summary>
    public double Mean => Post.Mean;

    /// <summary>The unadjusted variance.</summary>
    public double Variance => Post.Variance;

    /// <inheritdoc/>
    public Refusal? Problem => ArmChecks.Worst(Post.Problem, Pre.Problem) ?? ArmChecks.Finite(SumOfProducts);

    /// <summary>Both sets of units together.</summary>
    public CupedStatistic Merge(CupedStatistic other) => new(
        Count + other.Count, PostSum + other.PostSum, PostSumSquares + other.PostSumSquares,
        PreSum + other.PreSum, PreSumSquares + other.PreSumSquares, SumOfProducts + other.SumOfProducts);

    /// <summary>Variance of y − θx per unit.</summary>
    internal double AdjustedVariance(double theta, double scale = 1) =>
        Math.Max(0, scale * scale * Post.Variance + theta * theta * Pre.Variance - 2 * theta * scale * Covariance);
}

/// <summary>A ratio metric with the same ratio from before the exposure as covariate.</summary>
/// <remarks>Sums of numerator and denominator after (post) and before (pre) the exposure, and their six sums of products.</remarks>
/// <param name="NumeratorPost">M.</param>
/// <param name="DenominatorPost">D.</param>
/// <param name="NumeratorPre">m.</param>
/// <param name="DenominatorPre">d.</param>
/// <param name="ProductNumPostDenPost">Σ M D.</param>
/// <param name="ProductNumPostNumPre">Σ M m.</param>
/// <param name="ProductNumPostDenPre">Σ M d.</param>
/// <param name="ProductNumPreDenPost">Σ m D.</param>
/// <param name="ProductDenPostDenPre">Σ D d.</param>
/// <param name="ProductNumPreDenPre">Σ m d.</param>
public sealed record CupedRatioStatistic(
    MeanStatistic NumeratorPost, MeanStatistic DenominatorPost, MeanStatistic NumeratorPre, MeanStatistic DenominatorPre,
    double ProductNumPostDenPost, double ProductNumPostNumPre, double ProductNumPostDenPre,
    double ProductNumPreDenPost, double ProductDenPostDenPre, double ProductNumPreDenPre) : IArmStatistic
{
    /// <summary>n.</summary>
    public double Count => NumeratorPost.Count;

    /// <summary>The metric alone.</summary>
    public RatioStatistic Post => new(
        Count, NumeratorPost.Sum, NumeratorPost.SumSquares, DenominatorPost.Sum, DenominatorPost.SumSquares, ProductNumPostDenPost);

    /// <summary>The covariate alone.</summary>
    public RatioStatistic Pre => new(
        Count, NumeratorPre.Sum, NumeratorPre.SumSquares, DenominatorPre.Sum, DenominatorPre.SumSquares, ProductNumPreDenPre);

    /// <summary>The unadjusted ratio.</summary>
    public double Mean => Post.Mean;

    /// <summary>The unadjusted variance.</summary>
    public double Variance => Post.Variance;

    /// <inheritdoc/>
    public Refusal? Problem => ArmChecks.Worst(Post.Problem, Pre.Problem)
        ?? ArmChecks.Finite(ProductNumPostNumPre, ProductNumPostDenPre, ProductNumPreDenPost, ProductDenPostDenPre);

    /// <summary>Both sets of units together.</summary>
    public CupedRatioStatistic Merge(CupedRatioStatistic other) => new(
        NumeratorPost.Merge(other.NumeratorPost), DenominatorPost.Merge(other.DenominatorPost),
        NumeratorPre.Merge(other.NumeratorPre), DenominatorPre.Merge(other.DenominatorPre),
        ProductNumPostDenPost + other.ProductNumPostDenPost, ProductNumPostNumPre + other.ProductNumPostNumPre,
        ProductNumPostDenPre + other.ProductNumPostDenPre, ProductNumPreDenPost + other.ProductNumPreDenPost,
        ProductDenPostDenPre + other.ProductDenPostDenPre, ProductNumPreDenPre + other.ProductNumPreDenPre);

    /// <summary>Sample covariances in the order M, D, m, d.</summary>
    internal double[,] Covariance()
    {
        MeanStatistic[] parts = [NumeratorPost, DenominatorPost, NumeratorPre, DenominatorPre];
        double[,] products =
        {
            { NumeratorPost.SumSquares, ProductNumPostDenPost, ProductNumPostNumPre, ProductNumPostDenPre },
            { ProductNumPostDenPost, DenominatorPost.SumSquares, ProductNumPreDenPost, ProductDenPostDenPre },
            { ProductNumPostNumPre, ProductNumPreDenPost, NumeratorPre.SumSquares, ProductNumPreDenPre },
            { ProductNumPostDenPre, ProductDenPostDenPre, ProductNumPreDenPre, DenominatorPre.SumSquares },
        };
        var covariance = new double[4, 4];
        for (var i = 0; i < 4; i++)
            for (var j = 0; j < 4; j++)
                covariance[i, j] = (products[i, j] - parts[i].Sum * parts[j].Sum / Count) / (Count - 1);
        return covariance;
    }
}
