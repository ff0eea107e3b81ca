using System.Net;
using System.Net.Sockets;
using CampaignPortal.Testing;

namespace CampaignPortal.BrowserTests;

/// <summary>A line between browser and portal that a test can cut and mend, and lead to another process: the browser sees one address all the while.</summary>
internal sealed class CutLine : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _end = new();
    private readonly HashSet<TcpClient> _open = [];
    private readonly Lock _turn = new();
    private readonly Task _accepting;
    private Uri? _target;
    private bool _isCut;

    public CutLine()
    {
        _listener.Start();
        _accepting = AcceptAsync();
    }

    /// <summary>Where new connections lead; answers the address for the browser.</summary>
    public Uri LeadTo(Uri target)
    {
        _target = target;
        return new Uri($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/");
    }

    /// <summary>Starts the program on a data directory, as a process that can be killed, and leads there.</summary>
    public async Task<ChildProgram> ServeAsync(string data, CancellationToken ct)
    {
        var (program, client) = await ChildProgram.ServeAsync(data, faults: null, ct);
        LeadTo(client.BaseAddress!); // known once it answers
        client.Dispose();
        return program;
    }

    /// <summary>Ends what is open and refuses what comes.</summary>
    public void Cut()
    {
        lock (_turn)
        {
            _isCut = true;
            foreach (var client in _open) client.Dispose();
            _open.Clear();
        }
    }

    public void Mend() => _isCut = false;

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        Cut();
        await _accepting;
        _listener.Dispose();
        _end.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var client = await _listener.AcceptTcpClientAsync(_end.Token);
                _ = CarryAsync(client);
            }
        }
        catch (OperationCanceledException)
        {
            // the test is over
        }
    }

    private async Task CarryAsync(TcpClient client)
    {
        using var near = client;
        using var far = new TcpClient { NoDelay = true };
        lock (_turn)
        {
            if (_isCut || _target is null) return;
            _open.Add(near);
            _open.Add(far);
        }
        try
        {
            await far.ConnectAsync(_target.Host, _target.Port, _end.Token);
            await Task.WhenAny(near.GetStream().CopyToAsync(far.GetStream(), _end.Token), far.GetStream().CopyToAsync(near.GetStream(), _end.Token));
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException or OperationCanceledException or InvalidOperationException)
        {
            // cut, or one side hung up
        }
        lock (_turn)
        {
            _open.Remove(near);
            _open.Remove(far);
        }
    }
}
