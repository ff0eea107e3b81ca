using CampaignPortal.Marketing.Database;
using CampaignPortal.Marketing.Experiments;

namespace CampaignPortal.Marketing.Campaigns.Results;

/// <summary>The checks of a campaign's test, with what people said to those that failed.</summary>
public sealed class TestHealthReader(PortalDatabase database, TimeProvider clock)
{
    /// <param name="run">The newest one.</param>
    /// <param name="settings">Of the campaign.</param>
    /// <param name="versions">In their order, with their weights.</param>
    /// <param name="arms">Sums that the checks look at.</param>
    public IReadOnlyList<HealthCheck> Read(CampaignRun run, CampaignSettings settings, IReadOnlyList<(long VariantId, double Weight)> versions, IReadOnlyList<ArmTotals> arms)
    {
        var checks = HealthChecks.Of(
            PlannedArms(settings, versions, arms), settings.Metric, isEnded: run.DecideAt <= clock.GetUtcNow(), wasCutShort: run.DecidedAt is { } decided && decided < run.DecideAt);
        if (checks.All(c => c.Level is not HealthLevel.Invalid)) return checks;
        var said = ReadAcknowledged(run.Id);
        return [.. checks.Select(c => c.Level is HealthLevel.Invalid ? c with { Acknowledged = said.GetValueOrDefault(c.Kind) } : c)];
    }

    // The split is checked within the test group: versions by their weights, and its holdout by its share.
    private static List<PlannedArm> PlannedArms(CampaignSettings settings, IReadOnlyList<(long VariantId, double Weight)> versions, IReadOnlyList<ArmTotals> arms)
    {
        var weights = SplitPlan.Normalise([.. versions.Select(v => v.Weight)]);
        ArmSums Of(long variant) => arms.FirstOrDefault(a => a.Part is RunPart.Test && a.VariantId == variant)?.Sums ?? ArmSums.None;
        List<PlannedArm> planned = [.. versions.Select((v, i) => new PlannedArm(Of(v.VariantId), weights[i] * (1 - settings.HoldoutShare)))];
        if (settings.HoldoutShare > 0) planned.Add(new PlannedArm(Of(CampaignRecipient.Holdout), settings.HoldoutShare));
        return planned;
    }

    private Dictionary<HealthKind, Acknowledged> ReadAcknowledged(long runId)
    {
        using var connection = database.OpenReader();
        using var command = connection.Prepare(
            "select a.\"Kind\", a.\"At\", a.\"Reason\", a.\"By\", u.\"DisplayName\" from \"HealthAcknowledgements\" a left join \"AspNetUsers\" u on cast(u.\"Id\" as text) = a.\"By\" where a.\"RunId\" = @0 and a.\"WithdrawnAt\" is null", 1);
        command.Set(0, runId);
        using var reader = command.ExecuteReader();
        var said = new Dictionary<HealthKind, Acknowledged>();
        while (reader.Read()) said[Enum.Parse<HealthKind>(reader.GetString(0))] = new Acknowledged(Stored.Time(reader.GetInt64(1)), reader.TextOrNull(4) ?? reader.GetString(3), reader.GetString(2));
        return said;
    }
}
