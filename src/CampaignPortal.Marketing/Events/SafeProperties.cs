using System.Buffers;
using System.Text.Json;
using CampaignPortal.Marketing.Common;

namespace CampaignPortal.Marketing.Events;

/// <summary>Properties of an event without contact data: those belong to the vault, and the log keeps none.</summary>
internal static class SafeProperties
{
    private static readonly HashSet<string> ContactNames = new(StringComparer.OrdinalIgnoreCase)
    {
        "email", "e-mail", "mail", "phone", "mobile", "telephone", "name", "firstName", "first_name", "lastName", "last_name", "fullName", "full_name",
        "address", "street", "ip", "ipAddress", "ip_address",
    };

    /// <summary>Names that are contact data anywhere in an event; "name" only where it stands beside a person, not beside an item.</summary>
    public static bool IsContact(string name, bool ofPerson) => ContactNames.Contains(name) && (ofPerson || !name.Equals("name", StringComparison.OrdinalIgnoreCase));

    /// <summary>One JSON object of the properties that may be stored, plus <paramref name="more"/>; null when nothing is left.</summary>
    /// <param name="properties">An object; other kinds give nothing.</param>
    /// <param name="leaveOut">Names that have columns of their own.</param>
    /// <param name="ofPerson">Whether the properties describe a person.</param>
    public static string? Write(JsonElement properties, IReadOnlySet<string> leaveOut, bool ofPerson, params ReadOnlySpan<(string Name, string Value)> more)
    {
        var buffer = new ArrayBufferWriter<byte>();
        var count = more.Length;
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            foreach (var (name, value) in more) writer.WriteString(name, value);
            if (properties.ValueKind is JsonValueKind.Object)
            {
                foreach (var property in properties.EnumerateObject())
                {
                    if (leaveOut.Contains(property.Name) || IsContact(property.Name, ofPerson) || !MayStand(property.Value)) continue;
                    writer.WritePropertyName(property.Name);
                    Copy(writer, property.Value, ofPerson);
                    count++;
                }
            }
            writer.WriteEndObject();
        }
        return count is 0 ? null : System.Text.Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static void Copy(Utf8JsonWriter writer, JsonElement value, bool ofPerson)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                writer.WriteStartObject();
                foreach (var property in value.EnumerateObject())
                {
                    if (IsContact(property.Name, ofPerson) || !MayStand(property.Value)) continue;
                    writer.WritePropertyName(property.Name);
                    Copy(writer, property.Value, ofPerson);
                }
                writer.WriteEndObject();
                break;
            case JsonValueKind.Array:
                writer.WriteStartArray();
                foreach (var element in value.EnumerateArray())
                {
                    if (MayStand(element)) Copy(writer, element, ofPerson);
                }
                writer.WriteEndArray();
                break;
            default:
                value.WriteTo(writer);
                break;
        }
    }

    /// <summary>Whether a value may be shown as a sample: no contact data by its name, and none by its look.</summary>
    public static bool MayBeShown(string name, JsonElement value, bool ofPerson) => !IsContact(name, ofPerson) && MayStand(value) && value.ValueKind is not (JsonValueKind.Object or JsonValueKind.Array);

    // An address may hide under any name.
    private static bool MayStand(JsonElement value) => value.ValueKind is not JsonValueKind.String || !EmailAddress.IsLikely(value.GetString()!);
}
