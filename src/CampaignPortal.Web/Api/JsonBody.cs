using System.Buffers;
using System.Text.Json;

namespace CampaignPortal.Web.Api;

/// <summary>Reads a posted JSON body with a limit, strictly.</summary>
internal static class JsonBody
{
    /// <summary>4 MiB a batch (DI-09).</summary>
    public const int MaxBytes = 4 << 20;

    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = 32, AllowDuplicateProperties = false };

    /// <summary>The document, or the answer that refuses it.</summary>
    public static async Task<(JsonDocument? Document, IResult? Refusal)> ReadAsync(HttpRequest request, CancellationToken ct)
    {
        if (request.ContentLength > MaxBytes) return (null, TooLarge());
        var buffer = ArrayPool<byte>.Shared.Rent((int)(request.ContentLength ?? 64 * 1024) + 1);
        var length = 0;
        try
        {
            while (true)
            {
                var read = await request.Body.ReadAsync(buffer.AsMemory(length), ct);
                if (read is 0) break;
                length += read;
                if (length > MaxBytes) return (null, TooLarge());
                if (length == buffer.Length) buffer = Grow(buffer, length);
            }
            // The document reads from its own copy: what is rented goes back before the batch is stored.
            return (JsonDocument.Parse(buffer.AsMemory(0, length).ToArray(), Strict), null);
        }
        catch (JsonException e)
        {
            var isDeep = e.Message.Contains("maximum configured depth", StringComparison.OrdinalIgnoreCase);
            return (null, Refuse(StatusCodes.Status400BadRequest, isDeep ? "json.depth" : "json.invalid", isDeep ? "The JSON is nested deeper than 32 levels." : "The body is not valid JSON.", e.LineNumber, e.BytePositionInLine));
        }
        catch (BadHttpRequestException e)
        {
            return (null, e.StatusCode is StatusCodes.Status413PayloadTooLarge ? TooLarge() : Refuse(StatusCodes.Status400BadRequest, "json.invalid", "The body ended before it was complete."));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    public static IResult Refuse(int status, string code, string detail, long? line = null, long? position = null) =>
        Results.Problem(detail, statusCode: status, extensions: new Dictionary<string, object?>(StringComparer.Ordinal) { ["code"] = code, ["line"] = line, ["position"] = position });

    private static IResult TooLarge() => Refuse(StatusCodes.Status413PayloadTooLarge, "body.too-large", "A body may have 4 MiB at most; send smaller batches.");

    private static byte[] Grow(byte[] buffer, int length)
    {
        var larger = ArrayPool<byte>.Shared.Rent(buffer.Length * 2);
        buffer.AsSpan(0, length).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(buffer);
        return larger;
    }
}
