using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using CampaignPortal.Marketing.Access;
using CampaignPortal.Marketing.Database;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace CampaignPortal.Testing;

/// <summary>The whole program in this process, on a data directory of its own.</summary>
public sealed class TestPortal : IAsyncDisposable
{
    private readonly TempFolder? _folder;
    private readonly Factory _factory;

    private readonly string? _kept;

    private TestPortal(TempFolder? folder, Factory factory, string? kept) => (_folder, _factory, _kept) = (folder, factory, kept);

    public IServiceProvider Services => _factory.Services;

    /// <summary>Starts it; with a port of its own when a browser needs one.</summary>
    public static TestPortal Start(string? path = null, bool withPort = false, Action<IServiceCollection>? configure = null, bool isSchedulerOn = false, bool isDemo = false)
    {
        var folder = path is null ? new TempFolder() : null;
        var factory = new Factory(path ?? folder!.File("data"), isSchedulerOn, isDemo, configure);
        if (withPort) factory.UseKestrel(0);
        factory.StartServer();
        return new TestPortal(folder, factory, path);
    }

    public Uri Address => _factory.ClientOptions.BaseAddress;

    public T Get<T>() where T : notnull => Services.GetRequiredService<T>();

    public HttpClient CreateClient() => _factory.CreateClient(new WebApplicationFactoryClientOptions { AllowAutoRedirect = false });

    /// <summary>A client with a fresh API key that has these scopes.</summary>
    public async Task<HttpClient> CreateApiClientAsync(params string[] scopes)
    {
        var made = await Get<ApiKeyStore>().CreateAsync("test-" + string.Join('-', scopes).Replace(':', '.'), scopes, lifetime: null, CancellationToken.None);
        var client = CreateClient();
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", made.Value);
        return client;
    }

    /// <summary>Posts JSON and reads the answer.</summary>
    public static async Task<(HttpResponseMessage Response, JsonElement Body)> PostAsync(HttpClient client, string path, object body)
    {
        var response = await client.PostAsJsonAsync(path, body);
        var text = await response.Content.ReadAsStringAsync();
        return (response, text.Length is 0 ? default : JsonDocument.Parse(text).RootElement);
    }

    public async ValueTask DisposeAsync()
    {
        await _factory.DisposeAsync();
        if (_kept is not null) await WaitForLockAsync(_kept);
        _folder?.Dispose();
    }

    // The host is gone a moment before the program's last line, which gives the data directory back: whoever comes next would be refused.
    private static async Task WaitForLockAsync(string data)
    {
        for (var attempt = 0; attempt < 200; attempt++)
        {
            try
            {
                DataDirectory.Open(data, keysPath: null, "test").Dispose();
                return;
            }
            catch (DataDirectoryInUseException)
            {
                await Task.Delay(25);
            }
        }
    }

    private sealed class Factory(string data, bool isSchedulerOn, bool isDemo, Action<IServiceCollection>? configure) : WebApplicationFactory<Program>
    {
        protected override void ConfigureWebHost(IWebHostBuilder builder)
        {
            builder.UseEnvironment("Testing");
            builder.UseSetting("data", data); // arrives at the program as --data=…
            builder.UseSetting("Jobs:IsSchedulerOn", isSchedulerOn ? "true" : "false"); // no test has nightly work by surprise
            builder.UseSetting("demo", isDemo ? "true" : "false"); // and no made-up people
            if (configure is not null) builder.ConfigureServices(configure);
        }
    }
}
