using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using CampaignPortal.Marketing.Access;
using CampaignPortal.Testing;
using Microsoft.EntityFrameworkCore;

namespace CampaignPortal.Web.Tests.Kill;

public sealed class IngestKillTests
{
    private const int EventCount = 20_000, BatchSize = 100, WriterCount = 4;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact, Trait("Promise", "R-04")]
    public async Task Killed_at_each_point_of_ingestion_nothing_answered_is_lost_and_nothing_is_doubled()
    {
        using var folder = new TempFolder();
        var data = folder.File("data");
        string secret;
        await using (var store = await TestStore.OpenAsync(data))
        {
            secret = (await store.Get<ApiKeyStore>().CreateAsync("shop", [ApiScopes.EventsWrite], null, Ct)).Value;
        }
        var waiting = new ConcurrentQueue<int>(Enumerable.Range(0, EventCount / BatchSize));
        var answered = new ConcurrentBag<int>();

        foreach (var plan in new[] { "ingest.after-parse@30", "ingest.before-commit@10", "ingest.after-commit-before-reply@10", "ingest.before-commit@15", "ingest.after-commit-before-reply@1", null })
        {
            var (program, client) = await ChildProgram.ServeAsync(data, plan, Ct);
            await using (program)
            using (client)
            {
                client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", secret);
                await Task.WhenAll(Enumerable.Range(0, WriterCount).Select(_ => PostAsync(client, waiting, answered)));
                if (plan is not null)
                {
                    await program.WaitForExitAsync(Ct);
                    Assert.NotEqual(0, program.ExitCode);
                }
            }
            await AssertAnsweredIsStoredAsync(data, answered);
        }

        Assert.Empty(waiting);
        await using var final = await TestStore.OpenAsync(data);
        await using var db = await final.ContextAsync();
        Assert.Equal(EventCount, await db.Events.CountAsync(Ct));
        Assert.Equal(EventCount, await db.Events.Select(e => e.MessageId).Distinct().CountAsync(Ct));
        Assert.Equal(EventCount, await db.Events.MaxAsync(e => e.Sequence, Ct)); // without a gap
        Assert.Equal("ok", await db.Database.SqlQueryRaw<string>("select integrity_check as Value from pragma_integrity_check").FirstAsync(Ct));
    }

    private static async Task PostAsync(HttpClient client, ConcurrentQueue<int> waiting, ConcurrentBag<int> answered)
    {
        while (waiting.TryDequeue(out var batch))
        {
            try
            {
                var response = await client.PostAsJsonAsync("/api/v1/events", new { batch = Enumerable.Range(0, BatchSize).Select(i => Event(batch, i)) }, Ct);
                if (response.StatusCode is HttpStatusCode.OK)
                {
                    answered.Add(batch);
                    continue;
                }
                waiting.Enqueue(batch);
                if (response.StatusCode is not HttpStatusCode.TooManyRequests) return;
            }
            catch (HttpRequestException)
            {
                waiting.Enqueue(batch); // unknown: it is sent again, as any client must
                return;
            }
        }
    }

    private static object Event(int batch, int index) => new
    {
        messageId = FormattableString.Invariant($"{batch}-{index}"),
        type = "track",
        @event = "Product Viewed",
        userId = FormattableString.Invariant($"c-{(batch * 31 + index) % 500}"),
        timestamp = "2026-01-05T10:00:00Z",
        properties = new { product_id = FormattableString.Invariant($"p-{index}") },
    };

    private static async Task AssertAnsweredIsStoredAsync(string data, ConcurrentBag<int> answered)
    {
        await using var store = await TestStore.OpenAsync(data);
        await using var db = await store.ContextAsync();
        var stored = (await db.Events.Select(e => e.MessageId).ToListAsync(Ct)).ToHashSet(StringComparer.Ordinal);
        Assert.All(answered, batch => Assert.All(Enumerable.Range(0, BatchSize), i => Assert.Contains(FormattableString.Invariant($"{batch}-{i}"), stored)));
    }

    [Fact, Trait("Promise", "R-24")]
    public async Task A_second_program_on_the_same_data_says_so_and_ends_with_1()
    {
        using var folder = new TempFolder();
        var (program, client) = await ChildProgram.ServeAsync(folder.File("data"), null, Ct);
        client.Dispose();
        await using (program)
        {
            var (exitCode, output) = await ChildProgram.RunAsync(Ct, "migrate", "--data", folder.File("data"));
            Assert.Equal(1, exitCode);
            Assert.Contains("in use by process", output, StringComparison.Ordinal);
            Assert.Contains("serve on http://127.0.0.1:0", output, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_misspelt_verb_and_a_wrong_option_end_with_2()
    {
        Assert.Equal(2, (await ChildProgram.RunAsync(Ct, "improt")).ExitCode);
        Assert.Equal(2, (await ChildProgram.RunAsync(Ct, "erase")).ExitCode);
    }
}
