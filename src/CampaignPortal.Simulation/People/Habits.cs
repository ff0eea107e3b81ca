using CampaignPortal.Simulation.Shop;

namespace CampaignPortal.Simulation.People;

/// <summary>The laws of behaviour: how often a person visits, whether a visit ends in an order, what is chosen. Lives are drawn from them, the truth is computed from them.</summary>
internal sealed class Habits(Catalogue catalogue, ShopCalendar calendar)
{
    public const double MeanExtraViews = 1.3, ReturnShare = 0.05, ReviewShare = 0.05, SeriesShare = 0.3, AgainShare = 0.25, FirstOrderChance = 0.72;

    // Tightness of the taste for a price, and how much more the favourite style is liked.
    private const double PriceWidth = 0.3, StyleLiking = 1.9;

    public Catalogue Catalogue => catalogue;

    public ShopCalendar Calendar => calendar;

    /// <summary>Mean visits of a day, for somebody who is a customer on it and whom nothing annoys.</summary>
    public double VisitRate(Person person, int day) =>
        person.VisitsPerDay * Math.Pow(calendar.SeasonOf(day), person.SeasonPull) * (person.IsInLifeEvent(day) ? Person.LifeEventVisits : 1);

    /// <summary>Chance that a visit ends in an order.</summary>
    /// <param name="discount">Offered to this person besides the sale of the shop; the larger of the two counts.</param>
    public double OrderChance(Person person, int day, double discount = 0) =>
        Chances.Logistic(person.OrderLogit + person.DiscountSensitivity * Math.Max(discount, calendar.SaleOf(day)));

    /// <summary>Interest in each department on a day; adds up to 1.</summary>
    public void Interests(Person person, int day, Span<double> interests)
    {
        var season = calendar.DepartmentsOf(day);
        var sum = 0.0;
        for (var d = 0; d < interests.Length; d++)
        {
            var boost = d == person.LifeEventDepartment && person.IsInLifeEvent(day) ? Person.LifeEventInterest : 1;
            sum += interests[d] = person.Taste[d] * season[d] * boost;
        }
        for (var d = 0; d < interests.Length; d++) interests[d] /= sum;
    }

    /// <summary>Chances of the items of a department, given that one of them is chosen; adds up to 1.</summary>
    public double[] ChancesWithin(Person person, int department)
    {
        var (offset, _) = Catalogue.BlockOf(department).GetOffsetAndLength(catalogue.Items.Count);
        var chances = new double[Catalogue.DepartmentSize];
        var sum = 0.0;
        for (var i = 0; i < chances.Length; i++)
        {
            var item = catalogue.Items[offset + i];
            var distance = Math.Log((double)item.Price / Department.All[department].Things[item.Thing].Price) - person.PriceLevel;
            sum += chances[i] = item.Popularity * Math.Exp(-distance * distance / (2 * PriceWidth * PriceWidth)) * (item.Style == person.Style ? StyleLiking : 1);
        }
        for (var i = 0; i < chances.Length; i++) chances[i] /= sum;
        return chances;
    }

    /// <summary>Pieces of a line: sets come in ones, twos and fours.</summary>
    public static int QuantityOf(double uniform, Department department) => !department.IsBoughtInSets ? 1 : uniform < 0.6 ? 1 : uniform < 0.85 ? 2 : 4;

    public static double MeanQuantity(Department department) => department.IsBoughtInSets ? 0.6 + 0.25 * 2 + 0.15 * 4 : 1;
}
