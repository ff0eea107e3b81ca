using System.Data.Common;
using System.Globalization;
using CampaignPortal.Marketing.Audiences.Evaluation;
using CampaignPortal.Marketing.Audiences.Rules;
using CampaignPortal.Marketing.Database;

namespace CampaignPortal.Marketing.Audiences;

/// <summary>What in a rule can match nobody, or not as meant.</summary>
internal static class RuleFindings
{
    public static IReadOnlyList<RuleFinding> Of(AudienceRule rule, AudienceEvaluation evaluation, DateTimeOffset now, CancellationToken ct)
    {
        var findings = new List<RuleFinding>();
        Visit(rule.Who, "who");
        for (var i = 0; i < rule.LeaveOut.Count; i++) Visit(rule.LeaveOut[i], PreviewAudienceHandler.PathOf("leaveOut", i));
        return findings;

        void Visit(Rule node, string path)
        {
            if (node.IsOff) return;
            if (node is RuleGroup group)
            {
                for (var i = 0; i < group.Rules.Count; i++) Visit(group.Rules[i], PreviewAudienceHandler.PathOf(path, i));
            }
            else if (Find(node, path, evaluation, now, ct) is { } finding)
            {
                findings.Add(finding);
            }
        }
    }

    private static RuleFinding? Find(Rule condition, string path, AudienceEvaluation evaluation, DateTimeOffset now, CancellationToken ct)
    {
        var (connection, moment) = (evaluation.Connection, evaluation.Moment);
        return condition switch
        {
            AttributeCondition c when RuleFigures.Find(c.Attribute) is null && !Exists(connection, "select 1 from \"CustomerTraits\" where \"Name\" = @0 limit 1", c.Attribute)
                => new RuleFinding(path, RuleFindingKind.UnknownAttribute, c.Attribute),
            RatioCondition c when new[] { c.Part, c.Whole }.FirstOrDefault(m => !IsKnown(connection, m.Event.Name)) is { } unknown => new RuleFinding(path, RuleFindingKind.UnknownEvent, unknown.Event.Name),
            EventCondition c when !IsKnown(connection, c.Event.Name) => new RuleFinding(path, RuleFindingKind.UnknownEvent, c.Event.Name),
            AggregateCondition c when !IsKnown(connection, c.Event.Name) => new RuleFinding(path, RuleFindingKind.UnknownEvent, c.Event.Name),
            TasteCondition c => Taste(evaluation, path, c, ct),
            RecommendableCondition c => Lists(evaluation, path, c.List, ct),
            PredictionCondition c => Scores(connection, path, c.Model, moment),
            SegmentCondition c => Segment(connection, path, c, moment),
            MembershipCondition c => Audience(connection, path, c.AudienceId, now),
            _ => null,
        };
    }

    private static RuleFinding? Taste(AudienceEvaluation evaluation, string path, TasteCondition c, CancellationToken ct)
    {
        if (!IsKnown(evaluation.Connection, c.Event)) return new RuleFinding(path, RuleFindingKind.UnknownEvent, c.Event);
        var categories = evaluation.Categories.Values.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToArray();
        if (!categories.Contains(c.Category, StringComparer.Ordinal)) return new RuleFinding(path, RuleFindingKind.UnknownCategory, c.Category);
        var hasTaste = new EventCondition(new EventQuery(c.Event, c.Window, [], new ItemFilter(ItemFilterKind.Category, categories)), NumberTest.AtLeast(1));
        return Missing(evaluation, hasTaste, path, RuleFindingKind.MissingTaste, c.Event, ct);
    }

    private static RuleFinding? Lists(AudienceEvaluation evaluation, string path, string list, CancellationToken ct)
    {
        using var command = evaluation.Connection.Prepare("select count(*), count(case when \"AsOf\" < @1 then 1 end) from \"RecommendationLists\" where \"List\" = @0", 2);
        command.Set(0, list);
        command.Set(1, ConditionSql.StaleBefore(evaluation.Moment));
        using var reader = command.ExecuteReader();
        reader.Read();
        if (reader.GetInt64(0) is 0) return new RuleFinding(path, RuleFindingKind.NoLists, list);
        var stale = (int)reader.GetInt64(1);
        return stale > 0 ? new RuleFinding(path, RuleFindingKind.StaleLists, list, stale) : Missing(evaluation, new RecommendableCondition(list, 1), path, RuleFindingKind.MissingLists, list, ct);
    }

    private static RuleFinding? Missing(AudienceEvaluation evaluation, Rule known, string path, RuleFindingKind kind, string name, CancellationToken ct)
    {
        var missing = evaluation.Everyone.Count - evaluation.Of(known, ct).Count;
        return missing > 0 ? new RuleFinding(path, kind, name, missing) : null;
    }

    private static bool IsKnown(DbConnection connection, string name) => Exists(connection, "select 1 from \"EventTypes\" where \"Name\" = @0 limit 1", name);

    private static RuleFinding? Scores(DbConnection connection, string path, string model, RuleMoment moment)
    {
        if (!Exists(connection, "select 1 from \"CustomerScores\" where \"Model\" = @0 limit 1", model)) return new RuleFinding(path, RuleFindingKind.NoScores, model);
        using var command = connection.Prepare("select count(*) from \"CustomerScores\" where \"Model\" = @0 and \"AsOf\" < @1", 2);
        var stale = (int)(command.RunScalar(model, ConditionSql.StaleBefore(moment)) ?? 0);
        return stale > 0 ? new RuleFinding(path, RuleFindingKind.StaleScores, model, stale) : null;
    }

    private static RuleFinding? Segment(DbConnection connection, string path, SegmentCondition c, RuleMoment moment)
    {
        foreach (var segment in c.Segments)
        {
            if (!Exists(connection, $"select 1 from \"CustomerScores\" where \"Model\" = '{EventFacts.Segments}' and \"Value\" = @0 limit 1", (double)segment))
                return new RuleFinding(path, RuleFindingKind.UnknownSegment, segment.ToString(CultureInfo.InvariantCulture));
        }
        return Scores(connection, path, EventFacts.Segments, moment);
    }

    private static RuleFinding? Audience(DbConnection connection, string path, long id, DateTimeOffset now)
    {
        using var command = connection.Prepare("select \"Name\" from \"Audiences\" where \"Id\" = @0 and \"ArchivedAt\" is not null", 1);
        command.Set(0, id);
        if (command.ExecuteScalar() is string archived) return new RuleFinding(path, RuleFindingKind.UnknownAudience, archived);
        using var freshness = new AudienceFreshness(connection, now);
        if (freshness.Of(id).Stale is not { } stale) return null;
        return new RuleFinding(path, stale switch { { NamedBy: not null } => RuleFindingKind.LateAudience, { Reason: StaleReason.Gone } => RuleFindingKind.UnknownAudience, { Reason: StaleReason.Failed } => RuleFindingKind.FailedAudience, _ => RuleFindingKind.LateAudience }, stale.Name);
    }

    private static bool Exists(DbConnection connection, string sql, object value)
    {
        using var command = connection.Prepare(sql, 1);
        return command.RunScalar(value) is not null;
    }
}
