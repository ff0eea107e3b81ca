namespace CampaignPortal.Learning.Calibration;

/// <summary>A fitted, monotone map from a raw score to a probability. Immutable and safe for concurrent use.</summary>
public interface ICalibrator
{
    /// <summary>Probability of class 1 for a raw score.</summary>
    double Calibrate(double score);
}
