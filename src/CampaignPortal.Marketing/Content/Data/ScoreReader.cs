using System.Data.Common;
using System.Globalization;
using CampaignPortal.Marketing.Content.Templates;

namespace CampaignPortal.Marketing.Content.Data;

/// <summary>Scores of customers by the name of their model, and the segment.</summary>
/// <remarks>Read from the table alone: what a score means is known a floor above, and a template only compares numbers.</remarks>
internal static class ScoreReader
{
    private const string SegmentModel = "segments", GivenName = "segment.name.";

    /// <summary>A model's name as a template can write it.</summary>
    public static string FieldOf(string model) => model.Replace('-', '_').Replace('.', '_');

    public static void Read(DbConnection connection, IReadOnlyList<long> customers, Dictionary<long, Person> people, CancellationToken ct)
    {
        var names = ReadSegmentNames(connection);
        CustomerRows.Read(
            connection, customers, "select \"CustomerId\", \"Model\", \"Value\" from \"CustomerScores\" where \"CustomerId\" in ({0})",
            row =>
            {
                if (!people.TryGetValue(row.GetInt64(0), out var person)) return;
                var (model, value) = (row.GetString(1), row.GetDouble(2));
                if (!double.IsFinite(value) || Math.Abs(value) > 1e15) return;
                if (model is not SegmentModel)
                {
                    person.MapOf("scores")[FieldOf(model)] = TemplateValue.Of((decimal)value);
                    return;
                }
                var segment = person.MapOf("segment");
                segment["number"] = TemplateValue.Of((decimal)value);
                segment["name"] = TemplateValue.Of(names.GetValueOrDefault((int)value));
            },
            ct);
    }

    private static Dictionary<int, string> ReadSegmentNames(DbConnection connection)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "select \"Key\", \"Value\" from \"Settings\" where \"Key\" like '" + GivenName + "%'";
        using var reader = command.ExecuteReader();
        var names = new Dictionary<int, string>();
        while (reader.Read())
        {
            if (int.TryParse(reader.GetString(0).AsSpan(GivenName.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var number)) names[number] = reader.GetString(1);
        }
        return names;
    }
}
