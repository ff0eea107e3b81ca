using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using CampaignPortal.Marketing.Delivery;
using CampaignPortal.Marketing.Delivery.Mime;
using CampaignPortal.Marketing.Delivery.Transports.Smtp;
using CampaignPortal.Marketing.Database;
using CampaignPortal.Testing;

namespace CampaignPortal.Marketing.Tests.Delivery;

public sealed class SmtpTransportTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Messages_go_over_one_connection_with_nothing_but_crlf_and_no_second_end()
    {
        await using var sink = new SmtpSink();
        await using var store = await OpenAsync(sink);
        var transport = Transport(store);
        for (var i = 0; i < 3; i++)
        {
            var result = await transport.SendAsync(Mail("a.\r\n.\r\nb\n.\nc\r.\rd\n.\r\ne"), _ => Task.FromResult(true), Ct);
            Assert.Equal((SendOutcome.Accepted, 250), (result.Outcome, result.Code));
        }
        Assert.Equal(1, sink.ConnectionCount);
        Assert.Equal(3, sink.Taken.Count);
        Assert.All(sink.Taken, mail =>
        {
            var lines = mail.Wire.Split("\r\n");
            Assert.All(lines, line => Assert.True(line.Length <= 998 && !line.Contains('\r', StringComparison.Ordinal) && !line.Contains('\n', StringComparison.Ordinal)));
            Assert.DoesNotContain(".", lines); // S-42: no line is a lone dot
        });
    }

    [Fact]
    public async Task A_refused_mark_drops_the_connection_before_the_dot_and_nothing_is_delivered()
    {
        await using var sink = new SmtpSink();
        await using var store = await OpenAsync(sink);
        var result = await Transport(store).SendAsync(Mail("x"), _ => Task.FromResult(false), Ct);
        Assert.Equal(SendOutcome.NotMarked, result.Outcome);
        Assert.Empty(sink.Taken);
    }

    public static TheoryData<SinkMoment, string, SendOutcome, string?, bool> Answers => new()
    {
        { SinkMoment.Greeting, "421 busy\r\n", SendOutcome.DestinationDown, MessageReasons.Destination, false },
        { SinkMoment.Greeting, "554 no\r\n", SendOutcome.DestinationDown, MessageReasons.Destination, false },
        { SinkMoment.Hello, "451 later\r\n", SendOutcome.DestinationDown, MessageReasons.Destination, false },
        { SinkMoment.Sender, "451 4.3.0 later\r\n", SendOutcome.TryLater, MessageReasons.Temporary, false },
        { SinkMoment.Sender, "550 5.7.1 not you\r\n", SendOutcome.SenderRefused, MessageReasons.Sender, false },
        { SinkMoment.Sender, "530 5.7.0 sign in\r\n", SendOutcome.CredentialsRefused, MessageReasons.Credentials, false },
        { SinkMoment.Recipient, "450 4.2.0 later\r\n", SendOutcome.TryLater, MessageReasons.Temporary, false },
        { SinkMoment.Recipient, "421 4.7.0 too many\r\n", SendOutcome.DestinationDown, MessageReasons.Destination, false },
        { SinkMoment.Recipient, "550 5.1.1 <customer@example.com> unknown\r\n", SendOutcome.Refused, MessageReasons.Bounced, true },
        { SinkMoment.Recipient, "550 unknown\r\n", SendOutcome.Refused, MessageReasons.Bounced, true },
        { SinkMoment.Recipient, "550 5.7.1 policy\r\n", SendOutcome.Refused, MessageReasons.Policy, false },
        { SinkMoment.Recipient, "552 5.2.2 full\r\n", SendOutcome.Refused, MessageReasons.SoftBounce, false },
        { SinkMoment.Data, "451 later\r\n", SendOutcome.TryLater, MessageReasons.Temporary, false },
        { SinkMoment.Data, "554 no\r\n", SendOutcome.Refused, MessageReasons.Policy, false },
        { SinkMoment.Dot, "451 4.3.2 later\r\n", SendOutcome.TryLater, MessageReasons.Temporary, false },
        { SinkMoment.Dot, "550 5.1.1 unknown\r\n", SendOutcome.Refused, MessageReasons.Bounced, true },
        { SinkMoment.Dot, "554 5.7.1 spam\r\n", SendOutcome.Refused, MessageReasons.Policy, false },
        { SinkMoment.Dot, "421 closing\r\n", SendOutcome.DestinationDown, MessageReasons.Destination, false },
        { SinkMoment.Dot, SmtpSink.Drop, SendOutcome.Unknown, MessageReasons.Unknown, false },
        { SinkMoment.Dot, "hello\r\n", SendOutcome.Unknown, MessageReasons.Unknown, false },
        { SinkMoment.Greeting, SmtpSink.Drop, SendOutcome.DestinationDown, MessageReasons.Destination, false },
        { SinkMoment.Hello, SmtpSink.Drop, SendOutcome.DestinationDown, MessageReasons.Destination, false },
        { SinkMoment.Sender, SmtpSink.Drop, SendOutcome.DestinationDown, MessageReasons.Destination, false },
        { SinkMoment.Recipient, SmtpSink.Drop, SendOutcome.DestinationDown, MessageReasons.Destination, false },
        { SinkMoment.Data, SmtpSink.Drop, SendOutcome.DestinationDown, MessageReasons.Destination, false },
    };

    [Theory, MemberData(nameof(Answers)), Trait("Promise", "R-25"), Trait("Promise", "R-26"), Trait("Promise", "R-27")]
    public async Task Each_answer_in_each_phase_means_what_the_table_says(SinkMoment moment, string answer, SendOutcome outcome, string? reason, bool isHardBounce)
    {
        foreach (var extensions in new string[][] { ["PIPELINING"], [] })
        {
            await using var sink = new SmtpSink { Extensions = extensions, Answer = (at, _) => at == moment ? answer : null };
            await using var store = await OpenAsync(sink);
            var marks = 0;
            var result = await Transport(store).SendAsync(Mail("x"), _ => Task.FromResult(++marks is 1), Ct);
            Assert.Equal((outcome, reason, isHardBounce), (result.Outcome, result.Reason, result.IsHardBounce));
            Assert.Equal(moment is SinkMoment.Dot ? 1 : 0, marks); // before the dot everything may be repeated
            Assert.DoesNotContain("customer@example.com", result.Text ?? "", StringComparison.Ordinal);
        }
    }

    [Fact, Trait("Promise", "R-29")]
    public async Task A_server_that_leaves_after_it_took_the_mail_changes_nothing()
    {
        await using var sink = new SmtpSink { Answer = (at, _) => at is SinkMoment.Quit ? SmtpSink.Drop : null };
        await using var store = await OpenAsync(sink);
        var transport = Transport(store);
        Assert.Equal(SendOutcome.Accepted, (await transport.SendAsync(Mail("x"), _ => Task.FromResult(true), Ct)).Outcome);
        store.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(SendOutcome.Accepted, (await transport.SendAsync(Mail("x"), _ => Task.FromResult(true), Ct)).Outcome);
    }

    [Theory, Trait("Promise", "R-30")]
    [InlineData("250-ok\r\n250-more\r\n")] // no end, then nothing
    [InlineData("999 what\r\n")]
    [InlineData("\0\0\0\u00ff\u00fe\r\n")]
    [InlineData("25\r\n")]
    [InlineData("250-a\r\n251 b\r\n")]
    [InlineData("HUGE")]
    public async Task An_answer_that_is_none_drops_the_connection(string answer)
    {
        if (answer is "HUGE") answer = new string('2', 600_000);
        await using var sink = new SmtpSink { Extensions = [], Answer = (at, _) => at is SinkMoment.Recipient ? answer : null };
        await using var store = await OpenAsync(sink);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        if (answer.StartsWith("250-ok", StringComparison.Ordinal)) limit.CancelAfter(300); // it waits for the rest, with the time of the phase
        SendOutcome outcome;
        try
        {
            outcome = (await Transport(store).SendAsync(Mail("x"), _ => Task.FromResult(true), limit.Token)).Outcome;
        }
        catch (OperationCanceledException)
        {
            outcome = SendOutcome.DestinationDown;
        }
        Assert.Equal(SendOutcome.DestinationDown, outcome);
        Assert.Empty(sink.Taken);
    }

    [Fact, Trait("Promise", "R-30")]
    public async Task Answers_that_nobody_asked_for_end_the_connection_after_the_message()
    {
        await using var sink = new SmtpSink { Extensions = [], Answer = (at, _) => at is SinkMoment.Dot ? "250 ok\r\n250 ok\r\n250 ok\r\n" : null };
        await using var store = await OpenAsync(sink);
        var transport = Transport(store);
        Assert.Equal(SendOutcome.Accepted, (await transport.SendAsync(Mail("x"), _ => Task.FromResult(true), Ct)).Outcome);
        Assert.Equal(SendOutcome.Accepted, (await transport.SendAsync(Mail("y"), _ => Task.FromResult(true), Ct)).Outcome);
        Assert.Equal(2, sink.ConnectionCount);
    }

    [Theory, Trait("Promise", "R-28")]
    [InlineData(SinkMoment.Greeting, 5, false)]
    [InlineData(SinkMoment.Hello, 5, false)]
    [InlineData(SinkMoment.Sender, 5, false)]
    [InlineData(SinkMoment.Recipient, 5, false)]
    [InlineData(SinkMoment.Data, 2, false)]
    [InlineData(SinkMoment.Dot, 10, true)]
    public async Task A_silent_server_is_left_after_the_time_of_the_phase(SinkMoment moment, int minutes, bool isUnknown)
    {
        await using var sink = new SmtpSink { Extensions = [], Answer = (at, _) => at == moment ? SmtpSink.Silence : null };
        await using var store = await OpenAsync(sink);
        var clock = new AlarmClock();
        var transport = new SmtpTransport(store.Get<DeliverySettingsStore>(), clock);
        var sending = transport.SendAsync(Mail("x"), _ => Task.FromResult(true), Ct);
        await clock.RingAsync(TimeSpan.FromMinutes(minutes), sending);
        Assert.Equal(isUnknown ? SendOutcome.Unknown : SendOutcome.DestinationDown, (await sending).Outcome);
    }

    [Fact, Trait("Promise", "R-31")]
    public async Task Without_starttls_nothing_leaves_in_clear_text()
    {
        await using var sink = new SmtpSink();
        await using var store = await OpenAsync(sink, "starttls");
        var result = await Transport(store).SendAsync(Mail("x"), _ => Task.FromResult(true), Ct);
        Assert.Equal((SendOutcome.DestinationDown, SendPhase.StartTls), (result.Outcome, result.Phase));
        Assert.DoesNotContain(sink.Commands, c => c.StartsWith("MAIL", StringComparison.Ordinal));
    }

    [Fact, Trait("Promise", "R-31")]
    public async Task A_certificate_that_nobody_vouches_for_is_refused_and_a_trusted_one_carries_the_mail()
    {
        using var certificate = SelfSigned();
        await using var sink = new SmtpSink(certificate);
        await using var store = await OpenAsync(sink, "starttls");
        Assert.Equal(SendOutcome.DestinationDown, (await Transport(store).SendAsync(Mail("x"), _ => Task.FromResult(true), Ct)).Outcome);
        Assert.Empty(sink.Taken);
        var trusting = new SmtpTransport(store.Get<DeliverySettingsStore>(), store.Clock, Trusting(certificate));
        Assert.Equal(SendOutcome.Accepted, (await trusting.SendAsync(Mail("x"), _ => Task.FromResult(true), Ct)).Outcome);
    }

    [Fact, Trait("Promise", "R-31")]
    public async Task Plain_text_behind_the_answer_to_starttls_ends_the_conversation()
    {
        using var certificate = SelfSigned();
        await using var sink = new SmtpSink(certificate) { Answer = (at, _) => at is SinkMoment.StartTls ? "220 go\r\n250 injected\r\n" : null };
        await using var store = await OpenAsync(sink, "starttls");
        var transport = new SmtpTransport(store.Get<DeliverySettingsStore>(), store.Clock, Trusting(certificate));
        Assert.Equal(SendOutcome.DestinationDown, (await transport.SendAsync(Mail("x"), _ => Task.FromResult(true), Ct)).Outcome);
        Assert.Empty(sink.Taken);
    }

    [Fact]
    public async Task Signs_in_where_a_name_is_set_and_says_when_it_is_refused()
    {
        await using var sink = new SmtpSink { Extensions = ["AUTH LOGIN PLAIN"] };
        await using var store = await OpenAsync(sink);
        await store.Database.WriteAsync(t => t.Execute("insert into \"Settings\" values ('delivery.smtp.user', 'shop')"), Ct);
        await store.Get<SmtpPassword>().SetAsync("secret", new("7", null), Ct);
        Assert.Equal(SendOutcome.Accepted, (await Transport(store).SendAsync(Mail("x"), _ => Task.FromResult(true), Ct)).Outcome);
        Assert.Contains("AUTH PLAIN " + Convert.ToBase64String(Encoding.UTF8.GetBytes("\0shop\0secret")), sink.Commands);
        Assert.DoesNotContain("secret", store.Dump("Settings", "AuditEntries"), StringComparison.Ordinal);
        sink.Answer = (at, _) => at is SinkMoment.SignIn ? "535 5.7.8 no\r\n" : null;
        store.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(SendOutcome.CredentialsRefused, (await Transport(store).SendAsync(Mail("x"), _ => Task.FromResult(true), Ct)).Outcome);
    }

    [Fact, Trait("Promise", "S-62")]
    public async Task The_relays_password_lies_sealed_in_the_store_and_is_shown_to_nobody()
    {
        await using var sink = new SmtpSink();
        await using var store = await OpenAsync(sink);
        await store.Get<SmtpPassword>().SetAsync("correct horse battery", new("7", null), Ct);
        var settings = store.Get<DeliverySettingsStore>().Read();
        Assert.True(settings.Smtp.HasPassword);
        Assert.DoesNotContain("correct horse", settings.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("correct horse", System.Text.Json.JsonSerializer.Serialize(settings), StringComparison.Ordinal);
        await store.Database.WriteAsync(t => t.Execute("update \"Settings\" set \"Value\" = \"Value\""), Ct);
        // Not in any file of the data directory, as text or as the base64 of text.
        foreach (var file in Directory.EnumerateFiles(store.Directory.Path, "*", SearchOption.AllDirectories).Where(f => !f.EndsWith(".lock", StringComparison.Ordinal)))
        {
            await using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using var reader = new StreamReader(stream, Encoding.Latin1);
            var bytes = await reader.ReadToEndAsync(Ct);
            Assert.DoesNotContain("correct horse", bytes, StringComparison.Ordinal);
            Assert.DoesNotContain(Convert.ToBase64String(Encoding.UTF8.GetBytes("correct horse batter")), bytes, StringComparison.Ordinal);
        }
    }

    private static SmtpTransport Transport(TestStore store) => new(store.Get<DeliverySettingsStore>(), store.Clock);

    private static OutgoingMail Mail(string body) => new("k1", "shop@example.org", "customer@example.com", Encoding.UTF8.GetBytes("Message-ID: <k1@example.org>\r\nSubject: x\r\n\r\n" + body));

    internal static async Task<TestStore> OpenAsync(SmtpSink sink, string security = "none", TestStore? existing = null)
    {
        var store = existing ?? await TestStore.OpenAsync();
        await store.UseRelayAsync(sink.Port, Ct, security);
        return store;
    }

    private static X509Certificate2 SelfSigned()
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=127.0.0.1", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UnixEpoch, new DateTimeOffset(2200, 1, 1, 0, 0, 0, TimeSpan.Zero));
        return X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pfx), null);
    }

    /// <summary>Waits for a timer of this length and rings it; other timers never ring.</summary>
    private sealed class AlarmClock : TimeProvider
    {
        private readonly List<(TimeSpan Due, Action Ring)> _alarms = [];
        private readonly Lock _turn = new();

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            var alarm = new Alarm();
            lock (_turn) _alarms.Add((dueTime, () => alarm.Ring(() => callback(state))));
            return alarm;
        }

        public async Task RingAsync(TimeSpan due, Task until)
        {
            for (var i = 0; i < 500 && !until.IsCompleted; i++)
            {
                await Task.Delay(20, Ct);
                // The newest wait of that length is the one in which the server is silent; those before it are over.
                Action? ring;
                lock (_turn) ring = i < 10 ? null : _alarms.LastOrDefault(a => a.Due == due).Ring;
                ring?.Invoke();
            }
        }

        private sealed class Alarm : ITimer
        {
            private bool _isOver;

            public void Ring(Action ring)
            {
                if (!_isOver) ring();
            }

            public bool Change(TimeSpan dueTime, TimeSpan period) => true;

            public void Dispose() => _isOver = true;

            public ValueTask DisposeAsync()
            {
                Dispose();
                return ValueTask.CompletedTask;
            }
        }
    }

    /// <summary>Trusts this certificate and no other.</summary>
    private static RemoteCertificateValidationCallback Trusting(X509Certificate2 own) => (_, given, _, _) => given is not null && given.GetCertHashString() == own.GetCertHashString();
}
