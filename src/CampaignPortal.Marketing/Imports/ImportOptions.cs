namespace CampaignPortal.Marketing.Imports;

/// <summary>Knobs of imports.</summary>
public sealed class ImportOptions
{
    /// <summary>Rows of one commit. More rows share one flush to disk; after a kill at most so many are read again. An event takes half a kilobyte, three chunks are alive: 16 000 are 25 MB.</summary>
    public int ChunkRowCount { get; set; } = 16_000;
}
