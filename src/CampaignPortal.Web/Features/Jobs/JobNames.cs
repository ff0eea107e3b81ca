using System.Globalization;
using System.Text.Json;
using CampaignPortal.Marketing.Campaigns;
using CampaignPortal.Marketing.Campaigns.Planning;
using CampaignPortal.Marketing.DataQuality;
using CampaignPortal.Marketing.Jobs;
using CampaignPortal.Marketing.Jobs.Maintenance;
using CampaignPortal.Marketing.Predictions;
using CampaignPortal.Web.Components;
using CampaignPortal.Web.Components.Shared;
using CampaignPortal.Web.Demo;
using CampaignPortal.Web.Identity;
using CampaignPortal.Web.Resources;

namespace CampaignPortal.Web.Features.Jobs;

/// <summary>The reader's words for jobs, their states, stages and reasons.</summary>
internal static class JobNames
{
    /// <summary>A job by its single-flight key: "Train: buys again in 30 days".</summary>
    public static string Of(string name)
    {
        if (name.StartsWith(TrainJob.JobKey + ".", StringComparison.Ordinal)) return Say.With(JobsWords.JobTrain, ("model", Vocabulary.Model(name[(TrainJob.JobKey.Length + 1)..])));
        return name.Split('.')[0] switch
        {
            ScoreJob.JobKey => JobsWords.JobScore,
            BackUpJob.JobKey => JobsWords.JobBackup,
            CleanUpJob.JobKey => JobsWords.JobCleanUp,
            "import" => JobsWords.JobImport,
            SendCampaignJob.JobKey => CampaignWords.JobCampaign,
            FillDemoJob.JobKey => DemoWords.JobFill,
            Customers.ExportCustomersJob.JobKey => JobsWords.JobExport,
            CheckDataQualityJob.JobKey => CatalogueWords.Job_quality,
            _ => name,
        };
    }

    public static string Status(JobStatus status) => status switch
    {
        JobStatus.Queued => JobsWords.StatusQueued,
        JobStatus.Running => JobsWords.StatusRunning,
        JobStatus.Succeeded => JobsWords.StatusSucceeded,
        JobStatus.Failed => JobsWords.StatusFailed,
        JobStatus.Cancelled => JobsWords.StatusCancelled,
        JobStatus.Lost => JobsWords.StatusLost,
        JobStatus.Skipped => JobsWords.StatusSkipped,
        _ => status.ToString(),
    };

    public static Tone ToneOf(JobStatus status) => status switch
    {
        JobStatus.Running => Tone.Info,
        JobStatus.Succeeded => Tone.Good,
        JobStatus.Failed => Tone.Bad,
        JobStatus.Lost => Tone.Warning,
        JobStatus.Queued or JobStatus.Cancelled or JobStatus.Skipped => Tone.Neutral,
        _ => Tone.Neutral,
    };

    /// <summary>What colour alone must not tell.</summary>
    public static string? IconOf(JobStatus status) => status switch
    {
        JobStatus.Failed => "x",
        JobStatus.Running => "loader-circle",
        JobStatus.Lost => "triangle-alert",
        JobStatus.Cancelled => "square",
        JobStatus.Skipped => "skip-forward",
        JobStatus.Queued or JobStatus.Succeeded => null,
        _ => null,
    };

    /// <summary>A stage as a handler names it; unknown ones are shown as they are.</summary>
    public static string Stage(string stage)
    {
        if (stage.StartsWith(ScoreJob.JobKey + ".", StringComparison.Ordinal)) return Say.With(JobsWords.StageScore, ("model", Vocabulary.Model(stage[(ScoreJob.JobKey.Length + 1)..])));
        return stage switch
        {
            "look" => JobsWords.StageLook,
            "read" => JobsWords.StageRead,
            "features" => JobsWords.StageFeatures,
            "fit" => JobsWords.StageFit,
            "cluster" => JobsWords.StageCluster,
            "judge and fit" => JobsWords.StageJudge,
            "copy-store" => JobsWords.StageCopyStore,
            "copy-models" => JobsWords.StageCopyModels,
            "copy-keys" => JobsWords.StageCopyKeys,
            "check-copy" => JobsWords.StageCheckCopy,
            "remove-old" => JobsWords.StageRemoveOld,
            "clean-quarantine" => JobsWords.StageCleanQuarantine,
            "clean-history" => JobsWords.StageCleanHistory,
            "clean-files" => JobsWords.StageCleanFiles,
            "export" => JobsWords.StageExport,
            "import" => JobsWords.StageImport,
            "demo-events" => DemoWords.StageEvents,
            "demo-read" => DemoWords.StageRead,
            "demo-train" => DemoWords.StageTrain,
            "demo-score" => DemoWords.StageScore,
            "import-undo" => JobsWords.StageImportUndo,
            "campaign-plan" => CampaignWords.StagePlan,
            "campaign-roll" => CampaignWords.StageRoll,
            _ => stage,
        };
    }

    /// <summary>Why it did not succeed. The handler's own English stands in where a code has no words.</summary>
    public static string? Reason(JobRun run) => Reason(run.ReasonCode, run.Reason);

    /// <param name="code">What the handler called it.</param>
    /// <param name="text">The handler's own English.</param>
    public static string? Reason(string? code, string? text) => code switch
    {
        null => text,
        "unchanged" => JobsWords.ReasonUnchanged,
        "missed" or "missed-ask" => JobsWords.ReasonMissed,
        "not-allowed" => JobsWords.ReasonNotAllowed,
        "left-out" => JobsWords.ReasonLeftOut,
        "lost" => JobsWords.ReasonLost,
        "lost-often" => JobsWords.ReasonLostOften,
        "stopped" => JobsWords.ReasonStopped,
        "forced" => JobsWords.ReasonForced,
        "disk-full" or "no-space" => JobsWords.ReasonDiskFull,
        "store-busy" => JobsWords.ReasonStoreBusy,
        "store-damaged" => JobsWords.ReasonStoreDamaged,
        "file-missing" => JobsWords.ReasonFileMissing,
        "file-error" => JobsWords.ReasonFileError,
        "no-access" => JobsWords.ReasonNoAccess,
        "out-of-memory" => JobsWords.ReasonOutOfMemory,
        "time-limit" => JobsWords.ReasonTimeLimit,
        "not-enough-data" => JobsWords.ReasonNotEnoughData,
        "no-model" => JobsWords.ReasonNoModel,
        "no-such-model" => JobsWords.ReasonNoSuchModel,
        "unexpected" => JobsWords.ReasonUnexpected,
        CampaignReasons.EmptyAudience => CampaignWords.ReasonEmptyAudience,
        CampaignReasons.GoneSegment => CampaignWords.ReasonGoneSegment,
        CampaignReasons.StaleAudience => CampaignWords.ReasonStaleAudience,
        "data-quality" => CatalogueWords.ReasonDataQuality,
        _ => text,
    };

    /// <summary>The handler's own sentence with its figures, where it says more than the general words.</summary>
    public static string? Detail(JobRun run) => run.ReasonCode is "data-quality" or "not-enough-data" or "no-space" or "no-such-model" ? run.Reason : null;

    /// <summary>Who started a run.</summary>
    /// <param name="people">Names by number.</param>
    public static string Starter(string by, Viewer viewer, IReadOnlyDictionary<string, string> people) => by switch
    {
        JobStarters.Schedule => JobsWords.BySchedule,
        JobStarters.CommandLine => JobsWords.ByCommandLine,
        _ => by == viewer.User.ActorName() ? JobsWords.ByYou : people.GetValueOrDefault(by, JobsWords.ByUser),
    };

    /// <summary>What a run made, in words, with the page that shows it; null when it made nothing.</summary>
    public static (string Text, string? Href)? Result(JobRun run)
    {
        if (run.Result is null) return null;
        using var json = JsonDocument.Parse(run.Result);
        var made = json.RootElement;
        if (made.TryGetProperty("model", out var model) && made.TryGetProperty("version", out var version))
        {
            var isUsed = !made.TryGetProperty("promoted", out var promoted) || promoted.GetBoolean();
            var words = isUsed ? JobsWords.ResultModel : JobsWords.ResultModelKept;
            var (name, number) = (model.GetString() ?? "", version.GetInt32().ToString(CultureInfo.CurrentCulture));
            return (Say.With(words, ("model", Vocabulary.Model(name)), ("version", number)), $"/predictions/{name}?version={version.GetInt32().ToString(CultureInfo.InvariantCulture)}");
        }
        if (made.TryGetProperty("importId", out var import)) return (Say.With(JobsWords.ResultImport, ("number", import.ToString())), $"/data/imports/{import}");
        if (made.TryGetProperty("campaignId", out var campaign)) return (Say.With(CampaignWords.ResultPlanned, ("count", Figures.Count(made.GetProperty("planned").GetInt64()))), $"/campaigns/{campaign}");
        if (made.TryGetProperty("events", out var events)) return (Say.With(DemoWords.ResultFilled, ("count", Figures.Count(made.GetProperty("customers").GetInt64())), ("events", Figures.Count(events.GetInt64()))), "/customers");
        if (made.TryGetProperty("exported", out var exported)) return (Say.With(JobsWords.ResultExported, ("count", Figures.Count(exported.GetInt64()))), FormattableString.Invariant($"/customers/exports/{run.Id}"));
        if (made.TryGetProperty("customers", out var scored)) return (Say.With(JobsWords.ResultScored, ("count", Figures.Count(scored.GetInt64()))), "/customers");
        if (made.TryGetProperty("backup", out var backup)) return (Say.With(JobsWords.ResultBackup, ("name", backup.GetString() ?? ""), ("size", Figures.Number(made.GetProperty("bytes").GetInt64() / 1_048_576.0, 1))), null);
        if (made.TryGetProperty("refusedRows", out var refused)) return (Say.With(JobsWords.ResultCleaned, ("count", Figures.Count(refused.GetInt64())), ("runs", Figures.Count(made.GetProperty("runs").GetInt64()))), null);
        return null;
    }
}
