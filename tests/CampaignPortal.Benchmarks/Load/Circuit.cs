using System.Globalization;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace CampaignPortal.Benchmarks.Load;

/// <summary>What a browser is to the server: it starts a circuit for a page, takes render batches, and answers calls of scripts with nothing.</summary>
internal sealed partial class Circuit : IAsyncDisposable
{
    private const int Invocation = 1, Completion = 3, Ping = 6, Close = 7;

    private readonly ClientWebSocket _socket = new();
    private readonly SemaphoreSlim _sending = new(1, 1);
    private readonly CancellationTokenSource _stop = new();
    private readonly Dictionary<string, TaskCompletionSource<object?>> _answers = new(StringComparer.Ordinal);
    private TaskCompletionSource _rendered = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task _reading = Task.CompletedTask, _pinging = Task.CompletedTask;
    private int _nextCall;

    /// <summary>Why the server gave the circuit up; null while it lives.</summary>
    public string? Failure { get; private set; }

    public int BatchCount { get; private set; }

    public long BatchBytes { get; private set; }

    /// <summary>Asks for the page, starts its circuit and waits for the first render batch.</summary>
    public static async Task<Circuit> OpenAsync(PortalClient portal, string address, CancellationToken ct)
    {
        var circuit = new Circuit();
        var html = (await portal.GetAsync(address, ct)).Html;
        await circuit.ConnectAsync(portal, ct);
        var state = StatePattern().Match(html).Groups["state"].Value;
        var page = new Uri(portal.Address, address).ToString();
        if (await circuit.CallAsync("StartCircuit", [portal.Address.ToString(), page, "[]", state], ct) is not string) throw new InvalidDataException($"No circuit for {address}.");
        var operations = MarkerPattern().Matches(html).Select((m, i) => $$"""{"type":"add","ssrComponentId":{{(i + 1).ToString(CultureInfo.InvariantCulture)}},"marker":{{m.Groups["marker"].Value}}}""");
        await circuit.SendAsync([Invocation, default(EmptyMap), null, "UpdateRootComponents", new object?[] { $$"""{"batchId":1,"operations":[{{string.Join(',', operations)}}]}""", state }, Array.Empty<object?>()], ct);
        await circuit._rendered.Task.WaitAsync(TimeSpan.FromSeconds(60), ct);
        return circuit;
    }

    /// <summary>Goes to another page inside the circuit and waits for what it renders first.</summary>
    public async Task GoAsync(Uri address, CancellationToken ct)
    {
        _rendered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await SendAsync([Invocation, default(EmptyMap), null, "OnLocationChanged", new object?[] { address.ToString(), null, true }, Array.Empty<object?>()], ct);
        await _rendered.Task.WaitAsync(TimeSpan.FromSeconds(60), ct);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_reading, _pinging);
        _socket.Dispose();
        _sending.Dispose();
        _stop.Dispose();
    }

    private async Task ConnectAsync(PortalClient portal, CancellationToken ct)
    {
        _socket.Options.Cookies = portal.Cookies;
        _socket.Options.SetRequestHeader("Origin", portal.Address.GetLeftPart(UriPartial.Authority));
        await _socket.ConnectAsync(new UriBuilder(portal.Address) { Scheme = "ws", Path = "/_blazor" }.Uri, ct);
        await _socket.SendAsync(Encoding.UTF8.GetBytes("{\"protocol\":\"blazorpack\",\"version\":1}\u001e"), WebSocketMessageType.Text, endOfMessage: true, ct);
        var buffer = new byte[256];
        var received = await _socket.ReceiveAsync(buffer, ct);
        if (Encoding.UTF8.GetString(buffer, 0, received.Count) is not "{}\u001e") throw new InvalidDataException("The handshake of the circuit was refused.");
        _reading = ReadAsync();
        _pinging = PingAsync();
    }

    private async Task<object?> CallAsync(string target, object?[] arguments, CancellationToken ct)
    {
        var id = (++_nextCall).ToString(CultureInfo.InvariantCulture);
        var answer = new TaskCompletionSource<object?>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_answers) _answers[id] = answer;
        await SendAsync([Invocation, default(EmptyMap), id, target, arguments, Array.Empty<object?>()], ct);
        return await answer.Task.WaitAsync(TimeSpan.FromSeconds(60), ct);
    }

    private async Task SendAsync(object?[] message, CancellationToken ct)
    {
        await _sending.WaitAsync(ct);
        try
        {
            await _socket.SendAsync(MessagePack.Frame(message), WebSocketMessageType.Binary, endOfMessage: true, ct);
        }
        finally
        {
            _sending.Release();
        }
    }

    private async Task PingAsync()
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(10));
        try
        {
            while (Failure is null && await timer.WaitForNextTickAsync(_stop.Token)) await SendAsync([Ping], _stop.Token);
        }
        catch (Exception e) when (e is OperationCanceledException or WebSocketException)
        {
            // the circuit is closed
        }
    }

    private async Task ReadAsync()
    {
        var (buffer, length) = (new byte[64 * 1024], 0);
        try
        {
            while (true)
            {
                if (length == buffer.Length) Array.Resize(ref buffer, buffer.Length * 2);
                var received = await _socket.ReceiveAsync(buffer.AsMemory(length), _stop.Token);
                if (received.MessageType is WebSocketMessageType.Close)
                {
                    Fail("closed by the server");
                    return;
                }
                length += received.Count;
                var start = 0;
                while (MessagePack.Read(buffer.AsSpan(start, length - start), out var consumed) is { } message)
                {
                    start += consumed;
                    await TakeAsync(message);
                }
                buffer.AsSpan(start, length - start).CopyTo(buffer);
                length -= start;
            }
        }
        catch (OperationCanceledException)
        {
            // disposed
        }
        catch (WebSocketException e)
        {
            Fail(e.Message);
        }
    }

    private async Task TakeAsync(object?[] message)
    {
        switch (message)
        {
            case [(long)Invocation, _, _, string target, object?[] arguments, ..]:
                await AnswerAsync(target, arguments);
                break;
            case [(long)Completion, _, string id, long kind, ..]:
                TaskCompletionSource<object?>? answer;
                lock (_answers) _answers.Remove(id, out answer);
                if (kind is 1) answer?.TrySetException(new InvalidDataException(message[4] as string));
                else answer?.TrySetResult(kind is 3 ? message[4] : null);
                break;
            case [(long)Close, ..]:
                Fail("closed: " + (message.Length > 1 ? message[1] as string : null));
                break;
        }
    }

    private async Task AnswerAsync(string target, object?[] arguments)
    {
        switch (target)
        {
            case "JS.RenderBatch" when arguments is [long batch, long bytes]:
                BatchCount++;
                BatchBytes += bytes;
                await SendAsync([Invocation, default(EmptyMap), null, "OnRenderCompleted", new object?[] { batch, null }, Array.Empty<object?>()], _stop.Token);
                _rendered.TrySetResult();
                break;
            case "JS.BeginInvokeJS":
                var (handle, result) = Call(arguments);
                if (handle is not 0)
                    await SendAsync([Invocation, default(EmptyMap), null, "EndInvokeJSFromDotNet", new object?[] { handle, true, string.Create(CultureInfo.InvariantCulture, $"[{handle},true,{result}]") }, Array.Empty<object?>()], _stop.Token);
                break;
            case "JS.Error":
                Fail(arguments.FirstOrDefault() as string ?? "error");
                break;
        }
    }

    // A module or an element gets a number, everything else is null.
    private static (long Handle, string Result) Call(object?[] arguments)
    {
        if (arguments is not [string json]) return ((long)arguments[0]!, arguments is [_, _, _, 1L, ..] ? """{"__jsObjectId":1}""" : "null"); // a number in the older form
        using var call = JsonDocument.Parse(json);
        long Number(string name) => call.RootElement.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.Number ? value.GetInt64() : 0;
        return (Number("asyncHandle"), Number("resultType") is 1 ? """{"__jsObjectId":1}""" : "null");
    }

    private void Fail(string reason)
    {
        Failure ??= reason;
        _rendered.TrySetException(new InvalidDataException("The circuit ended: " + reason));
        lock (_answers)
        {
            foreach (var answer in _answers.Values) answer.TrySetException(new InvalidDataException("The circuit ended: " + reason));
        }
    }

    [GeneratedRegex("<!--Blazor:(?<marker>\\{\"type\":\"server\".*?\\})-->", RegexOptions.ExplicitCapture | RegexOptions.Singleline, 1000)]
    private static partial Regex MarkerPattern();

    [GeneratedRegex("<!--Blazor-Server-Component-State:(?<state>.*?)-->", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex StatePattern();
}
