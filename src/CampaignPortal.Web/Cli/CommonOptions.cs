using System.CommandLine;
using System.Text.Json;

namespace CampaignPortal.Web.Cli;

/// <summary>Options that several verbs share, and how they print.</summary>
internal static class CommonOptions
{
    private static readonly JsonSerializerOptions CamelCase = new(JsonSerializerDefaults.Web);

    public static JsonSerializerOptions Indented { get; } = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    public static Option<string?> Data() => new("--data") { Description = "Data directory; default CAMPAIGNPORTAL_DATA, else ./data." };

    public static Option<string?> Keys() => new("--keys") { Description = "Keys folder; default CAMPAIGNPORTAL_KEYS, else beside the data directory." };

    public static Option<bool> Json() => new("--json") { Description = "Print one JSON document as the last line." };

    public static Option<long> Seed() => new("--seed") { Description = "Seed of everything random; equal seeds and data give equal models.", DefaultValueFactory = _ => 1 };

    public static Option<int> Degree() => new("--degree") { Description = "Models worked on at the same time; does not change the result.", DefaultValueFactory = _ => Math.Max(1, Environment.ProcessorCount) };

    /// <summary>Writes the result as one JSON line or as lines for people.</summary>
    public static void Print<T>(bool asJson, T result, Func<T, string> forPeople) =>
        Console.Out.WriteLine(asJson ? JsonSerializer.Serialize(result, CamelCase) : forPeople(result));
}
