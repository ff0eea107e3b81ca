using CampaignPortal.Learning.Nn;
using CampaignPortal.Statistics.Random;

namespace CampaignPortal.Learning.Sequences;

/// <summary>Self-attentive sequential recommendation (Kang &amp; McAuley 2018) with pre-norm blocks and, up to 20,000 items, softmax over the whole catalogue (Klenitskiy &amp; Vasilev 2023).</summary>
public static class SasRec
{
    /// <summary>Trains a network.</summary>
    /// <param name="sequences">Items of each user, oldest first. The last item of some users is withheld to know when to stop.</param>
    /// <param name="itemCount">Number of items.</param>
    /// <param name="options">Sizes, loss and training.</param>
    /// <param name="rng">First weights and the users that judge.</param>
    /// <param name="progress">Told after each epoch, with NDCG@10 of the withheld items among all unseen ones; may be null.</param>
    /// <param name="ct">Looked at between steps.</param>
    /// <exception cref="ArgumentException">No user has two items, or an option makes no sense.</exception>
    public static NextItemModel Fit(IReadOnlyList<int[]> sequences, int itemCount, SasRecOptions options, Rng rng, IProgress<EpochReport>? progress = null, CancellationToken ct = default)
    {
        options.Validate();
        var seed = rng.Fork(1);
        return NextItem.Fit(sequences, itemCount, options, () => new SasRecNetwork(itemCount, options, seed.Fork(0)), rng, progress, ct);
    }
}
