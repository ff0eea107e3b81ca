using CampaignPortal.Statistics.Random;

namespace CampaignPortal.Simulation.Shop;

/// <summary>What people write about what they bought.</summary>
internal static class Reviews
{
    private static readonly string[] Good = ["Lovely quality, exactly as in the picture.", "Arrived quickly and looks wonderful.", "I ordered a second one the same week.", "Soft, sturdy, beautiful.", "A present that was a great success."];
    private static readonly string[] Fair = ["Nice, a little smaller than I thought.", "Good, but the colour is darker than shown.", "Does what it should.", "Fine for the price."];
    private static readonly string[] Poor = ["It came with a scratch and I sent it back.", "The material feels thin, I am disappointed.", "Broke after two weeks.", "Delivery took far too long."];

    public static int Rating(Rng rng, bool isFavouriteStyle)
    {
        var at = rng.NextDouble() + (isFavouriteStyle ? 0.12 : 0);
        return at < 0.06 ? 1 : at < 0.12 ? 2 : at < 0.25 ? 3 : at < 0.55 ? 4 : 5;
    }

    public static string Text(Rng rng, int rating)
    {
        var texts = rating >= 4 ? Good : rating is 3 ? Fair : Poor;
        return texts[rng.NextInt(texts.Length)];
    }
}
