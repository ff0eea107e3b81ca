using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using CampaignPortal.Marketing.Database;
using CampaignPortal.Marketing.Delivery;
using CampaignPortal.Statistics.Random;
using CampaignPortal.Testing;

namespace CampaignPortal.Marketing.Tests.Delivery;

/// <summary>The SQL of the outbox beside the checked model of the protocol: random traces of two workers, each step of which the model must know.</summary>
public sealed class DeliveryModelTests
{
    private const string Judge = """
        import importlib.util, json, sys
        spec = importlib.util.spec_from_file_location("model", sys.argv[1]); m = importlib.util.module_from_spec(spec); spec.loader.exec_module(m)
        def world(w): return (tuple(w[0]), tuple(tuple(n) for n in w[1]), w[2], w[3])
        bad = 0; count = 0
        for line in open(sys.argv[2]):
            policy, before, name, after = json.loads(line); count += 1
            if (name, world(after)) not in [(n, v) for n, v in m.steps(world(before), policy, None)]: bad += 1; print("unknown step", line.strip())
            if m.bad(world(after), policy): bad += 1; print("violation", m.bad(world(after), policy), line.strip())
        print("checked", count); sys.exit(1 if bad else 0)
        """;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact, Trait("Promise", "R-27")]
    public async Task Random_traces_of_the_outbox_are_traces_of_the_checked_model()
    {
        var model = SharedData.PathOrSkip("cases/delivery_model.py");
        using var folder = new TempFolder();
        await using var store = await OutboxTests.OpenAsync(80);
        var lines = new StringBuilder();
        for (var seed = 1; seed <= 80; seed++)
        {
            var policy = seed % 2 is 0 ? DoubtPolicy.Hold : DoubtPolicy.Resend;
            await store.PlanAsync([seed], Ct, campaign: seed, change: m => m with { Policy = policy }); // a campaign each: a claim takes all that is due
            foreach (var step in await TraceAsync(store, new Rng(seed), seed, policy)) lines.AppendLine(step);
        }
        await File.WriteAllTextAsync(folder.File("judge.py"), Judge, Ct);
        await File.WriteAllTextAsync(folder.File("traces.jsonl"), lines.ToString(), Ct);
        var (exitCode, output) = await PythonAsync(folder.File("judge.py"), model, folder.File("traces.jsonl"));
        Assert.True(exitCode is 0, output);
        Assert.Contains("checked", output, StringComparison.Ordinal);
    }

    private static Task<IReadOnlyList<string>> TraceAsync(TestStore store, Rng rng, long customer, DoubtPolicy policy) => store.Database.WriteAsync<IReadOnlyList<string>>(
        transaction =>
        {
            var trace = new List<string>();
            var world = new World(transaction, customer, policy, store.Clock.GetUtcNow());
            for (var i = 0; i < 25; i++)
            {
                var steps = world.Steps();
                if (steps.Count is 0) break;
                var before = world.Describe();
                var (name, step) = steps[rng.NextInt(steps.Count)];
                var done = step() ?? name;
                trace.Add($"[\"{(policy is DoubtPolicy.Hold ? "hold" : "resend")}\",{before},{JsonSerializer.Serialize(done)},{world.Describe()}]");
            }
            return trace;
        },
        Ct);

    private static async Task<(int ExitCode, string Output)> PythonAsync(params string[] arguments)
    {
        try
        {
            using var python = Process.Start(new ProcessStartInfo("python3", arguments) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true })!; // with these options there is a process
            var output = await python.StandardOutput.ReadToEndAsync(Ct) + await python.StandardError.ReadToEndAsync(Ct);
            await python.WaitForExitAsync(Ct);
            return (python.ExitCode, output);
        }
        catch (System.ComponentModel.Win32Exception)
        {
            Assert.Skip("skipped: python3 is not here");
            return default;
        }
    }

    /// <summary>The world of the model, with the row in the database and two workers beside it.</summary>
    private sealed class World(System.Data.Common.DbTransaction transaction, long customer, DoubtPolicy policy, DateTimeOffset now)
    {
        private static readonly TimeSpan Lease = TimeSpan.FromSeconds(120);
        private readonly MessageTable[] _tables = [new(customer * 2), new(customer * 2 + 1)];
        private readonly (string Phase, int Attempt, string Outcome)[] _nodes = [("idle", 0, ""), ("idle", 0, "")];
        private readonly ClaimedMessage?[] _held = new ClaimedMessage?[2];
        private int _accepted, _unknown;
        private DateTimeOffset _now = now; // ten minutes pass with each step: every lease that is looked at has run out

        public string Describe()
        {
            var (state, owner, attempt) = Row();
            var nodes = string.Join(",", _nodes.Select(n => $"[\"{n.Phase}\",{n.Attempt.ToString(CultureInfo.InvariantCulture)},\"{n.Outcome}\"]"));
            return FormattableString.Invariant($"[[\"{state}\",{owner},{attempt}],[{nodes}],{_accepted},{_unknown}]");
        }

        public List<(string Name, Func<string?> Step)> Steps()
        {
            _now += TimeSpan.FromMinutes(10);
            var (state, _, attempt) = Row();
            var steps = new List<(string, Func<string?>)>();
            for (var n = 0; n < 2; n++)
            {
                var i = n;
                var node = _nodes[i];
                // At the model's last attempt it gives up on claiming; the product counts failures, so the trace ends there.
                if (node.Phase is "idle" && state is MessageState.Planned or MessageState.Deferred && attempt < 3) steps.Add(($"n{i}:claim", () => Claim(i)));
                if (node.Phase is "claimed")
                {
                    steps.Add(($"n{i}:prepare", () => Move(i, "prepared")));
                    steps.Add(($"n{i}:prepare-fails", () => Fail(i)));
                }
                if (node.Phase is "prepared") steps.Add(("", () => Mark(i)));
                if (node.Phase is "marked")
                {
                    foreach (var (name, outcome, isAccepted) in new[] { ("dot-accepted-250", "ok", 1), ("dot-accepted-reply-lost", "unknown", 1), ("dot-lost", "unknown", 0), ("dot-refused-4xx", "later", 0), ("dot-refused-5xx", "never", 0) })
                        steps.Add(($"n{i}:{name}", () => Reply(i, outcome, isAccepted)));
                }
                if (node.Phase is "replied") steps.Add(("", () => Record(i)));
                if (node.Phase is not "idle") steps.Add(($"n{i}:crash", () => Crash(i)));
            }
            if (state is MessageState.Claimed or MessageState.Sending) steps.Add(("lease-expires", Expire));
            return steps;
        }

        private string? Claim(int i)
        {
            _held[i] = Assert.Single(_tables[i].Claim(transaction, [customer], 10, _now, Lease));
            _nodes[i] = ("claimed", _held[i]!.Ticket.Attempt, "");
            return null;
        }

        private string? Move(int i, string phase)
        {
            _nodes[i] = (phase, _nodes[i].Attempt, "");
            return null;
        }

        private string? Fail(int i)
        {
            _tables[i].PutOff(transaction, _held[i]!, _now, "temporary");
            return Idle(i);
        }

        private string Mark(int i)
        {
            var isMarked = _tables[i].Mark(transaction, _held[i]!, _now, Lease, isRepeatable: false);
            if (isMarked) Move(i, "marked");
            else Idle(i);
            return $"n{i}:mark" + (isMarked ? "" : "-refused");
        }

        private string? Reply(int i, string outcome, int accepted)
        {
            _accepted += accepted;
            if (outcome is "unknown") _unknown++;
            _nodes[i] = ("replied", _nodes[i].Attempt, outcome);
            return null;
        }

        private string Record(int i)
        {
            var outcome = _nodes[i].Outcome switch { "ok" => SendOutcome.Accepted, "later" => SendOutcome.TryLater, "never" => SendOutcome.Refused, _ => SendOutcome.Unknown };
            var state = MessageStates.After(outcome, policy, isRepeatable: false);
            var isRecorded = MessageTable.Record(transaction, _held[i]!, state, new SendResult(outcome, SendPhase.Reply), _now, state is MessageState.Deferred ? _now : null, isTry: false);
            Idle(i);
            return $"n{i}:record-{(isRecorded ? state : "ignored")}";
        }

        private string? Crash(int i)
        {
            if (_nodes[i].Phase is "marked" or "replied") _unknown++;
            return Idle(i);
        }

        private string? Expire()
        {
            if (Row().State is MessageState.Sending && policy is DoubtPolicy.Resend) _unknown++;
            _tables[0].Recover(transaction, _now, atStart: false);
            return null;
        }

        private string? Idle(int i)
        {
            _nodes[i] = ("idle", 0, "");
            return null;
        }

        private (MessageState State, int Owner, int Attempt) Row()
        {
            using var find = transaction.Prepare("select \"State\", \"Owner\", \"Attempt\" from \"Messages\" where \"CustomerId\" = @0", 1);
            find.Set(0, customer);
            using var row = find.ExecuteReader();
            Assert.True(row.Read());
            var owner = row.NumberOrNull(1) is { } id ? (int)(id - customer * 2) : -1;
            return ((MessageState)row.GetInt32(0), owner, row.GetInt32(2));
        }
    }
}
