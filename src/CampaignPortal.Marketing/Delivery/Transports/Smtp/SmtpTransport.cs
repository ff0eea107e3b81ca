using System.Collections.Concurrent;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;
using CampaignPortal.Marketing.Common;
using CampaignPortal.Marketing.Delivery.Mime;
using CampaignPortal.Marketing.Settings;

namespace CampaignPortal.Marketing.Delivery.Transports.Smtp;

/// <summary>Hands mails to a relay: one recipient a transaction, the mark between body and final dot, connections kept for the next message.</summary>
/// <param name="trust">Judges certificates instead of the machine: for tests alone.</param>
public sealed class SmtpTransport(DeliverySettingsStore settings, TimeProvider clock, RemoteCertificateValidationCallback? trust = null) : IMessageTransport
{
    private const string HelloName = "campaignportal.localdomain";
    private static readonly byte[] FinalDot = ".\r\n"u8.ToArray();
    private readonly ConcurrentBag<(SmtpSettings Settings, SmtpConnection Connection)> _resting = [];

    public string Name => KnownSettings.SmtpTransport;

    public bool IsRepeatable => false;

    public int Parallelism => 4;

    public async Task<SendResult> SendAsync(OutgoingMail mail, Func<CancellationToken, Task<bool>> mark, CancellationToken ct)
    {
        var relay = settings.Read().Smtp;
        if (relay.Host.Length is 0) return Down(SendPhase.Connect, "No relay is set.");
        if (await TakeRestingAsync(relay) is { } resting)
        {
            var attempt = new SmtpAttempt(resting, mail, mark);
            var result = await RunAsync(relay, attempt, ct);
            // The server may have left while the connection rested: that is no fault of anybody, and nothing was marked.
            if (result is not { Outcome: SendOutcome.DestinationDown, Code: null } || attempt.IsMarked) return result;
        }
        var phase = SendPhase.Connect;
        var connection = new SmtpConnection(relay, clock, trust);
        try
        {
            await connection.OpenAsync(ct);
            phase = SendPhase.Greeting;
            await GreetAsync(connection, relay, p => phase = p, ct);
        }
        catch (OperationCanceledException)
        {
            await connection.DisposeAsync();
            throw;
        }
        catch (SmtpRefusedException e)
        {
            await connection.DisposeAsync();
            return SmtpReplies.Read(e.Phase, e.Reply, mail.To);
        }
        catch (Exception e) when (e is IOException or SocketException or AuthenticationException or TimeoutException)
        {
            await connection.DisposeAsync();
            return Down(phase, Describe(e));
        }
        return await RunAsync(relay, new SmtpAttempt(connection, mail, mark), ct);
    }

    private async Task<SendResult> RunAsync(SmtpSettings relay, SmtpAttempt attempt, CancellationToken ct)
    {
        var isKept = false;
        try
        {
            var result = await attempt.RunAsync(ct);
            isKept = attempt.IsClean;
            return result;
        }
        catch (OperationCanceledException) when (!attempt.IsMarked)
        {
            throw;
        }
        catch (Exception e) when (e is IOException or SocketException or TimeoutException or OperationCanceledException or ObjectDisposedException)
        {
            return attempt.IsMarked ? new SendResult(SendOutcome.Unknown, attempt.Phase, Text: Describe(e), Reason: MessageReasons.Unknown) : Down(attempt.Phase, Describe(e));
        }
        finally
        {
            if (isKept) Rest(relay, attempt.Connection);
            else await attempt.Connection.DisposeAsync();
        }
    }

    private static async Task GreetAsync(SmtpConnection connection, SmtpSettings relay, Action<SendPhase> at, CancellationToken ct)
    {
        var greeting = await connection.ReadAsync(SendPhase.Greeting, ct);
        if (!greeting.IsPositive) throw new SmtpRefusedException(SendPhase.Greeting, greeting);
        at(SendPhase.Hello);
        await connection.HelloAsync(HelloName, ct);
        if (relay.Security is SmtpSecurity.StartTls)
        {
            at(SendPhase.StartTls);
            // Somebody in between can strike the offer out: then nothing leaves in clear text.
            if (!connection.Offers("STARTTLS")) throw new SmtpProtocolException("The relay offers no STARTTLS.");
            var answer = await connection.AskAsync(SendPhase.StartTls, "STARTTLS", ct);
            if (!answer.IsPositive) throw new SmtpRefusedException(SendPhase.StartTls, answer);
            await connection.SecureAsync(ct);
            await connection.HelloAsync(HelloName, ct);
        }
        if (relay.User.Length is 0) return;
        at(SendPhase.SignIn);
        await SignInAsync(connection, relay, ct);
    }

    private static async Task SignInAsync(SmtpConnection connection, SmtpSettings relay, CancellationToken ct)
    {
        var ways = connection.Extensions.FirstOrDefault(e => e.StartsWith("AUTH ", StringComparison.Ordinal)) ?? "AUTH PLAIN";
        SmtpReply answer;
        if (ways.Contains("PLAIN", StringComparison.Ordinal) || !ways.Contains("LOGIN", StringComparison.Ordinal))
            answer = await connection.AskAsync(SendPhase.SignIn, "AUTH PLAIN " + Base64($"\0{relay.User}\0{relay.Password}"), ct);
        else
        {
            answer = await connection.AskAsync(SendPhase.SignIn, "AUTH LOGIN", ct);
            if (answer.Code is 334) answer = await connection.AskAsync(SendPhase.SignIn, Base64(relay.User), ct);
            if (answer.Code is 334) answer = await connection.AskAsync(SendPhase.SignIn, Base64(relay.Password ?? ""), ct);
        }
        if (!answer.IsPositive) throw new SmtpRefusedException(SendPhase.SignIn, answer);
    }

    private async Task<SmtpConnection?> TakeRestingAsync(SmtpSettings relay)
    {
        while (_resting.TryTake(out var resting))
        {
            if (resting.Settings == relay && !resting.Connection.HasSurplus && clock.GetElapsedTime(resting.Connection.RestsSince) < SmtpTimes.Rest) return resting.Connection;
            await resting.Connection.QuitAsync();
        }
        return null;
    }

    private void Rest(SmtpSettings relay, SmtpConnection connection)
    {
        (connection.IsUsed, connection.RestsSince) = (true, clock.GetTimestamp());
        _resting.Add((relay, connection));
    }

    private static SendResult Down(SendPhase phase, string text) => new(SendOutcome.DestinationDown, phase, Text: text, Reason: MessageReasons.Destination);

    // Of our own words only: those of the system may name paths and addresses.
    private static string Describe(Exception e) => e is SmtpProtocolException or TimeoutException ? e.Message : e is AuthenticationException ? "The certificate of the relay is not trusted." : e.GetType().Name;

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));

    /// <summary>One message on one connection.</summary>
    private sealed class SmtpAttempt(SmtpConnection connection, OutgoingMail mail, Func<CancellationToken, Task<bool>> mark)
    {
        public SmtpConnection Connection => connection;

        public bool IsMarked { get; private set; }

        /// <summary>Whether the connection can take another message.</summary>
        public bool IsClean { get; private set; }

        public SendPhase Phase { get; private set; }

        public async Task<SendResult> RunAsync(CancellationToken ct)
        {
            var needsUtf8 = MailAddresses.NeedsUtf8(mail.To);
            if (needsUtf8 && !connection.Offers("SMTPUTF8"))
            {
                IsClean = true;
                return new SendResult(SendOutcome.Refused, SendPhase.Recipient, Text: "The relay takes no address with letters beyond ASCII.", Reason: MessageReasons.NoAddress);
            }
            if (await AnnounceAsync(needsUtf8 ? " SMTPUTF8" : "", ct) is { } refusal) return refusal;
            Phase = SendPhase.Body;
            await connection.WriteAsync(SendPhase.Body, DotStuffing.Stuff(mail.Source.Span), ct);
            FaultPoints.Hit("send.after-body-before-mark");
            if (!await mark(ct)) return SendResult.NotMarked(SendPhase.Body); // the connection is dropped in the middle of the mail: the server must not deliver it
            IsMarked = true;
            FaultPoints.Hit("send.after-mark-before-dot");
            Phase = SendPhase.FinalDot;
            using var farewell = new CancellationTokenSource();
            await using var stop = ct.Register(() => farewell.CancelAfter(SmtpTimes.Farewell));
            await connection.WriteAsync(SendPhase.FinalDot, FinalDot, farewell.Token);
            FaultPoints.Hit("send.after-dot-before-reply");
            Phase = SendPhase.Reply;
            var reply = await connection.ReadAsync(SendPhase.Reply, farewell.Token);
            IsClean = reply.Code is not 421 && !connection.HasSurplus;
            if (reply.IsPositive) return new SendResult(SendOutcome.Accepted, SendPhase.Reply, reply.Code, reply.TextWithout(mail.To));
            if (reply.Code < 400) return new SendResult(SendOutcome.Unknown, SendPhase.Reply, reply.Code, reply.TextWithout(mail.To), MessageReasons.Unknown);
            return SmtpReplies.Read(SendPhase.Reply, reply, mail.To);
        }

        /// <summary>Envelope and DATA, in one write where the server allows it; null when it waits for the body.</summary>
        private async Task<SendResult?> AnnounceAsync(string parameters, CancellationToken ct)
        {
            var commands = new List<(SendPhase Phase, string Line)> { (SendPhase.Sender, $"MAIL FROM:<{mail.From}>{parameters}"), (SendPhase.Recipient, $"RCPT TO:<{mail.To}>"), (SendPhase.Data, "DATA") };
            if (connection.IsUsed) commands.Insert(0, (SendPhase.Sender, "RSET"));
            var isPipelined = connection.Offers("PIPELINING");
            if (isPipelined)
            {
                Phase = SendPhase.Sender;
                await connection.WriteAsync(SendPhase.Sender, Encoding.UTF8.GetBytes(string.Concat(commands.Select(c => c.Line + "\r\n"))), ct);
            }
            SendResult? refusal = null;
            foreach (var (phase, line) in commands)
            {
                Phase = phase;
                var reply = isPipelined ? await connection.ReadAsync(phase, ct) : await connection.AskAsync(phase, line, ct);
                var isWished = phase is SendPhase.Data ? reply.Code is 354 : reply.IsPositive;
                if (!isWished) refusal ??= SmtpReplies.Read(phase, reply, mail.To);
                if (refusal is null) continue;
                // A server that wants a body after it refused the recipient gets none.
                IsClean = reply.Code is not (354 or 421) && (!isPipelined || phase is SendPhase.Data);
                if (!isPipelined || phase is SendPhase.Data) return refusal;
            }
            return null;
        }
    }
}
