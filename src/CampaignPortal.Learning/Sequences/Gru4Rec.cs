using CampaignPortal.Learning.Nn;
using CampaignPortal.Statistics.Random;

namespace CampaignPortal.Learning.Sequences;

/// <summary>Recurrent sequential recommendation (Hidasi, Karatzoglou, Baltrunas &amp; Tikk 2016) with the losses of <see cref="NextItemLoss"/> in place of pairwise ones (Hidasi &amp; Karatzoglou 2018).</summary>
public static class Gru4Rec
{
    /// <summary>Trains a network.</summary>
    /// <inheritdoc cref="SasRec.Fit"/>
    public static NextItemModel Fit(IReadOnlyList<int[]> sequences, int itemCount, Gru4RecOptions options, Rng rng, IProgress<EpochReport>? progress = null, CancellationToken ct = default)
    {
        options.Validate();
        var seed = rng.Fork(1);
        return NextItem.Fit(sequences, itemCount, options, () => new Gru4RecNetwork(itemCount, options, seed.Fork(0)), rng, progress, ct);
    }
}
