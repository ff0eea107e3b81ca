using CampaignPortal.Marketing.DataQuality;
using CampaignPortal.Marketing.Jobs;
using CampaignPortal.Marketing.Jobs.Maintenance;
using CampaignPortal.Marketing.Predictions;

namespace CampaignPortal.Web.Jobs;

/// <summary>When recurring jobs start until an admin chooses otherwise. Hours are the shop's.</summary>
/// <remarks>None lies between two and three: that hour is missing once a year and comes twice in another night.</remarks>
internal static class JobSchedules
{
    public static IReadOnlyList<DefaultSchedule> All { get; } =
    [
        // Before anything is changed by the night's work, so that the night can be undone.
        new(BackUpJob.JobKey, BackUpJob.JobKey, null, "0 30 0 * * ?", MissedRuns.RunOnce),
        // Before the trainings, which wait while a severe check fails.
        new(CheckDataQualityJob.JobKey, CheckDataQualityJob.JobKey, null, "0 50 0 * * ?", MissedRuns.RunOnce),
        // After midnight, when the shop's day is complete; one after another in this order, because there is one heavy worker.
        Training(ModelNames.Segments, "0 0 1 * * ?"),
        Training(ModelNames.Purchase, "0 10 1 * * ?"),
        Training(ModelNames.Churn, "0 20 1 * * ?"),
        Training(ModelNames.LifetimeValue, "0 30 1 * * ?"),
        Training(ModelNames.Recommendations, "0 40 1 * * ?"),
        // After the trainings (it waits for those that are late), and early enough for the morning.
        new(ScoreJob.JobKey, ScoreJob.JobKey, null, "0 15 3 * * ?", MissedRuns.RunOnce),
        // Sunday morning is the quietest hour of a shop; a missed one comes back next week.
        new(CleanUpJob.JobKey, CleanUpJob.JobKey, null, "0 0 5 ? * SUN", MissedRuns.Skip),
    ];

    private static DefaultSchedule Training(string model, string cron) => new(TrainJob.NameOf(model), TrainJob.JobKey, new TrainJobParameters(model), cron, MissedRuns.RunOnce);
}
