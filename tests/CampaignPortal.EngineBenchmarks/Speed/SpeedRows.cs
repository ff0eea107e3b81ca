namespace CampaignPortal.Benchmarks.Speed;

/// <summary>Every row that the engine has; a family adds one line.</summary>
internal static class SpeedRows
{
    public static IReadOnlyList<ISpeedRow> All { get; } =
    [
        .. GemmRow.All,
        new TextTrainRow(),
        .. NormRow.All,
        new AdamStepRow(),
        .. KMeansRow.All,
        new LogisticRow(),
        new IalsEpochRow(),
        new TopScoresRow(),
        new BprEpochRow(),
        new CnnEpochRow(),
        .. GbdtRow.All,
        .. RecurrentRow.All,
        .. MlpRow.All,
        new DeepFmRow("deepfm-epoch"),
        new DeepFmRow("deepfm-epoch-sparse"),
        new InterestRow(),
        new SasRecRow(),
    ];
}
