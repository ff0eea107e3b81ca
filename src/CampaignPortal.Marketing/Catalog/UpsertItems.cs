using System.Text.Json;
using CampaignPortal.Marketing.Common;
using CampaignPortal.Marketing.Events;

namespace CampaignPortal.Marketing.Catalog;

/// <summary>Takes in items of the catalogue; what is left out keeps its value.</summary>
public sealed class UpsertItemsHandler(EventLog log)
{
    public const int MaxCount = 1_000;

    /// <summary>Answers after the commit; null when the log is too busy.</summary>
    public async Task<IngestReport?> HandleAsync(string source, JsonElement items, CancellationToken ct)
    {
        List<ItemDraft> drafts = [];
        List<QuarantineDraft> refused = [];
        List<IngestRow> rows = [];
        foreach (var item in items.EnumerateArray())
        {
            try
            {
                var draft = Read(item);
                drafts.Add(draft);
                rows.Add(new IngestRow(draft.ExternalId, "accepted", null));
            }
            catch (Exception e) when (e is JsonFieldException or InvalidOperationException)
            {
                var reason = e is JsonFieldException field ? field.IsRange ? QuarantineReasons.FieldRange : QuarantineReasons.FieldType : QuarantineReasons.TextEncoding;
                refused.Add(new QuarantineDraft(reason, (e as JsonFieldException)?.Field, e.Message, item.GetRawText(), rows.Count));
                rows.Add(new IngestRow(null, "quarantined", reason));
            }
        }
        if (!log.TryAppend(new EventBatch(source, []) { Items = drafts, Quarantine = refused }, out var answer)) return null;
        await answer.WaitAsync(ct);
        return IngestReport.Of(rows);
    }

    private static ItemDraft Read(JsonElement item)
    {
        if (item.ValueKind is not JsonValueKind.Object) throw new JsonFieldException("items", $"An item must be an object; found {item.ValueKind}.");
        var id = item.Text("id", 256);
        if (string.IsNullOrWhiteSpace(id)) throw new JsonFieldException("id", "An item needs id, the shop's own number.");
        return new ItemDraft(id)
        {
            Name = item.Text("name", 500),
            Description = item.Text("description"),
            Category = item.Text("category", 500),
            Price = NotNegative(item, "price"),
            Currency = item.Text("currency", 3),
            ImageUrl = item.Text("imageUrl", 2_000),
            Url = item.Text("url", 2_000),
            Stock = NotNegative(item, "stock"),
            Attributes = item.Find("attributes") is { } attributes
                ? attributes.ValueKind is JsonValueKind.Object ? attributes.GetRawText() : throw new JsonFieldException("attributes", "attributes must be an object.")
                : null,
        };
    }

    private static decimal? NotNegative(JsonElement item, string name) =>
        item.Number(name) is < 0 ? throw new JsonFieldException(name, $"{name} is not negative.", isRange: true) : item.Number(name);
}
