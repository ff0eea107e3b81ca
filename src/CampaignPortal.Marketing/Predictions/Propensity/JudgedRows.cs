using CampaignPortal.Learning.Persistence;

namespace CampaignPortal.Marketing.Predictions.Propensity;

/// <summary>What a version said of the customers it was tested on, and what they did: kept beside its weights, so that two versions can be compared on the same people.</summary>
/// <param name="TestDay">Local day of the test's cut: outcomes of two days are two questions.</param>
internal sealed record JudgedRows(int TestDay, long[] Customers, float[] Labels, float[] Scores) : IStorable<JudgedRows>
{
    /// <summary>Folder below that of the version.</summary>
    public const string Folder = "judged";

    public static string Kind => "judged-rows";

    /// <summary>Labels and both scores of the customers whom both were tested on; null when the tests asked another question.</summary>
    public static (float[] Labels, float[] A, float[] B)? Shared(JudgedRows a, JudgedRows b)
    {
        if (a.TestDay != b.TestDay) return null;
        var place = b.Customers.Select((id, i) => (id, i)).ToDictionary(p => p.id, p => p.i);
        var rows = Enumerable.Range(0, a.Customers.Length).Where(i => place.ContainsKey(a.Customers[i])).ToArray();
        return rows.Length == 0 ? null : (Array.ConvertAll(rows, i => a.Labels[i]), Array.ConvertAll(rows, i => a.Scores[i]), Array.ConvertAll(rows, i => b.Scores[place[a.Customers[i]]]));
    }

    public void Store(ModelPart part)
    {
        part.Settings["test_day"] = TestDay;
        part.Put("customers", Customers);
        part.Put("labels", Labels);
        part.Put("scores", Scores);
    }

    public static JudgedRows Restore(ModelPart part)
    {
        var customers = part.Get<long>("customers");
        return new JudgedRows(part.Setting<int>("test_day"), customers, part.Get<float>("labels", customers.Length), part.Get<float>("scores", customers.Length));
    }
}
