namespace CampaignPortal.Simulation;

/// <summary>What is true of a synthetic shop and hidden in real ones; estimates are judged by it.</summary>
public sealed record Truth(long Seed);
