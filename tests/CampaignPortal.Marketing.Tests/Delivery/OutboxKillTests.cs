using System.Diagnostics;
using System.Globalization;
using CampaignPortal.Marketing.Database.Sqlite;
using CampaignPortal.Marketing.Delivery;
using CampaignPortal.Marketing.Delivery.Transports;
using CampaignPortal.Marketing.Events;
using CampaignPortal.Testing;
using Microsoft.EntityFrameworkCore;

namespace CampaignPortal.Marketing.Tests.Delivery;

/// <summary>The outbox in a process of its own that dies at each point of the protocol; the sink of this process knows what really arrived.</summary>
public sealed class OutboxKillTests
{
    private const int Audience = 240, Parallelism = 4;
    private const string DataVariable = "CAMPAIGNPORTAL_OUTBOX_DATA", RoundVariable = "CAMPAIGNPORTAL_OUTBOX_ROUND", PolicyVariable = "CAMPAIGNPORTAL_OUTBOX_POLICY", PausesVariable = "CAMPAIGNPORTAL_OUTBOX_PAUSES";

    private static readonly string[] Plans =
    [
        "plan.mid-insert@100", "plan.after-commit@1", "claim.after-commit@2", "send.after-body-before-mark@30", "send.after-mark-before-dot@25", "send.after-dot-before-reply@25",
        "send.after-reply-before-record@25", "receipt.before-commit@20", "send.after-record@15", "send.after-dot-before-reply@3",
    ];

    // The points at which the policies and transports differ.
    private static readonly string[] AfterTheMark = ["send.after-mark-before-dot@25", "send.after-dot-before-reply@25", "send.after-reply-before-record@25", "receipt.before-commit@20"];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact, Trait("Promise", "R-20")]
    public async Task Killed_at_each_point_nobody_gets_two_mails_and_every_row_says_what_is_known()
    {
        await using var sink = new SmtpSink();
        var messages = await RunAsync(sink, DoubtPolicy.Hold, Plans);
        AssertComplete(messages);
        var taken = sink.Taken.Select(m => m.MessageId).ToArray();
        Assert.Equal(taken.Length, taken.Distinct(StringComparer.Ordinal).Count()); // promise A: one copy at most
        var byHeader = messages.ToDictionary(m => $"<{m.MessageIdHeader}@localhost.localdomain>", StringComparer.Ordinal);
        Assert.All(taken, id => Assert.Contains(byHeader[id].State, new[] { MessageState.Accepted, MessageState.InDoubt }));
        Assert.All(messages.Where(m => m.State is MessageState.Accepted), m => Assert.Contains($"<{m.MessageIdHeader}@localhost.localdomain>", taken));
        Assert.InRange(messages.Count(m => m.State is MessageState.InDoubt), 1, Plans.Length * Parallelism); // promise C
    }

    [Fact, Trait("Promise", "R-22")]
    public async Task Under_resend_nobody_is_missed_and_copies_are_no_more_than_unknown_outcomes()
    {
        await using var sink = new SmtpSink();
        var messages = await RunAsync(sink, DoubtPolicy.Resend, AfterTheMark);
        AssertComplete(messages);
        Assert.All(messages, m => Assert.Equal(MessageState.Accepted, m.State));
        var copies = sink.Taken.GroupBy(m => m.Recipient).ToDictionary(g => g.Key, g => g.ToArray(), StringComparer.Ordinal);
        Assert.Equal(Audience, copies.Count);
        Assert.InRange(sink.Taken.Count - Audience, 0, AfterTheMark.Length * Parallelism);
        Assert.All(copies.Values, mails => Assert.Single(mails.Select(m => m.MessageId).Distinct()));
        Assert.All(copies.Values, mails => Assert.Single(mails.Select(m => m.Wire).Distinct())); // the same date, the same everything
    }

    [Fact, Trait("Promise", "R-21")]
    public async Task With_the_pickup_folder_everybody_has_exactly_one_mail_and_nothing_is_in_doubt()
    {
        var messages = await RunAsync(sink: null, DoubtPolicy.Hold, AfterTheMark);
        AssertComplete(messages);
        Assert.All(messages, m => Assert.Equal(MessageState.Accepted, m.State));
    }

    [Fact, Trait("Promise", "R-39")]
    public async Task Killed_between_pauses_nobody_gets_two_mails_and_nobody_is_lost()
    {
        await using var sink = new SmtpSink();
        var messages = await RunAsync(sink, DoubtPolicy.Hold, ["send.after-mark-before-dot@25", "send.after-reply-before-record@40", "send.after-dot-before-reply@10"], isPaused: true);
        AssertComplete(messages);
        var taken = sink.Taken.Select(m => m.MessageId).ToArray();
        Assert.Equal(taken.Length, taken.Distinct(StringComparer.Ordinal).Count());
        Assert.Equal(messages.Count(m => m.State is MessageState.Accepted), taken.Length - messages.Count(m => m.State is MessageState.InDoubt && taken.Contains($"<{m.MessageIdHeader}@localhost.localdomain>")));
        Assert.InRange(messages.Count(m => m.State is MessageState.InDoubt), 1, 3 * Parallelism);
    }

    /// <summary>The store is copied in the middle of a send, more is sent, and the copy is put in its place.</summary>
    [Fact, Trait("Promise", "R-42")]
    public async Task A_backup_from_the_middle_of_a_send_starts_stopped_and_holds_all_that_may_have_left_since()
    {
        await using var sink = new SmtpSink();
        using var folder = new TempFolder();
        var data = folder.File("data");
        await using (var store = await OutboxTests.OpenAsync(Audience, data)) await SmtpTransportTests.OpenAsync(sink, existing: store);
        Assert.NotEqual(0, await LiveAsync(data, "send.after-record@60", 0, DoubtPolicy.Hold));
        SqliteBackup.Write(Path.Combine(data, "portal.db"), folder.File("backup.db"), Ct);
        var before = Taken(sink);
        Assert.NotEqual(0, await LiveAsync(data, "send.after-dot-before-reply@50", 1, DoubtPolicy.Hold));
        var since = Taken(sink).Except(before).ToHashSet(StringComparer.Ordinal);
        Assert.NotEmpty(since);

        RestoredCopyTests.PutInPlace(folder.File("backup.db"), data);
        await using var copy = await OutboxTests.OpenAsync(0, data);
        copy.Clock.Advance(TimeSpan.FromMinutes(20));
        await using var outbox = new RunningOutbox(copy);
        await outbox.DrainUntilAsync(() => copy.Get<DeliverySettingsStore>().Read().HeldByRestore is not null, Ct);
        await Task.Delay(100, Ct); // a worker that would send has sent
        Assert.Equal(before.Count + since.Count, Taken(sink).Count);
        Assert.True(copy.Get<DeliverySettingsStore>().Read().IsStopped);
        var messages = await OutboxTests.MessagesAsync(copy);
        Assert.All(messages.Where(m => since.Contains($"<{m.MessageIdHeader}@localhost.localdomain>")), m => Assert.Equal(MessageState.InDoubt, m.State));

        await RestoredCopyTests.LetGoOnAsync(copy);
        await outbox.DrainAsync(Ct);
        Assert.Equal(sink.Taken.Count, Taken(sink).Count); // no key twice
        var doubted = (await OutboxTests.MessagesAsync(copy)).Where(m => m.State is MessageState.InDoubt).Select(m => m.Id).ToArray();
        await copy.Get<SettleMessagesHandler>().CountAsSentAsync(doubted, "test", Ct);
        AssertComplete(await OutboxTests.MessagesAsync(copy));
        await AssertLogAgreesAsync(copy);
    }

    private static HashSet<string> Taken(SmtpSink sink) => sink.Taken.Select(m => m.MessageId).ToHashSet(StringComparer.Ordinal);

    /// <summary>Not a test: what the child process does until the fault plan ends it.</summary>
    [Fact(Explicit = true)]
    public async Task Child_empties_the_outbox()
    {
        var round = int.Parse(Environment.GetEnvironmentVariable(RoundVariable)!, CultureInfo.InvariantCulture); // set by the parent
        var policy = Enum.Parse<DoubtPolicy>(Environment.GetEnvironmentVariable(PolicyVariable)!); // as above
        await using var store = await OutboxTests.OpenAsync(0, Environment.GetEnvironmentVariable(DataVariable));
        store.Clock.Advance(TimeSpan.FromMinutes(10 * round)); // what was put off is due in the next life
        await store.PlanAsync(OutboxTests.Range(1, Audience), Ct, change: m => m with { Policy = policy, SendBefore = ManualClock.Noon.AddDays(1) });
        store.Get<DeliveryQueue>().Wake();
        await using var outbox = new RunningOutbox(store);
        if (Environment.GetEnvironmentVariable(PausesVariable) is "yes") await store.PauseOftenAsync(50, Ct);
        await outbox.DrainAsync(Ct);
    }

    private static async Task<IReadOnlyList<Message>> RunAsync(SmtpSink? sink, DoubtPolicy policy, string[] plans, bool isPaused = false)
    {
        using var folder = new TempFolder();
        var data = folder.File("data");
        await using (var store = await OutboxTests.OpenAsync(Audience, data))
        {
            if (sink is not null) await SmtpTransportTests.OpenAsync(sink, existing: store);
        }
        for (var round = 0; round < plans.Length; round++) Assert.NotEqual(0, await LiveAsync(data, plans[round], round, policy, isPaused));
        Assert.Equal(0, await LiveAsync(data, null, plans.Length, policy, isPaused));

        await using var final = await OutboxTests.OpenAsync(0, data);
        await AssertLogAgreesAsync(final);
        if (sink is null) Assert.Equal(Audience, Directory.GetFiles(PickupTransport.FolderOf(final.Directory), "*.eml").Length);
        return await OutboxTests.MessagesAsync(final);
    }

    // One life of the child: this very program, told to run the one explicit test.
    private static async Task<int> LiveAsync(string data, string? faults, int round, DoubtPolicy policy, bool isPaused = false)
    {
        var start = new ProcessStartInfo("dotnet", ["exec", typeof(OutboxKillTests).Assembly.Location, "-class", typeof(OutboxKillTests).FullName!, "-explicit", "only"])
        {
            UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        start.Environment["DOTNET_ENVIRONMENT"] = "Testing";
        start.Environment["CAMPAIGNPORTAL_FAULTS"] = faults;
        start.Environment[DataVariable] = data;
        start.Environment[RoundVariable] = round.ToString(CultureInfo.InvariantCulture);
        start.Environment[PolicyVariable] = policy.ToString();
        start.Environment[PausesVariable] = isPaused ? "yes" : null;
        using var child = Process.Start(start)!; // with these options there is a process
        var output = child.StandardOutput.ReadToEndAsync(Ct);
        var errors = child.StandardError.ReadToEndAsync(Ct);
        await child.WaitForExitAsync(Ct);
        if (faults is null && child.ExitCode is not 0) Assert.Fail(await output + await errors);
        return child.ExitCode;
    }

    private static void AssertComplete(IReadOnlyList<Message> messages)
    {
        Assert.Equal(OutboxTests.Range(1, Audience), messages.Select(m => m.CustomerId).Order()); // promise B: one row each, all of them ended
        Assert.All(messages, m => Assert.Contains(m.State, MessageStates.Ended));
    }

    private static async Task AssertLogAgreesAsync(TestStore store)
    {
        await using var db = await store.ContextAsync();
        var sent = await db.Events.Where(e => e.Type == KnownEvents.MessageSent).Select(e => e.CustomerId!.Value).ToListAsync(Ct);
        var accepted = await db.Messages.Where(m => m.State == MessageState.Accepted).Select(m => m.CustomerId).ToListAsync(Ct);
        Assert.Equal(accepted.Order(), sent.Order());
        Assert.Empty(await db.Quarantine.ToListAsync(Ct));
    }
}
