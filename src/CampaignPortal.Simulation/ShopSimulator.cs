using CampaignPortal.Simulation.Messages;
using CampaignPortal.Simulation.People;
using CampaignPortal.Simulation.Shop;
using CampaignPortal.Simulation.Truth;

namespace CampaignPortal.Simulation;

/// <summary>A shop that behaves like customers do, with the truth beside it.</summary>
/// <remarks>Immutable: <see cref="Open"/> starts its history anew each time, with the same events.</remarks>
public sealed class ShopSimulator
{
    private readonly Habits _habits;
    private readonly ResponseModel _responses;
    private readonly Person[] _people;

    /// <exception cref="ArgumentOutOfRangeException">No customers, or a history of less than 30 days.</exception>
    public ShopSimulator(ShopOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Check();
        Options = options;
        Calendar = new ShopCalendar(DateOnly.FromDateTime(Start.UtcDateTime));
        Catalogue = new Catalogue(ChanceOf.Catalogue.Generator(options.Seed));
        _habits = new Habits(Catalogue, Calendar);
        _responses = new ResponseModel(_habits, options.Seed);
        _people = new Population(options, Calendar).Draw();
        PastCampaigns = options.HasPastCampaigns ? PastCampaign.Of(options) : [];
        Truth = new ShopTruth(_people, _habits, _responses);
    }

    public ShopOptions Options { get; }

    /// <summary>Midnight (UTC) of day 0.</summary>
    public DateTimeOffset Start => Options.Start;

    public Catalogue Catalogue { get; }

    public ShopCalendar Calendar { get; }

    public IReadOnlyList<Person> People => _people;

    public IReadOnlyList<PastCampaign> PastCampaigns { get; }

    public ShopTruth Truth { get; }

    /// <summary>Begins the life of the shop at day 0.</summary>
    public ShopLife Open() => new(this, _habits, _responses);

    /// <summary>The whole history in order of time, up to the end of the options.</summary>
    public IEnumerable<ShopEvent> History()
    {
        var life = Open();
        for (var day = 1; day <= Options.DayCount; day++)
        {
            foreach (var happened in life.AdvanceTo(Start.AddDays(day))) yield return happened;
        }
        foreach (var happened in life.AdvanceTo(Options.End)) yield return happened;
    }
}
