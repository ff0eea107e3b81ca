using System.Text;
using System.Text.RegularExpressions;
using CampaignPortal.Marketing.Delivery;
using CampaignPortal.Marketing.Delivery.Mime;
using CampaignPortal.Marketing.Delivery.Transports.Smtp;
using CampaignPortal.Statistics.Random;
using CampaignPortal.Testing;

namespace CampaignPortal.Marketing.Tests.Delivery;

public sealed class DeliveryRuleTests
{
    private static readonly string[] Zones = ["Europe/Berlin", "America/New_York", "Asia/Shanghai", "Australia/Lord_Howe", "America/Sao_Paulo", "Asia/Kolkata", "Africa/Cairo", "Pacific/Apia"];

    [Fact, Trait("Promise", "R-38")]
    public void Quiet_hours_end_at_their_local_end_whatever_the_clock_does()
    {
        var rng = new Rng(3);
        foreach (var zone in Zones.Select(TimeZoneInfo.FindSystemTimeZoneById))
        {
            for (var i = 0; i < 2_000; i++)
            {
                var quiet = new QuietHours(new TimeOnly(rng.NextInt(24), rng.NextInt(60)), new TimeOnly(rng.NextInt(24), rng.NextInt(60)));
                var at = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero).AddMinutes(rng.NextInt(525_600));
                var next = quiet.NextAllowed(at, zone);
                Assert.False(quiet.Contains(next, zone));
                Assert.InRange(next - at, TimeSpan.Zero, TimeSpan.FromHours(25.5)); // a day, and the hour that the clock may add
                if (next > at) Assert.True(quiet.Contains(at, zone));
                else Assert.False(quiet.Contains(at, zone));
            }
        }
    }

    [Fact]
    public void The_night_of_the_clock_change_ends_at_eight()
    {
        var berlin = TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin");
        var spring = QuietHours.Default.NextAllowed(new DateTimeOffset(2026, 3, 28, 22, 0, 0, TimeSpan.Zero), berlin);
        Assert.Equal(new DateTimeOffset(2026, 3, 29, 6, 0, 0, TimeSpan.Zero), spring); // summer time by then
        Assert.Equal(new DateTimeOffset(2026, 10, 25, 7, 0, 0, TimeSpan.Zero), QuietHours.Default.NextAllowed(new DateTimeOffset(2026, 10, 24, 20, 0, 0, TimeSpan.Zero), berlin));
    }

    [Fact, Trait("Promise", "R-33")]
    public void Ten_thousand_messages_that_failed_together_do_not_come_back_together()
    {
        var rng = new Rng(7);
        for (var failures = 0; failures < 8; failures++)
        {
            var longest = TimeSpan.FromMinutes(Math.Min(30, Math.Pow(2, failures)));
            var pauses = Enumerable.Range(0, 10_000).Select(_ => Retries.PauseAfter(failures, rng)).ToArray();
            Assert.All(pauses, p => Assert.InRange(p, TimeSpan.Zero, longest));
            var fullest = pauses.GroupBy(p => (int)p.TotalSeconds).Max(g => g.Count());
            Assert.True(fullest <= Math.Max(3 * 10_000 / longest.TotalSeconds, 30), $"{fullest} in one second of {longest}");
        }
    }

    [Fact]
    public void After_five_failures_one_message_tries_every_half_minute_until_one_succeeds()
    {
        var clock = new ManualClock();
        var breaker = new Breaker(clock);
        for (var i = 0; i < 4; i++) breaker.Failed();
        Assert.Equal(100, breaker.Allowance(100));
        breaker.Failed();
        Assert.Equal(0, breaker.Allowance(100));
        clock.Advance(TimeSpan.FromSeconds(30));
        Assert.Equal(1, breaker.Allowance(100));
        Assert.Equal(0, breaker.Allowance(100));
        breaker.Failed();
        clock.Advance(TimeSpan.FromSeconds(30));
        Assert.Equal(1, breaker.Allowance(100));
        breaker.Succeeded();
        Assert.Equal(100, breaker.Allowance(100));
    }

    [Fact, Trait("Promise", "S-42")]
    public void Whatever_stands_in_a_body_there_is_one_end_and_it_is_ours()
    {
        var rng = new Rng(11);
        var alphabet = new[] { ".", "\r", "\n", "\r\n", "x", "..", "\r\n.\r\n", "\n.\n", "\r.\r" };
        for (var i = 0; i < 5_000; i++)
        {
            var body = string.Concat(Enumerable.Range(0, rng.NextInt(30)).Select(_ => alphabet[rng.NextInt(alphabet.Length)]));
            var wire = Encoding.ASCII.GetString(DotStuffing.Stuff(Encoding.ASCII.GetBytes(body)).Span);
            Assert.DoesNotMatch("(?<!\r)\n|\r(?!\n)", wire);
            Assert.DoesNotContain(".", wire.Split("\r\n"));
            var back = string.Join("\r\n", wire.Split("\r\n").Select(l => l.StartsWith('.') ? l[1..] : l));
            var normal = Regex.Replace(body, "\r\n|\r|\n", "\r\n", RegexOptions.None, TimeSpan.FromSeconds(1));
            Assert.Equal(normal.Length > 0 && !normal.EndsWith("\r\n", StringComparison.Ordinal) ? normal + "\r\n" : normal, back);
        }
    }

    [Theory, Trait("Promise", "S-30")]
    [InlineData("Spring\r\nBcc: victim@example.com", "Spring shop")]
    [InlineData("Spr\0ing\u202Etxt.exe", "\"quoted\" \\ shop")]
    [InlineData("=?utf-8?B?SGVsbG8=?=", "商店，名字很长很长很长很长很长很长很长很长很长很长很长很长很长很长")]
    [InlineData("Frühling 🌷 für dich, und noch viel mehr Worte, damit die Zeile länger als sechsundsiebzig Zeichen wird", "a,b;c")]
    public void A_header_is_one_header_whatever_it_says(string subject, string sender)
    {
        foreach (var text in new[] { subject, new string('x', 2_000), string.Concat(Enumerable.Repeat("字", 2_000)), subject + new string(' ', 300) + subject })
        {
            var mail = MailBuilder.Build(new MailContent("c@example.com", text, "<p>x</p>", "x"), new MailEnvelope(sender, "shop@example.org", "", "k1", ManualClock.Noon, "https://shop.example/u/t"));
            var source = Encoding.UTF8.GetString(mail.Source.Span);
            var header = source[..source.IndexOf("\r\n\r\n", StringComparison.Ordinal)];
            Assert.All(header.Split("\r\n"), line => Assert.True(line.Length <= 998 && (line[0] is ' ' || Regex.IsMatch(line, "^[A-Za-z-]+: ", RegexOptions.None, TimeSpan.FromSeconds(1))), line));
            Assert.Equal(1, Regex.Count(header, "(?m)^Subject:", RegexOptions.None, TimeSpan.FromSeconds(1)));
            Assert.DoesNotContain("\r\nBcc:", header, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain(header, c => c > '\u007e' || (char.IsControl(c) && c is not ('\r' or '\n')));
            Assert.Contains("List-Unsubscribe: <https://shop.example/u/t>\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click", header, StringComparison.Ordinal);
        }
    }

    [Theory, Trait("Promise", "S-43")]
    [InlineData("a b@example.com")]
    [InlineData("a@example.com\r\nRCPT TO:<b@example.com>")]
    [InlineData("\"a\"@example.com")]
    [InlineData("a(x)@example.com")]
    [InlineData("-a@example.com")]
    [InlineData("a@b@example.com")]
    [InlineData("a@exa mple.com")]
    [InlineData("a@localhost")]
    [InlineData("@example.com")]
    [InlineData("a,b@example.com")]
    public void An_address_that_could_mean_something_else_is_refused(string address) => Assert.Throws<FormatException>(() => MailAddresses.ForEnvelope(address));

    [Fact]
    public void Addresses_of_other_letters_keep_their_name_and_get_a_domain_that_travels()
    {
        Assert.Equal("J.Müller@xn--mller-kva.de", MailAddresses.ForEnvelope(" J.Müller@Müller.de "));
        Assert.Throws<FormatException>(() => MailAddresses.ForEnvelope(new string('a', 300) + "@example.com"));
    }

    [Fact]
    public void Quoted_printable_and_base64_decode_to_what_was_written()
    {
        var rng = new Rng(5);
        var alphabet = new[] { "a", " ", "=", "é", "字", "\n", "\r\n", ".", "\t", "🌷", "word " };
        for (var i = 0; i < 1_000; i++)
        {
            var text = string.Concat(Enumerable.Range(0, rng.NextInt(400)).Select(_ => alphabet[rng.NextInt(alphabet.Length)]));
            var expected = text.ReplaceLineEndings("\r\n");
            var quoted = new StringBuilder();
            TransferEncoding.WriteQuotedPrintable(quoted, text);
            Assert.All(quoted.ToString().Split("\r\n"), line => Assert.True(line.Length <= 76 && line.TrimEnd() == line));
            Assert.Equal(expected.TrimEnd('\r', '\n'), Decode(quoted.ToString()).TrimEnd('\r', '\n'));
            var encoded = new StringBuilder();
            TransferEncoding.WriteBase64(encoded, text);
            Assert.Equal(expected, Encoding.UTF8.GetString(Convert.FromBase64String(encoded.ToString())));
        }
    }

    private static string Decode(string quoted)
    {
        var joined = quoted.Replace("=\r\n", "", StringComparison.Ordinal);
        var bytes = new List<byte>();
        for (var i = 0; i < joined.Length; i++)
        {
            if (joined[i] is not '=') bytes.Add((byte)joined[i]);
            else
            {
                bytes.Add(Convert.ToByte(joined.Substring(i + 1, 2), 16));
                i += 2;
            }
        }
        return Encoding.UTF8.GetString([.. bytes]);
    }
}
