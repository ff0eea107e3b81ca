using CampaignPortal.Marketing.Events;
using CampaignPortal.Statistics.Random;

namespace CampaignPortal.Testing;

/// <summary>A shop of a few hundred customers, drawn from a seed: some buy often, some leave, each has favourites.</summary>
public static class SmallShop
{
    public static DateTimeOffset Start { get; } = new(2025, 1, 1, 9, 0, 0, TimeSpan.Zero);

    /// <summary>Order lines in the order of time.</summary>
    public static IReadOnlyList<NewEvent> Events(Rng rng, int customers, int days)
    {
        List<NewEvent> events = [];
        for (var customer = 0; customer < customers; customer++)
        {
            var joined = rng.NextInt(days * 3 / 4);
            var gap = 6 + 60 * rng.NextDouble();
            var leaves = rng.NextInt(4) is 0 ? joined + rng.NextInt(days) : days;
            var favourite = rng.NextInt(40);
            var purse = Math.Exp(0.6 * rng.NextNormal()); // some spend more than others
            for (double day = joined; day < Math.Min(days, leaves); day += -gap * Math.Log(1 - rng.NextDouble()) + 0.1)
            {
                var order = FormattableString.Invariant($"o-{customer}-{events.Count}");
                for (var line = 0; line <= rng.NextInt(3); line++)
                {
                    var item = rng.NextInt(3) is 0 ? rng.NextInt(60) : favourite;
                    events.Add(An.OrderLine(order, line, FormattableString.Invariant($"c-{customer}"), Math.Round((decimal)(purse * (5 + 20 * rng.NextDouble())), 2), 1 + rng.NextInt(3), Start.AddDays(day), FormattableString.Invariant($"p-{item}")));
                }
            }
        }
        return [.. events.OrderBy(e => e.OccurredAt)];
    }
}
