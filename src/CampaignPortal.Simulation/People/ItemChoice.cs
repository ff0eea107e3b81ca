using CampaignPortal.Simulation.Shop;
using CampaignPortal.Statistics.Random;

namespace CampaignPortal.Simulation.People;

/// <summary>Draws items for one person; remembers the sums of departments that the person has looked at.</summary>
internal sealed class ItemChoice(Habits habits, Person person)
{
    private readonly float[]?[] _until = new float[]?[Department.All.Count];

    public int DepartmentOf(Rng rng, int day)
    {
        Span<double> interests = stackalloc double[Department.All.Count];
        habits.Interests(person, day, interests);
        var at = rng.NextDouble();
        for (var d = 0; d < interests.Length; d++)
        {
            if ((at -= interests[d]) < 0) return d;
        }
        return interests.Length - 1;
    }

    public ShopItem Item(Rng rng, int department)
    {
        var until = _until[department] ??= Sum(habits.ChancesWithin(person, department));
        var found = Array.BinarySearch(until, rng.NextSingle() * until[^1]);
        var place = Math.Min(until.Length - 1, found < 0 ? ~found : found);
        return habits.Catalogue.Items[department * Catalogue.DepartmentSize + place];
    }

    private static float[] Sum(double[] chances)
    {
        var until = new float[chances.Length];
        var sum = 0.0;
        for (var i = 0; i < chances.Length; i++) until[i] = (float)(sum += chances[i]);
        return until;
    }
}
