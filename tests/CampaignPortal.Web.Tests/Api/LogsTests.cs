using System.Collections.Concurrent;
using CampaignPortal.Marketing.Access;
using CampaignPortal.Marketing.Privacy;
using CampaignPortal.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace CampaignPortal.Web.Tests.Api;

public sealed class LogsTests
{
    [Fact]
    public async Task Logs_never_contain_contact_data_or_keys()
    {
        using var logs = new CapturedLogs();
        await using var portal = TestPortal.Start(configure: services => services.AddSingleton<ILoggerProvider>(logs).AddLogging(l => l.SetMinimumLevel(LogLevel.Trace).AddFilter(null, LogLevel.Trace)));
        using var client = await portal.CreateApiClientAsync(ApiScopes.EventsWrite, ApiScopes.CustomersWrite);
        await TestPortal.PostAsync(client, "/api/v1/events", new
        {
            batch = new object[]
            {
                new { messageId = "1", type = "identify", userId = "c-1", traits = new { email = "canary-71@example.com", phone = "+4930555000111", name = "Canary Seventyone" } },
                new { messageId = "2", type = "track", @event = "x", userId = "canary-71@example.com" },
            },
        });
        await TestPortal.PostAsync(client, "/api/v1/customers", new { customers = new[] { new { id = "c-2", email = "canary-71@example.org" } } });
        await portal.Get<ContactDirectory>().FindAsync("canary-71", 5, TestContext.Current.CancellationToken);
        portal.Get<ContactVault>().FindByEmail("canary-71@example.com");

        Assert.NotEmpty(logs.Lines);
        Assert.DoesNotContain(logs.Lines, line => line.Contains("canary-71", StringComparison.OrdinalIgnoreCase) || line.Contains("Seventyone", StringComparison.Ordinal) || line.Contains("555000111", StringComparison.Ordinal));
        Assert.DoesNotContain(logs.Lines, line => line.Contains(client.DefaultRequestHeaders.Authorization!.Parameter!, StringComparison.Ordinal));
    }

    private sealed class CapturedLogs : ILoggerProvider, ILogger
    {
        public ConcurrentQueue<string> Lines { get; } = new();

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => Lines.Enqueue(formatter(state, exception) + exception);

        public void Dispose()
        {
        }
    }
}
