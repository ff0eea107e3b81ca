namespace CampaignPortal.Simulation.Shop;

/// <summary>What the time of the year does to demand, and when the shop has a sale. Days are numbered from the start of the history.</summary>
public sealed class ShopCalendar
{
    private const int YearDays = 366;

    private readonly DateOnly _start;
    private readonly double[] _season = new double[YearDays];
    private readonly double[] _departments = new double[YearDays * Department.All.Count];

    internal ShopCalendar(DateOnly start)
    {
        _start = start;
        for (var day = 0; day < YearDays; day++)
        {
            _season[day] = 0.92 + 0.75 * Bump(day, 330, 7) + 0.6 * Bump(day, 346, 8) + 0.25 * Bump(day, 120, 20) - 0.2 * Bump(day, 361, 5) - 0.12 * Bump(day, 215, 20);
            for (var d = 0; d < Department.All.Count; d++)
                _departments[day * Department.All.Count + d] = 1 + Department.All[d].Swing * Math.Cos(2 * Math.PI * (day - Department.All[d].PeakDay) / 365);
        }
    }

    public DateOnly DateOf(int day) => _start.AddDays(day);

    /// <summary>Demand of the whole shop, about 1.</summary>
    public double SeasonOf(int day) => _season[YearDay(day)];

    /// <summary>Demand of each department, each about 1.</summary>
    public ReadOnlySpan<double> DepartmentsOf(int day) => _departments.AsSpan(YearDay(day) * Department.All.Count, Department.All.Count);

    /// <summary>Share of all prices that a sale takes off on that day; 0 mostly.</summary>
    public double SaleOf(int day) => DateOf(day) switch
    {
        { Month: 11, Day: >= 22 } => 0.20,
        { Month: 1, Day: >= 3 and <= 16 } => 0.25,
        { Month: 7, Day: <= 10 } => 0.15,
        _ => 0,
    };

    private int YearDay(int day) => DateOf(day).DayOfYear - 1;

    private static double Bump(double day, double peak, double width)
    {
        var distance = Math.Abs(day - peak);
        distance = Math.Min(distance, 365 - distance);
        return Math.Exp(-distance * distance / (2 * width * width));
    }
}
