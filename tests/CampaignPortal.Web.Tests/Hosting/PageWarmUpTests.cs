using CampaignPortal.Marketing.Common;
using CampaignPortal.Testing;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;

namespace CampaignPortal.Web.Tests.Hosting;

/// <summary>What pages keep in memory is read after the start.</summary>
public sealed class PageWarmUpTests
{
    [Fact]
    public async Task Everything_registered_is_read_and_a_refusal_of_the_store_stops_nothing()
    {
        var (first, last) = (new Memory(), new TaskCompletionSource());
        await using var portal = TestPortal.Start(configure: services => services
            .AddSingleton(first)
            .AddWarmUp<Memory>((memory, _) =>
            {
                memory.ReadCount++;
                throw new SqliteException("database is locked", 5);
            })
            .AddWarmUp<Memory>((_, _) =>
            {
                last.SetResult();
                return Task.CompletedTask;
            }));
        await last.Task.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        Assert.Equal(1, first.ReadCount);
    }

    private sealed class Memory
    {
        public int ReadCount { get; set; }
    }
}
