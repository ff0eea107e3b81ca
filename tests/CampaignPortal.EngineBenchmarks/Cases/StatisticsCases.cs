using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using CampaignPortal.Statistics;

namespace CampaignPortal.Benchmarks.Cases;

/// <summary>One reference case as the file has it.</summary>
public sealed record StatisticsCase(string Id, string Function, JsonElement Json, string Folder);

/// <summary>Runs the statistics library against reference cases: files of inputs, trusted answers and tolerances.</summary>
/// <remarks>A case whose function is not known is unsupported, never passed.</remarks>
public static partial class StatisticsCases
{
    private static readonly JsonSerializerOptions Writing = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    };

    /// <summary>All cases of the files *.json in <paramref name="folder"/>, by file and place.</summary>
    public static IReadOnlyList<StatisticsCase> Load(string folder)
    {
        var cases = new List<StatisticsCase>();
        foreach (var file in Directory.EnumerateFiles(folder, "*.json").Order(StringComparer.Ordinal))
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(file));
            if (document.RootElement.ValueKind is not JsonValueKind.Object || !document.RootElement.TryGetProperty("cases", out var list)) continue;
            foreach (var item in list.EnumerateArray())
            {
                if (!item.TryGetProperty("function", out var function) || !item.TryGetProperty("expected", out _)) continue;
                cases.Add(new StatisticsCase(item.GetProperty("id").GetString() ?? "", function.GetString() ?? "", item.Clone(), folder));
            }
        }
        return cases;
    }

    /// <summary>Runs every case of <paramref name="folder"/>.</summary>
    public static CaseReport Run(string folder)
    {
        var failures = new List<CaseFailure>();
        var unsupported = new List<string>();
        int passed = 0, failed = 0;
        foreach (var item in Load(folder))
        {
            if (!IsSupported(item))
            {
                unsupported.Add(item.Id);
                continue;
            }
            var found = Check(item);
            if (found.Count is 0) passed++;
            else failed++;
            failures.AddRange(found);
        }
        return new CaseReport(passed, failed, unsupported.Count, failures) { UnsupportedIds = unsupported };
    }

    public static bool IsSupported(StatisticsCase item) => Functions.ContainsKey(item.Function);

    /// <summary>What differs from the expected answer; empty when the case passes.</summary>
    public static IReadOnlyList<CaseFailure> Check(StatisticsCase item)
    {
        var comparison = new Comparison(item);
        try
        {
            var inputs = new CaseInputs(item.Json.GetProperty("inputs"), item.Folder);
            var outcome = Functions[item.Function](inputs);
            var kind = item.Json.TryGetProperty("kind", out var text) ? text.GetString() : "numeric";
            var expected = item.Json.GetProperty("expected");
            if (kind is "behaviour") comparison.Behaviour(expected, outcome);
            else comparison.Numbers(expected, outcome);
            if (kind is "distribution") comparison.Repetition(outcome, Functions[item.Function](inputs));
        }
        catch (Exception e) // the boundary of a case: whatever it throws is its result
        {
            comparison.Add("exception", "none", $"{e.GetType().Name}: {e.Message}");
        }
        return comparison.Failures;
    }

    private static JsonElement ToJson(Outcome<object> outcome) => JsonSerializer.SerializeToElement(outcome.Value, Writing);

    private sealed class Comparison(StatisticsCase item)
    {
        public List<CaseFailure> Failures { get; } = [];

        public void Add(string field, string expected, string got) => Failures.Add(new CaseFailure(item.Id, field, expected, got));

        public void Numbers(JsonElement expected, Outcome<object> outcome)
        {
            if (outcome.IsOk) Fields(expected, ToJson(outcome));
            else Add("status", "ok", $"{StatusText(outcome.Status)}, {outcome.Reason}");
        }

        public void Behaviour(JsonElement expected, Outcome<object> outcome)
        {
            Same("status", expected.GetProperty("status").GetString(), StatusText(outcome.Status));
            if (expected.TryGetProperty("reason", out var reason)) Same("reason", reason.GetString(), outcome.Reason);
            if (expected.TryGetProperty("warnings", out var warnings))
                Same("warnings", Joined(warnings.EnumerateArray().Select(w => w.GetString())), Joined(outcome.Warnings));
            if (expected.TryGetProperty("fields", out var fields) && outcome.IsOk) Fields(fields, ToJson(outcome));
        }

        public void Repetition(Outcome<object> first, Outcome<object> second) =>
            Same("repetition", first.IsOk ? ToJson(first).GetRawText() : first.Reason, second.IsOk ? ToJson(second).GetRawText() : second.Reason);

        private void Fields(JsonElement expected, JsonElement got)
        {
            foreach (var field in expected.EnumerateObject())
            {
                var (abs, rel) = ToleranceOf(field.Name);
                if (got.TryGetProperty(field.Name, out var value)) Compare(field.Name, field.Value, value, abs, rel);
                else Add(field.Name, field.Value.GetRawText(), "missing");
            }
        }

        private void Compare(string path, JsonElement expected, JsonElement got, double abs, double rel)
        {
            if (expected.ValueKind != got.ValueKind)
            {
                Add(path, expected.GetRawText(), got.GetRawText());
                return;
            }
            switch (expected.ValueKind)
            {
                case JsonValueKind.Number:
                    var (e, g) = (expected.GetDouble(), got.GetDouble());
                    if (!(Math.Abs(g - e) <= abs + rel * Math.Abs(e))) Add(path, expected.GetRawText(), got.GetRawText());
                    break;
                case JsonValueKind.Array:
                    if (expected.GetArrayLength() != got.GetArrayLength())
                    {
                        Add(path + ".length", Text(expected.GetArrayLength()), Text(got.GetArrayLength()));
                        break;
                    }
                    for (var i = 0; i < expected.GetArrayLength(); i++) Compare($"{path}[{i}]", expected[i], got[i], abs, rel);
                    break;
                case JsonValueKind.Object:
                    foreach (var field in expected.EnumerateObject())
                    {
                        if (got.TryGetProperty(field.Name, out var value)) Compare($"{path}.{field.Name}", field.Value, value, abs, rel);
                        else Add($"{path}.{field.Name}", field.Value.GetRawText(), "missing");
                    }
                    break;
                default:
                    Same(path, expected.GetRawText(), got.GetRawText());
                    break;
            }
        }

        private (double Abs, double Rel) ToleranceOf(string field)
        {
            if (item.Json.TryGetProperty("toleranceFor", out var special) && special.TryGetProperty(field, out var own)) return Read(own);
            return item.Json.TryGetProperty("tolerance", out var general) ? Read(general) : (0, 0);
        }

        private void Same(string field, string? expected, string? got)
        {
            if (expected != got) Add(field, expected ?? "null", got ?? "null");
        }

        private static (double Abs, double Rel) Read(JsonElement tolerance) =>
            (tolerance.TryGetProperty("abs", out var abs) ? abs.GetDouble() : 0, tolerance.TryGetProperty("rel", out var rel) ? rel.GetDouble() : 0);

        private static string Joined(IEnumerable<string?> texts) => string.Join(",", texts.Order(StringComparer.Ordinal));

        private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

        private static string StatusText(OutcomeStatus status) => status switch
        {
            OutcomeStatus.Ok => "ok",
            OutcomeStatus.InsufficientData => "insufficient-data",
            OutcomeStatus.InvalidInput => "invalid-input",
            OutcomeStatus.NotConverged => "not-converged",
            _ => throw new ArgumentOutOfRangeException(nameof(status), status, "Unknown status."),
        };
    }
}
