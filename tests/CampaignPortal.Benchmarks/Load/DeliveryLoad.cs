using System.CommandLine;
using System.Diagnostics;
using CampaignPortal.Marketing.Delivery;
using CampaignPortal.Marketing.Delivery.Transports;
using CampaignPortal.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace CampaignPortal.Benchmarks.Load;

/// <summary>The verb <c>load delivery</c>: a campaign of a short mail to everybody, from the plan to the last record, into the pickup folder or into a mail server of this process.</summary>
internal static class DeliveryLoad
{
    public static Command Create()
    {
        var messages = new Option<int>("--messages") { DefaultValueFactory = _ => 10_000 };
        var smtp = new Option<bool>("--smtp") { Description = "Into a mail server of this process instead of the pickup folder." };
        var command = new Command("delivery", "Messages a second through the outbox") { messages, smtp };
        command.SetAction(async (parsed, ct) => Answer.Print(await RunAsync(parsed.GetValue(messages), parsed.GetValue(smtp), ct)));
        return command;
    }

    private static async Task<DeliveryReport> RunAsync(int count, bool useSmtp, CancellationToken ct)
    {
        await using var sink = useSmtp ? new SmtpSink() : null;
        await using var store = await TestStore.OpenAsync(configure: services => services
            .AddSingleton<ScriptedMessageSource>()
            .AddSingleton<IMessageSource>(provider => provider.GetRequiredService<ScriptedMessageSource>()));
        await store.AddReadersAsync(count, ct);
        if (sink is not null) await store.UseRelayAsync(sink.Port, ct);
        var planning = Stopwatch.StartNew();
        await store.PlanAsync(Enumerable.Range(1, count).Select(i => (long)i), ct);
        planning.Stop();
        var sending = Stopwatch.StartNew();
        await using (var outbox = new RunningOutbox(store, TimeSpan.FromMinutes(10))) await outbox.DrainAsync(ct);
        sending.Stop();
        var progress = store.Get<DeliveryProgress>().Read(campaignId: 1);
        var arrived = sink?.Taken.Count ?? Directory.GetFiles(PickupTransport.FolderOf(store.Directory), "*.eml").Length;
        return new DeliveryReport(count, progress.Of(MessageState.Accepted), arrived, planning.Elapsed.TotalSeconds, sending.Elapsed.TotalSeconds, count / sending.Elapsed.TotalSeconds);
    }

    /// <param name="Accepted">Rows that say so.</param>
    /// <param name="Arrived">Mails that are there.</param>
    private sealed record DeliveryReport(int Messages, int Accepted, int Arrived, double PlanSeconds, double SendSeconds, double MessagesPerSecond);
}
