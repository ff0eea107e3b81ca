using System.Data.Common;
using CampaignPortal.Marketing.Audiences.Evaluation;
using CampaignPortal.Marketing.Audiences.Rules;
using CampaignPortal.Marketing.Database;

namespace CampaignPortal.Marketing.Audiences;

/// <summary>A rule names a segment that nobody is in any more: it means fewer people than it did, or more where it leaves them out.</summary>
/// <param name="Audience">Name of the audience whose rule it is.</param>
/// <param name="Segment">Its number: the name went with it.</param>
public sealed record GoneSegment(string Audience, int Segment);

/// <summary>Looks for segments that rules name and the newest model does not have.</summary>
internal static class GoneSegments
{
    /// <summary>The first one in the rules of these audiences, and of those that they name in turn; null when all are there.</summary>
    public static GoneSegment? Find(DbConnection connection, IEnumerable<long> audiences)
    {
        using var read = connection.Prepare($"""select "Name", "RuleJson" from "Audiences" where "Id" = @0 and "Kind" = '{nameof(AudienceKind.Live)}' """, 1);
        using var find = connection.Prepare($"""select 1 from "CustomerScores" where "Model" = '{EventFacts.Segments}' and "Value" = @0 limit 1""", 1);
        var (waiting, seen) = (new Queue<long>(audiences), new HashSet<long>());
        while (waiting.TryDequeue(out var id))
        {
            if (!seen.Add(id) || RuleOf(read, id) is not var (name, rule)) continue;
            foreach (var segment in rule.Conditions().OfType<SegmentCondition>().SelectMany(c => c.Segments))
            {
                if (find.RunScalar((double)segment) is null) return new GoneSegment(name, segment);
            }
            foreach (var other in rule.Audiences()) waiting.Enqueue(other);
        }
        return null;
    }

    // A list that stays as it is has a rule too, but nobody asks it any more.
    private static (string Name, AudienceRule Rule)? RuleOf(DbCommand read, long id)
    {
        read.Set(0, id);
        using var row = read.ExecuteReader();
        return row.Read() && RuleJson.Read(row.GetString(1)) is { IsOk: true } rule ? (row.GetString(0), rule.Value) : null;
    }
}
