using CampaignPortal.Marketing.Jobs;
using CampaignPortal.Testing;
using CampaignPortal.Web.Jobs;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;

namespace CampaignPortal.Web.Tests.Jobs;

/// <summary>What becomes of starts whose time passed while the portal was off.</summary>
public sealed class MissedStartsTests
{
    // Far away, so that no start comes due by itself.
    private const string NewYear = "0 0 0 1 1 ?";

    private static readonly (string Name, TimeSpan Ago)[] Lateness = [("minutes", TimeSpan.FromMinutes(2)), ("hours", TimeSpan.FromHours(2)), ("days", TimeSpan.FromDays(2))];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact, Trait("Promise", "R-50")]
    public async Task A_start_missed_by_minutes_hours_or_days_is_made_up_for_left_out_or_asked_about_as_its_schedule_says()
    {
        using var folder = new TempFolder();
        var data = folder.File("data");
        await using (var portal = Start(data))
        {
            // The scheduler takes all of them up at the next start.
            await portal.Get<SchedulesHandler>().AddMissingAsync([.. from policy in Enum.GetValues<MissedRuns>() from late in Lateness select Schedule(policy, late.Name)], Token);
        }
        await Start(data).DisposeAsync();
        var dueAt = SwitchOffUntilMissed(data);

        await using (var portal = Start(data))
        {
            foreach (var (name, ago) in Lateness)
            {
                var made = await EndOfAsync(portal, NameOf(MissedRuns.RunOnce, name));
                Assert.Equal((JobStatus.Succeeded, null), (made.Status, made.ReasonCode));
                Assert.Equal(dueAt - ago, made.DueAt); // the hour that was missed, beside the late start
                Assert.True(made.StartedAt >= dueAt);

                var skipped = await EndOfAsync(portal, NameOf(MissedRuns.Skip, name));
                Assert.Equal((JobStatus.Skipped, "missed", null), (skipped.Status, skipped.ReasonCode!, skipped.Repair));
                Assert.Equal(dueAt - ago, skipped.DueAt);

                var asked = await EndOfAsync(portal, NameOf(MissedRuns.Ask, name));
                Assert.Equal((JobStatus.Skipped, "missed-ask", JobRepairs.RunNow), (asked.Status, asked.ReasonCode!, asked.Repair!));
            }
        }

        await using (var again = Start(data)) // nothing is noticed twice
        {
            Assert.Equal(Lateness.Length * 3, (await again.Get<ListJobRunsHandler>().HandleAsync(new ListJobRuns(PageSize: 50), Token)).Runs.Count(r => r.Key == "work"));
        }
    }

    [Fact]
    public void Work_that_the_day_builds_on_is_made_up_for_and_upkeep_is_not() => Assert.All(
        JobSchedules.All,
        schedule => Assert.Equal(schedule.Name == Marketing.Jobs.Maintenance.CleanUpJob.JobKey ? MissedRuns.Skip : MissedRuns.RunOnce, schedule.Missed));

    private static TestPortal Start(string data) => TestPortal.Start(
        data,
        configure: services => services.AddSingleton<IJobHandler>(new ScriptedJob("work", (_, _) => Task.FromResult(JobOutcome.Done()))),
        isSchedulerOn: true);

    private static string NameOf(MissedRuns policy, string late) => $"work.{policy}-{late}";

    private static DefaultSchedule Schedule(MissedRuns policy, string late) => new(NameOf(policy, late), "work", new { name = $"{policy}-{late}" }, NewYear, policy);

    // As if the portal had been off since then: Quartz keeps the next start of each schedule in its file.
    private static DateTimeOffset SwitchOffUntilMissed(string data)
    {
        var now = DateTimeOffset.FromUnixTimeSeconds(TimeProvider.System.GetUtcNow().ToUnixTimeSeconds());
        using var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = Path.Combine(data, "quartz.db"), Pooling = false }.ToString());
        connection.Open();
        foreach (var (name, ago) in Lateness)
        {
            using var command = connection.CreateCommand();
            command.CommandText = "update QRTZ_TRIGGERS set NEXT_FIRE_TIME = @due where TRIGGER_NAME like 'work.%-' || @late";
            command.Parameters.AddWithValue("@due", (now - ago).UtcTicks);
            command.Parameters.AddWithValue("@late", name);
            Assert.Equal(3, command.ExecuteNonQuery());
        }
        return now;
    }

    private static async Task<JobRun> EndOfAsync(TestPortal portal, string name)
    {
        for (var i = 0; i < 500; i++)
        {
            var runs = (await portal.Get<ListJobRunsHandler>().HandleAsync(new ListJobRuns(name), Token)).Runs;
            if (runs is [{ FinishedAt: not null } run]) return run;
            await Task.Delay(20, Token);
        }
        throw new TimeoutException($"Nothing was written about {name}.");
    }
}
