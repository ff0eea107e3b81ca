namespace CampaignPortal.Marketing.Audiences.Rules;

public enum FigureKind { Number, Money, Date }

/// <summary>A figure that the portal keeps of every customer, beside the traits that the shop states.</summary>
/// <param name="Name">How a rule names it.</param>
/// <param name="Kind">What it can be asked.</param>
/// <param name="IsZeroWithout">Missing means 0: no order is 0 orders.</param>
public sealed record Figure(string Name, FigureKind Kind, bool IsZeroWithout);

/// <summary>The figures. A name with this prefix is never a trait.</summary>
public static class RuleFigures
{
    public const string Prefix = "portal.";
    public const string Orders = Prefix + "orders";
    public const string Spent = Prefix + "spent";
    public const string AverageOrder = Prefix + "average-order";
    public const string Returned = Prefix + "returned";
    public const string FirstOrder = Prefix + "first-order";
    public const string LastOrder = Prefix + "last-order";
    public const string FirstSeen = Prefix + "first-seen";
    public const string LastSeen = Prefix + "last-seen";

    /// <summary>As a property of an event: when it happened.</summary>
    public const string EventTime = Prefix + "time";

    public static IReadOnlyList<Figure> All { get; } =
    [
        new(Orders, FigureKind.Number, true), new(Spent, FigureKind.Money, true), new(AverageOrder, FigureKind.Money, false), new(Returned, FigureKind.Money, true),
        new(FirstOrder, FigureKind.Date, false), new(LastOrder, FigureKind.Date, false), new(FirstSeen, FigureKind.Date, false), new(LastSeen, FigureKind.Date, false),
    ];

    /// <summary>Null for a trait.</summary>
    public static Figure? Find(string attribute) => All.FirstOrDefault(f => f.Name == attribute);
}
