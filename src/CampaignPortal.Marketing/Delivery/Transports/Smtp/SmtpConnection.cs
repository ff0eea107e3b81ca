using System.Net.Security;
using System.Net.Sockets;
using System.Text;

namespace CampaignPortal.Marketing.Delivery.Transports.Smtp;

/// <summary>Bytes to and from a server, each wait with the time of its phase. It knows commands and answers, not what they mean.</summary>
internal sealed class SmtpConnection(SmtpSettings settings, TimeProvider clock, RemoteCertificateValidationCallback? trust) : IAsyncDisposable
{
    private const int MaxReplyBytes = 64 << 10, MaxLineLength = 4 << 10;
    private readonly TcpClient _client = new() { NoDelay = true }; // without it small writes wait 40 ms for the acknowledgement of the one before
    private readonly byte[] _buffer = new byte[4 << 10];
    private Stream _stream = Stream.Null;
    private int _from, _until;

    /// <summary>Extensions that the server named, in upper case with their parameters.</summary>
    public IReadOnlyList<string> Extensions { get; private set; } = [];

    /// <summary>When it was last used.</summary>
    public long RestsSince { get; set; }

    /// <summary>Whether it carried a message already: then the server may have left meanwhile.</summary>
    public bool IsUsed { get; set; }

    /// <summary>Bytes came that nobody asked for: the next answer would be taken for another one.</summary>
    public bool HasSurplus => _from < _until || (_client.Connected && _client.Available > 0);

    public bool Offers(string extension) => Extensions.Any(e => e == extension || e.StartsWith(extension + " ", StringComparison.Ordinal));

    public async Task OpenAsync(CancellationToken ct)
    {
        await WithinAsync(SendPhase.Connect, token => _client.ConnectAsync(settings.Host, settings.Port, token).AsTask(), ct);
        _stream = _client.GetStream();
        if (settings.Security is SmtpSecurity.Tls) await SecureAsync(ct);
    }

    /// <summary>Continues in TLS. What came before it in clear text is refused: it could be anybody's.</summary>
    public async Task SecureAsync(CancellationToken ct)
    {
        if (HasSurplus) throw new SmtpProtocolException("Plain text followed the answer to STARTTLS.");
        var secure = new SslStream(_stream, leaveInnerStreamOpen: false, trust);
        _stream = secure;
        await WithinAsync(SendPhase.StartTls, token => secure.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = settings.Host }, token), ct);
    }

    public async Task HelloAsync(string name, CancellationToken ct)
    {
        var reply = await AskAsync(SendPhase.Hello, "EHLO " + name, ct);
        if (!reply.IsPositive) throw new SmtpRefusedException(SendPhase.Hello, reply);
        Extensions = [.. reply.Lines.Skip(1).Select(l => l.ToUpperInvariant())];
    }

    public async Task<SmtpReply> AskAsync(SendPhase phase, string command, CancellationToken ct)
    {
        await WriteAsync(phase, Encoding.UTF8.GetBytes(command + "\r\n"), ct);
        return await ReadAsync(phase, ct);
    }

    public Task WriteAsync(SendPhase phase, ReadOnlyMemory<byte> bytes, CancellationToken ct) => WithinAsync(
        phase,
        async token =>
        {
            await _stream.WriteAsync(bytes, token);
            await _stream.FlushAsync(token);
        },
        ct);

    /// <summary>One answer of one or more lines, at most 64 KiB.</summary>
    /// <exception cref="SmtpProtocolException">It is no answer.</exception>
    public async Task<SmtpReply> ReadAsync(SendPhase phase, CancellationToken ct)
    {
        var lines = new List<string>();
        var code = 0;
        var left = MaxReplyBytes;
        await WithinAsync(
            phase,
            async token =>
            {
                for (var isLast = false; !isLast;)
                {
                    var line = await ReadLineAsync(token);
                    if ((left -= line.Length + 2) < 0) throw new SmtpProtocolException("An answer is longer than 64 KiB.");
                    if (line.Length < 3 || !int.TryParse(line.AsSpan(0, 3), System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var number)
                        || number is < 200 or > 599 || (lines.Count > 0 && number != code) || (line.Length > 3 && line[3] is not (' ' or '-')))
                        throw new SmtpProtocolException("A line is no answer of a mail server.");
                    code = number;
                    isLast = line.Length is 3 || line[3] is ' ';
                    lines.Add(line.Length > 4 ? line[4..] : "");
                }
            },
            ct);
        return new SmtpReply(code, lines);
    }

    /// <summary>Says good-bye without waiting for an answer: failing there changes nothing.</summary>
    public async Task QuitAsync()
    {
        try
        {
            await _stream.WriteAsync("QUIT\r\n"u8.ToArray());
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or InvalidOperationException)
        {
            // the server was faster
        }
        await DisposeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            await _stream.DisposeAsync();
        }
        catch (IOException)
        {
            // a connection that broke cannot be closed politely
        }
        _client.Dispose();
    }

    private async Task<string> ReadLineAsync(CancellationToken ct)
    {
        var line = new StringBuilder();
        while (true)
        {
            while (_from < _until)
            {
                var b = _buffer[_from++];
                if (b is (byte)'\n')
                {
                    if (line.Length > 0 && line[^1] is '\r') line.Length--;
                    return line.ToString();
                }
                if (line.Length >= MaxLineLength) throw new SmtpProtocolException("A line of an answer is longer than 4 KiB.");
                line.Append((char)b); // Latin-1: nothing that a server says can fail to be read
            }
            (_from, _until) = (0, await _stream.ReadAsync(_buffer, ct));
            if (_until is 0) throw new SmtpProtocolException("The server closed the connection.");
        }
    }

    /// <exception cref="TimeoutException">The time of the phase passed.</exception>
    private async Task WithinAsync(SendPhase phase, Func<CancellationToken, Task> work, CancellationToken ct)
    {
        using var limit = new CancellationTokenSource(SmtpTimes.Of(phase), clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, limit.Token);
        try
        {
            await work(either.Token);
        }
        catch (OperationCanceledException e) when (limit.IsCancellationRequested && !ct.IsCancellationRequested)
        {
            throw new TimeoutException($"The server was silent for {SmtpTimes.Of(phase).TotalMinutes:0} minutes.", e);
        }
    }
}

/// <summary>The server refuses before there is a message.</summary>
internal sealed class SmtpRefusedException(SendPhase phase, SmtpReply reply) : IOException($"The server answered {reply.Code}.")
{
    public SendPhase Phase => phase;

    public SmtpReply Reply => reply;
}
