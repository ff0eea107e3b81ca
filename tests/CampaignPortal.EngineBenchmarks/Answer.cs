using System.Text.Json;
using System.Text.Json.Serialization;

namespace CampaignPortal.Benchmarks;

/// <summary>How verbs answer: one JSON document on one line, or a message and exit code 2 for wrong usage.</summary>
internal static class Answer
{
    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static int Print<T>(T result)
    {
        Console.WriteLine(JsonSerializer.Serialize(result, Json));
        return 0;
    }

    public static int Fail(string message)
    {
        Console.Error.WriteLine(message);
        return 2;
    }

    /// <summary>Runs a verb; what a person can mend ends with a message instead of a stack.</summary>
    public static int Guarded<T>(Func<T> run)
    {
        try
        {
            return Print(run());
        }
        catch (Exception e) when (e is ArgumentException or InvalidDataException or FormatException or IOException)
        {
            return Fail(e.Message);
        }
    }
}
