using System.Globalization;
using CampaignPortal.Marketing.Jobs;
using CampaignPortal.Web.Components;
using CampaignPortal.Web.Components.Shared;
using CampaignPortal.Web.Identity;
using CampaignPortal.Web.Jobs;
using CampaignPortal.Web.Resources;
using Microsoft.AspNetCore.Components;

namespace CampaignPortal.Web.Features.Jobs;

public sealed partial class ScheduleEditor
{
    private static readonly TimeOnly Night = new(3, 0);

    private static readonly Lazy<string[]> Zones = new(() => ["UTC", .. TimeZoneInfo.GetSystemTimeZones().Select(z => z.Id).Where(id => id.Contains('/', StringComparison.Ordinal)).Order(StringComparer.Ordinal)]);

    private string _text = "", _cron = "", _zone = "";
    private MissedRuns _missed;
    private bool _isUnclear;
    private IReadOnlyList<JobSchedule> _others = [];
    private string? _overlap;

    [Inject] private SchedulesHandler Schedules { get; set; } = null!; // injected before anything runs
    [Inject] private Toaster Toasts { get; set; } = null!; // as above
    [CascadingParameter] private Viewer Viewer { get; set; } = Viewer.Nobody;

    [Parameter, EditorRequired] public required JobSchedule Schedule { get; set; }

    private static (Rhythm Rhythm, string Words)[] Rhythms =>
    [
        (Rhythm.Minutes, JobsWords.RhythmMinutes), (Rhythm.Hours, JobsWords.RhythmHours), (Rhythm.Daily, JobsWords.RhythmDaily), (Rhythm.Weekly, JobsWords.RhythmWeekly), (Rhythm.Monthly, JobsWords.RhythmMonthly),
    ];

    private bool MayControl => Viewer.User.Can(Capabilities.ControlJobs);

    private ScheduleSentence? Sentence => ScheduleSentence.Read(_cron);

    private bool IsChanged => _cron != Schedule.Cron || _zone != (Schedule.Zone ?? "") || _missed != Schedule.Missed;

    private TimeZoneInfo ZoneInfo => _zone.Length > 0 && TimeZoneInfo.TryFindSystemTimeZoneById(_zone, out var own) ? own : Viewer.Shop.Zone;

    private IReadOnlyList<DateTimeOffset> Next => ScheduleTimes.Next(_cron, ZoneInfo, Viewer.Clock.GetUtcNow(), 5);

    protected override async Task OnInitializedAsync()
    {
        (_cron, _zone, _missed) = (Schedule.Cron, Schedule.Zone ?? "", Schedule.Missed);
        _others = (await Schedules.ReadAsync(CancellationToken.None)).Schedules;
        FindOverlap();
    }

    private void Understand()
    {
        var cron = ScheduleText.ToCron(_text);
        _isUnclear = cron is null;
        if (cron is not null) Take(cron);
    }

    private void ChooseRhythm(ChangeEventArgs e)
    {
        if (!Enum.TryParse<Rhythm>((string?)e.Value, out var rhythm)) return;
        var at = Sentence is { Rhythm: Rhythm.Daily or Rhythm.Weekly or Rhythm.Monthly } known ? known.At : Night;
        Set(rhythm switch
        {
            Rhythm.Minutes => ScheduleSentence.EveryMinutes(15),
            Rhythm.Hours => ScheduleSentence.EveryHours(6),
            Rhythm.Weekly => ScheduleSentence.Weekly(at, ScheduleSentence.Weekdays),
            Rhythm.Monthly => ScheduleSentence.Monthly(at, 1),
            Rhythm.Daily => ScheduleSentence.Daily(at),
            _ => ScheduleSentence.Daily(at),
        });
    }

    private void Set(ScheduleSentence sentence) => Take(sentence.ToCron());

    private void SetTime(ScheduleSentence sentence, ChangeEventArgs e)
    {
        if (TimeOnly.TryParse((string?)e.Value, CultureInfo.InvariantCulture, out var at)) Set(sentence with { At = new TimeOnly(at.Hour, at.Minute) });
    }

    // The last day stays: a week without a day would never start.
    private void SetDay(ScheduleSentence sentence, DayOfWeek day, bool isOn)
    {
        var days = isOn ? sentence.Days.Append(day) : sentence.Days.Where(d => d != day);
        if (days.Any()) Set(ScheduleSentence.Weekly(sentence.At, days));
    }

    private void Take(string cron)
    {
        _cron = cron;
        FindOverlap();
    }

    private void FindOverlap()
    {
        var now = Viewer.Clock.GetUtcNow();
        var mine = Next.ToHashSet();
        _overlap = _others.FirstOrDefault(o => o.Name != Schedule.Name && !o.IsPaused && ScheduleTimes.Next(o.Cron, JobTimes.ZoneOf(o, Viewer), now, 5).Any(mine.Contains))?.Name;
    }

    private async Task SaveAsync()
    {
        if (!MayControl || Next.Count is 0) return;
        await Schedules.ChangeAsync(new ChangeSchedule(Schedule.Name, _cron, _zone, _missed, Viewer.User.ActorName()), CancellationToken.None);
        Toasts.Done(JobsWords.ScheduleSaved);
    }

    private static int Number(ChangeEventArgs e, int low, int high) => int.TryParse((string?)e.Value, CultureInfo.InvariantCulture, out var number) ? Math.Clamp(number, low, high) : low;
}
