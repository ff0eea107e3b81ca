using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace CampaignPortal.Benchmarks.Cases;

/// <summary>Runs the learning library against folders of reference cases: files of inputs, trusted outputs and tolerances, one group a file.</summary>
/// <remarks>
/// A case is dispatched on its group and on its name up to the last hyphen and number; one that no handler knows is unsupported, never passed. Handlers
/// read sizes and options from the case, so other folders with other cases of the same groups run as well.
/// </remarks>
public static partial class LearningCases
{
    /// <summary>What a handler got, by the name of the expected field: numbers, texts, lists of them.</summary>
    internal delegate IReadOnlyDictionary<string, object> Handler(LearningCase c);

    /// <summary>All cases of the files *.json in a folder, by file and place.</summary>
    public static IReadOnlyList<LearningCase> Load(string folder)
    {
        var cases = new List<LearningCase>();
        foreach (var file in Directory.EnumerateFiles(folder, "*.json").Order(StringComparer.Ordinal))
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(file));
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("group", out var group) || !root.TryGetProperty("cases", out var list)) continue;
            var tolerance = root.GetProperty("tolerance");
            foreach (var item in list.EnumerateArray())
            {
                cases.Add(new LearningCase(group.GetString()!, item.GetProperty("name").GetString()!, item.Clone(), // a case has both names
                    tolerance.GetProperty("abs").GetDouble(), tolerance.GetProperty("rel").GetDouble()));
            }
        }
        return cases;
    }

    public static CaseReport Run(string folder)
    {
        var (passed, failed) = (0, 0);
        var (failures, unsupported) = (new List<CaseFailure>(), new List<string>());
        foreach (var item in Load(folder))
        {
            if (!IsSupported(item))
            {
                unsupported.Add(item.Id);
                continue;
            }
            var found = Check(item);
            if (found.Count == 0) passed++;
            else failed++;
            failures.AddRange(found);
        }
        return new CaseReport(passed, failed, unsupported.Count, failures) { UnsupportedIds = unsupported };
    }

    public static bool IsSupported(LearningCase item) => Find(item) is not null;

    /// <summary>What differs from the expected output; empty when the case passes.</summary>
    public static IReadOnlyList<CaseFailure> Check(LearningCase item)
    {
        var failures = new List<CaseFailure>();
        try
        {
            var got = Find(item)!(item); // callers ask IsSupported first
            foreach (var field in item.Json.GetProperty("expected").EnumerateObject())
            {
                if (got.TryGetValue(field.Name, out var value)) Compare(item, field.Name, field.Value, value, failures);
                else failures.Add(new CaseFailure(item.Id, field.Name, Shorten(field.Value.GetRawText()), "missing"));
            }
        }
        catch (Exception e) // the boundary of a case: whatever it throws is its result
        {
            failures.Add(new CaseFailure(item.Id, "exception", "none", $"{e.GetType().Name}: {e.Message}"));
        }
        return failures;
    }

    /// <summary>The name up to its last hyphen and number.</summary>
    internal static string Stem(string name) => NumberAtEnd().Replace(name, "");

    private static Handler? Find(LearningCase item)
    {
        var stem = Stem(item.Name);
        return NetworkHandler(item.Group, stem) ?? InteractionHandler(item.Group, stem) ?? ConvolutionHandler(item.Group, stem) ?? EstimatorHandler(item.Group, stem)
            ?? MetricHandler(item.Group, stem) ?? TreeHandler(item.Group, stem) ?? FactorizationHandler(item.Group, stem);
    }

    private static void Compare(LearningCase item, string field, JsonElement expected, object got, List<CaseFailure> failures)
    {
        if (expected.ValueKind == JsonValueKind.Object)
        {
            var shape = expected.GetProperty("shape").EnumerateArray().Aggregate(1, (a, b) => a * b.GetInt32());
            Flat(expected.GetProperty("data"), Flatten(got), shape);
        }
        else if (expected.ValueKind is JsonValueKind.Array)
        {
            Flat(expected, Flatten(got), expected.GetArrayLength());
        }
        else
        {
            One(field, expected, got);
        }

        void Flat(JsonElement values, List<object> found, int count)
        {
            if (found.Count != count)
            {
                failures.Add(new CaseFailure(item.Id, field + ".length", count.ToString(CultureInfo.InvariantCulture), found.Count.ToString(CultureInfo.InvariantCulture)));
                return;
            }
            var i = 0;
            foreach (var value in values.EnumerateArray())
            {
                // The first difference of a field says enough.
                if (!One(string.Create(CultureInfo.InvariantCulture, $"{field}[{i}]"), value, found[i++])) return;
            }
        }

        bool One(string name, JsonElement value, object found)
        {
            var same = value.ValueKind switch
            {
                JsonValueKind.Number => found is IConvertible number and not string && Math.Abs(number.ToDouble(CultureInfo.InvariantCulture) - value.GetDouble()) <= item.AbsoluteTolerance + item.RelativeTolerance * Math.Abs(value.GetDouble()),
                JsonValueKind.String => Equals(found, value.GetString()),
                JsonValueKind.True or JsonValueKind.False => Equals(found, value.GetBoolean()),
                _ => false,
            };
            if (!same) failures.Add(new CaseFailure(item.Id, name, Shorten(value.GetRawText()), Convert.ToString(found, CultureInfo.InvariantCulture) ?? "null"));
            return same;
        }
    }

    private static List<object> Flatten(object value) => value is string or IConvertible ? [value] : ((System.Collections.IEnumerable)value).Cast<object>().SelectMany(Flatten).ToList();

    private static string Shorten(string text) => text.Length <= 60 ? text : text[..60] + "…";

    [GeneratedRegex(@"-[0-9]+(\.[0-9]+)?$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex NumberAtEnd();
}

/// <summary>One reference case as the file has it, with readers for its inputs and options.</summary>
public sealed record LearningCase(string Group, string Name, JsonElement Json, double AbsoluteTolerance, double RelativeTolerance)
{
    public string Id => Group + "/" + Name;

    /// <summary>An input array (or list) as float32, row-major.</summary>
    public float[] Floats(string name) => Array.ConvertAll(Doubles(name), v => (float)v);

    /// <summary>An input array (or list) in double precision.</summary>
    public double[] Doubles(string name) => Data(name).EnumerateArray().Select(v => v.GetDouble()).ToArray();

    /// <summary>An input array (or list) of whole numbers.</summary>
    public int[] Ints(string name) => Array.ConvertAll(Doubles(name), v => checked((int)v));

    /// <summary>Sizes of an input array.</summary>
    public int[] Shape(string name) => Json.GetProperty("input").GetProperty(name).GetProperty("shape").EnumerateArray().Select(v => v.GetInt32()).ToArray();

    /// <summary>An input of lists of whole numbers.</summary>
    public int[][] Lists(string name) => Json.GetProperty("input").GetProperty(name).EnumerateArray().Select(l => l.EnumerateArray().Select(v => v.GetInt32()).ToArray()).ToArray();

    /// <summary>An input list of texts.</summary>
    public string[] Texts(string name) => Json.GetProperty("input").GetProperty(name).EnumerateArray().Select(v => v.GetString() ?? "").ToArray();

    /// <summary>An option of the case.</summary>
    public double Option(string name) => Json.GetProperty(name).GetDouble();

    /// <summary>An option of the case, or a default where it is absent or null.</summary>
    public double Option(string name, double otherwise) => Json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number ? value.GetDouble() : otherwise;

    /// <summary>A yes-or-no option, false where absent.</summary>
    public bool Flag(string name) => Json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.True;

    /// <summary>A text option.</summary>
    public string Text(string name) => Json.GetProperty(name).GetString() ?? "";

    private JsonElement Data(string name)
    {
        var value = Json.GetProperty("input").GetProperty(name);
        return value.ValueKind == JsonValueKind.Object ? value.GetProperty("data") : value;
    }
}
