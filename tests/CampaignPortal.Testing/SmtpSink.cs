using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace CampaignPortal.Testing;

/// <summary>Where a conversation stands when the sink answers.</summary>
public enum SinkMoment
{
    Greeting, Hello, StartTls, SignIn, Sender, Recipient, Data, Dot, Quit,
}

/// <summary>A mail that the sink took: noted before it says so.</summary>
/// <param name="MessageId">Value of the header.</param>
/// <param name="Wire">Every byte between DATA and the final dot, stuffing included.</param>
public sealed record TakenMail(string MessageId, string Recipient, string Wire)
{
    /// <summary>Whether the 250 was really written.</summary>
    public bool IsReplied { get; set; }
}

/// <summary>A mail server that speaks to the byte, notes what it takes before it answers, and misbehaves in each phase as it is told.</summary>
public sealed class SmtpSink : IAsyncDisposable
{
    /// <summary>Answer: close the connection.</summary>
    public const string Drop = "\u0001drop";

    /// <summary>Answer: say nothing for ever.</summary>
    public const string Silence = "\u0001silence";

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentBag<Task> _conversations = [];
    private readonly X509Certificate2? _certificate;
    private readonly Task _accepting;
    private int _connections;

    public SmtpSink(X509Certificate2? certificate = null)
    {
        _certificate = certificate;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public int ConnectionCount => Volatile.Read(ref _connections);

    /// <summary>Extensions in the answer to EHLO.</summary>
    public IReadOnlyList<string> Extensions { get; set; } = ["PIPELINING", "8BITMIME", "SMTPUTF8", "ENHANCEDSTATUSCODES"];

    /// <summary>What to answer instead of the standard; null is the standard. The text may hold more than one line, and nonsense.</summary>
    public Func<SinkMoment, string, string?> Answer { get; set; } = (_, _) => null;

    public ConcurrentQueue<TakenMail> Taken { get; } = new();

    /// <summary>Every command, in the order of arrival.</summary>
    public ConcurrentQueue<string> Commands { get; } = new();

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _accepting;
        await Task.WhenAll(_conversations);
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var client = await _listener.AcceptTcpClientAsync(_stop.Token);
                Interlocked.Increment(ref _connections);
                _conversations.Add(Task.Run(() => TalkAsync(client)));
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // the end
        }
    }

    private async Task TalkAsync(TcpClient client)
    {
        using var _ = client;
        client.NoDelay = true;
        Stream stream = client.GetStream();
        try
        {
            var reader = new LineReader(stream);
            if (!await SayAsync(stream, SinkMoment.Greeting, "", "220 sink ready\r\n")) return;
            string recipient = "";
            while (await reader.ReadAsync(_stop.Token) is { } command)
            {
                Commands.Enqueue(command);
                var verb = command.Split(' ', ':')[0].ToUpperInvariant();
                switch (verb)
                {
                    case "EHLO":
                        IReadOnlyList<string> lines = ["sink", .. Extensions, .. _certificate is not null && stream is NetworkStream ? new[] { "STARTTLS" } : []];
                        if (!await SayAsync(stream, SinkMoment.Hello, command, string.Concat(lines.Select((l, i) => $"250{(i == lines.Count - 1 ? ' ' : '-')}{l}\r\n")))) return;
                        break;
                    case "STARTTLS":
                        if (!await SayAsync(stream, SinkMoment.StartTls, command, "220 go\r\n")) return;
                        if (_certificate is null) break;
                        var secure = new SslStream(stream);
                        await secure.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = _certificate }, _stop.Token);
                        stream = secure;
                        reader = new LineReader(stream);
                        break;
                    case "AUTH":
                        if (!await SayAsync(stream, SinkMoment.SignIn, command, "235 welcome\r\n")) return;
                        break;
                    case "MAIL":
                        if (!await SayAsync(stream, SinkMoment.Sender, command, "250 2.1.0 ok\r\n")) return;
                        break;
                    case "RCPT":
                        recipient = command[(command.IndexOf('<', StringComparison.Ordinal) + 1)..command.LastIndexOf('>')];
                        if (!await SayAsync(stream, SinkMoment.Recipient, command, "250 2.1.5 ok\r\n")) return;
                        break;
                    case "DATA":
                        var answer = Answer(SinkMoment.Data, command) ?? "354 go on\r\n";
                        if (!await SayAsync(stream, answer)) return;
                        if (answer.StartsWith("354", StringComparison.Ordinal) && !await TakeAsync(stream, reader, recipient)) return;
                        break;
                    case "QUIT":
                        await SayAsync(stream, SinkMoment.Quit, command, "221 bye\r\n");
                        return;
                    default:
                        if (!await SayAsync(stream, "250 ok\r\n")) return;
                        break;
                }
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or ObjectDisposedException or System.Security.Authentication.AuthenticationException)
        {
            // the other side left
        }
    }

    private async Task<bool> TakeAsync(Stream stream, LineReader reader, string recipient)
    {
        var wire = new StringBuilder();
        while (await reader.ReadRawAsync(_stop.Token) is { } line)
        {
            if (line is ".\r\n")
            {
                var text = wire.ToString();
                var answer = Answer(SinkMoment.Dot, recipient) ?? "250 2.0.0 taken\r\n";
                // "dropped" takes the mail and loses the answer; a refusal takes nothing.
                var mail = answer is Drop or Silence || answer.StartsWith('2') ? new TakenMail(Header(text, "Message-ID"), recipient, text) : null;
                if (mail is not null) Taken.Enqueue(mail);
                var isSaid = await SayAsync(stream, answer);
                if (mail is not null) mail.IsReplied = isSaid;
                return isSaid;
            }
            wire.Append(line);
        }
        return false;
    }

    private Task<bool> SayAsync(Stream stream, SinkMoment moment, string command, string standard) => SayAsync(stream, Answer(moment, command) ?? standard);

    private async Task<bool> SayAsync(Stream stream, string answer)
    {
        if (answer is Drop) return false;
        if (answer is Silence) await Task.Delay(Timeout.Infinite, _stop.Token);
        await stream.WriteAsync(Encoding.Latin1.GetBytes(answer), _stop.Token);
        await stream.FlushAsync(_stop.Token);
        return true;
    }

    private static string Header(string mail, string name)
    {
        var line = mail.Split("\r\n").FirstOrDefault(l => l.StartsWith(name + ":", StringComparison.OrdinalIgnoreCase)) ?? "";
        return line.Length == 0 ? "" : line[(name.Length + 1)..].Trim();
    }

    private sealed class LineReader(Stream stream)
    {
        private readonly byte[] _buffer = new byte[8192];
        private int _from, _until;

        public async Task<string?> ReadAsync(CancellationToken ct) => (await ReadRawAsync(ct))?.TrimEnd('\r', '\n');

        public async Task<string?> ReadRawAsync(CancellationToken ct)
        {
            var line = new StringBuilder();
            while (true)
            {
                while (_from < _until)
                {
                    line.Append((char)_buffer[_from++]);
                    if (line[^1] is '\n') return line.ToString();
                }
                (_from, _until) = (0, await stream.ReadAsync(_buffer, ct));
                if (_until is 0) return null;
            }
        }
    }
}
