using System.Collections.Frozen;
using System.Globalization;
using System.Text.Json;
using CampaignPortal.Marketing.Common;

namespace CampaignPortal.Marketing.Events;

/// <summary>What one entry of a posted batch came to: events, or the reason why not.</summary>
internal sealed record TrackingEntry(string? MessageId, IReadOnlyList<NewEvent> Events, IReadOnlyList<ItemDraft> Items, ContactDraft? Contact, QuarantineDraft? Refused);

/// <summary>Reads track, identify, page, screen, group and alias calls with the field names of Segment's specification.</summary>
/// <param name="now">The portal's clock.</param>
/// <param name="batchSentAt">When the batch was sent, by the sender's clock; an entry may say its own.</param>
/// <param name="reportingCurrency">Amounts in another currency need the property <c>exchangeRate</c>.</param>
/// <param name="refusalOf">Why events of a name may not come in; null when they may.</param>
internal sealed class TrackingCallReader(DateTimeOffset now, DateTimeOffset? batchSentAt, string reportingCurrency, Func<string, string?> refusalOf)
{
    private const int MaxEntryBytes = 32 * 1024;
    private const int MaxIdLength = 256;
    private static readonly TimeSpan ClampedAhead = TimeSpan.FromMinutes(5);

    private static readonly FrozenSet<string> OwnColumns = FrozenSet.ToFrozenSet(
        ["order_id", "orderId", "product_id", "productId", "item_id", "itemId", "sku", "quantity", "price", "value", "revenue", "total", "currency", "products",
            "campaign_id", "campaignId", "variation_id", "variant_id", "variantId", "exchangeRate"], StringComparer.Ordinal);

    private static readonly FrozenSet<string> Nothing = FrozenSet<string>.Empty;

    /// <summary>Never throws for what a sender can send.</summary>
    public TrackingEntry Read(JsonElement entry, int position)
    {
        string? messageId = null;
        try
        {
            if (entry.ValueKind is not JsonValueKind.Object) throw new RefusedException(QuarantineReasons.FieldType, null, $"An entry must be an object; found {entry.ValueKind}.");
            messageId = MessageIdOf(entry);
            if (entry.GetRawText().Length > MaxEntryBytes) throw new RefusedException(QuarantineReasons.FieldLength, null, "An entry may have 32 KiB at most.");
            return Read(entry, messageId);
        }
        catch (RefusedException e)
        {
            return Refuse(messageId, entry, position, e.Reason, e.Field, e.Message);
        }
        catch (JsonFieldException e)
        {
            return Refuse(messageId, entry, position, e.IsRange ? QuarantineReasons.FieldRange : QuarantineReasons.FieldType, e.Field, e.Message);
        }
        catch (InvalidOperationException)
        {
            // A text with half a surrogate pair: it cannot be read as text at all.
            return Refuse(messageId, entry, position, QuarantineReasons.TextEncoding, null, "A text is not valid Unicode.");
        }
    }

    private static TrackingEntry Refuse(string? messageId, JsonElement entry, int position, string reason, string? field, string detail) =>
        new(messageId, [], [], null, new QuarantineDraft(reason, field, detail, entry.GetRawText(), position) { MessageId = messageId });

    private TrackingEntry Read(JsonElement entry, string messageId)
    {
        var call = entry.Text("type") ?? "track";
        var userId = Id(entry, "userId");
        var anonymousId = Id(entry, "anonymousId");
        if (userId is null && anonymousId is null) throw new RefusedException(QuarantineReasons.FieldMissing, "userId", "An entry needs userId or anonymousId.");
        if (userId is not null && EmailAddress.IsLikely(userId))
            throw new RefusedException(QuarantineReasons.IdInvalid, "userId", "userId must be the shop's own number of the customer, not an e-mail address; send the address in traits.email of an identify call.");
        var (occurredAt, statedAt, sentAt) = TimesOf(entry);
        var basis = new NewEvent
        {
            MessageId = messageId,
            Type = KnownEvents.Custom,
            OccurredAt = occurredAt,
            StatedAt = statedAt,
            SentAt = sentAt,
            Customer = userId,
            Visitor = anonymousId,
        };
        var properties = entry.TryGetProperty("properties", out var p) ? p : default;
        return call switch
        {
            "track" => Track(basis, entry.Text("event") ?? throw new RefusedException(QuarantineReasons.FieldMissing, "event", "A track call needs the name of the event."), properties),
            "identify" or "group" => Identify(basis, call, entry),
            "page" or "screen" => Page(basis, entry, properties),
            "alias" => Single(basis with
            {
                Type = KnownEvents.ProfileUpdated,
                Visitor = anonymousId ?? Id(entry, "previousId") ?? throw new RefusedException(QuarantineReasons.FieldMissing, "previousId", "An alias call needs previousId."),
            }),
            _ => throw new RefusedException(QuarantineReasons.EventUnknownType, "type", $"type must be track, identify, page, screen, group or alias; found '{call}'."),
        };
    }

    private TrackingEntry Page(NewEvent basis, JsonElement entry, JsonElement properties)
    {
        RefuseUnwanted(KnownEvents.PageViewed);
        return Single(basis with
        {
            Type = KnownEvents.PageViewed,
            Properties = SafeProperties.Write(properties, Nothing, false, entry.Text("name") is { } name ? [("page", name)] : []),
        });
    }

    private void RefuseUnwanted(string name)
    {
        if (refusalOf(name) is { } refusal) throw new RefusedException(QuarantineReasons.EventUnknownType, "event", refusal);
    }

    private TrackingEntry Track(NewEvent basis, string name, JsonElement properties)
    {
        var type = SegmentNames.TypeOf(name);
        RefuseUnwanted(type is KnownEvents.Custom ? name : type);
        var orderId = Id(properties, "order_id") ?? Id(properties, "orderId");
        if (type is KnownEvents.OrderPlaced && orderId is null) throw new RefusedException(QuarantineReasons.FieldMissing, "properties.order_id", "An order needs its number.");
        var rest = SafeProperties.Write(properties, OwnColumns, false, type is KnownEvents.Custom ? [("name", name)] : []);
        var common = basis with
        {
            Type = type,
            OrderId = orderId,
            CampaignId = Id(properties, "campaign_id") ?? Id(properties, "campaignId"),
            VariantId = Id(properties, "variation_id") ?? Id(properties, "variant_id") ?? Id(properties, "variantId"),
            Currency = CurrencyOf(properties),
            Properties = rest,
        };
        var rate = RateOf(properties, common.Currency);
        if (type is not (KnownEvents.OrderPlaced or KnownEvents.OrderReturned) || Products(properties) is not { Length: > 0 } products)
        {
            var amount = properties.Number("value") ?? properties.Number("revenue") ?? properties.Number("total") ?? PieceAmount(properties);
            return new TrackingEntry(basis.MessageId, [common with { Item = ItemOf(properties), Quantity = QuantityOf(properties), Amount = amount * rate }], ItemsOf(properties), null, null);
        }
        var lines = new List<NewEvent>(products.Length);
        var items = new List<ItemDraft>(products.Length);
        foreach (var product in products)
        {
            var item = ItemOf(product) ?? throw new RefusedException(QuarantineReasons.FieldMissing, "properties.products.product_id", "Each product of an order needs its id.");
            lines.Add(common with
            {
                MessageId = products.Length is 1 ? basis.MessageId : string.Create(CultureInfo.InvariantCulture, $"{basis.MessageId}/{lines.Count + 1}"),
                Item = item,
                Quantity = QuantityOf(product) ?? 1,
                Amount = PieceAmount(product) * rate,
            });
            items.AddRange(ItemsOf(product));
        }
        return new TrackingEntry(basis.MessageId, lines, items, null, null);
    }

    private static TrackingEntry Identify(NewEvent basis, string call, JsonElement entry)
    {
        if (basis.Customer is null) throw new RefusedException(QuarantineReasons.FieldMissing, "userId", $"An {call} call needs userId.");
        var traits = entry.TryGetProperty("traits", out var t) ? t : default;
        var update = basis with { Type = KnownEvents.ProfileUpdated, Properties = SafeProperties.Write(traits, Nothing, ofPerson: call is "identify") is { } kept ? $$"""{"traits":{{kept}}}""" : null };
        return new TrackingEntry(basis.MessageId, [update], [], call is "identify" ? ContactOf(basis.Customer, traits) : null, null);
    }

    /// <summary>E-mail, phone, name and address of a person's traits; null when there are none.</summary>
    internal static ContactDraft? ContactOf(string customer, JsonElement traits)
    {
        if (traits.ValueKind is not JsonValueKind.Object) return null;
        var name = traits.Text("name") ?? traits.Text("fullName")
            ?? (string.Join(' ', new[] { traits.Text("firstName") ?? traits.Text("first_name"), traits.Text("lastName") ?? traits.Text("last_name") }.OfType<string>()) is { Length: > 0 } joined ? joined : null);
        var address = traits.TryGetProperty("address", out var a) ? a.ValueKind switch
        {
            JsonValueKind.String => a.GetString(),
            JsonValueKind.Object => string.Join(", ", a.EnumerateObject().Where(part => part.Value.ValueKind is JsonValueKind.String).Select(part => part.Value.GetString())),
            _ => null,
        } : null;
        var email = traits.Text("email");
        if (!string.IsNullOrWhiteSpace(email) && !EmailAddress.IsLikely(email.Trim())) throw new JsonFieldException("email", "An e-mail address looks like name@example.com.");
        var draft = new ContactDraft(customer) { Email = email, Phone = traits.Text("phone") ?? traits.Text("mobile"), Name = name, Address = address };
        return draft == new ContactDraft(customer) ? null : draft;
    }

    private static TrackingEntry Single(NewEvent e) => new(e.MessageId, [e], [], null, null);

    private static string MessageIdOf(JsonElement entry)
    {
        var id = entry.Text("messageId") ?? throw new RefusedException(QuarantineReasons.FieldMissing, "messageId", "An entry needs a messageId: the same for each retry, another for each event.");
        return id.Length is >= 1 and <= 64 && id.All(c => c is > ' ' and <= '~') ? id : throw new RefusedException(QuarantineReasons.IdInvalid, "messageId", "A messageId has 1 to 64 visible ASCII characters.");
    }

    private (DateTimeOffset OccurredAt, DateTimeOffset? StatedAt, DateTimeOffset? SentAt) TimesOf(JsonElement entry)
    {
        var stated = entry.Time("timestamp") ?? entry.Time("originalTimestamp");
        var sentAt = entry.Time("sentAt") ?? batchSentAt;
        if (stated is not { } at) return (now, DateTimeOffset.UnixEpoch, sentAt); // a retry without a time must meet itself again
        // What the sender's clock is off shows in sentAt (Segment's rule): the difference is taken off.
        var occurredAt = sentAt is { } sent ? at + (now - sent) : at;
        if (occurredAt > now + ClampedAhead) throw new RefusedException(QuarantineReasons.TimeFuture, "timestamp", "The event lies more than 5 minutes ahead of the portal's clock.");
        return (occurredAt > now ? now : occurredAt, at, sentAt);
    }

    private string? CurrencyOf(JsonElement properties)
    {
        var currency = properties.Text("currency");
        if (currency is null) return null;
        return currency.Length is 3 && currency.All(char.IsAsciiLetter)
            ? currency.ToUpperInvariant()
            : throw new RefusedException(QuarantineReasons.FieldType, "properties.currency", $"A currency is a code of three letters such as {reportingCurrency}.");
    }

    private decimal RateOf(JsonElement properties, string? currency)
    {
        if (currency is null || currency == reportingCurrency) return 1;
        var rate = properties.Number("exchangeRate") ?? throw new RefusedException(
            QuarantineReasons.FieldMissing, "properties.exchangeRate", $"Amounts are kept in {reportingCurrency}; an amount in {currency} needs exchangeRate, the price of one {currency} in {reportingCurrency} on that day.");
        return rate > 0 ? rate : throw new RefusedException(QuarantineReasons.FieldRange, "properties.exchangeRate", "An exchange rate is positive.");
    }

    private static JsonElement[]? Products(JsonElement properties) =>
        properties.ValueKind is JsonValueKind.Object && properties.TryGetProperty("products", out var products) && products.ValueKind is JsonValueKind.Array ? [.. products.EnumerateArray()] : null;

    private static string? ItemOf(JsonElement properties) =>
        Id(properties, "product_id") ?? Id(properties, "productId") ?? Id(properties, "item_id") ?? Id(properties, "itemId") ?? Id(properties, "sku");

    private static ItemDraft[] ItemsOf(JsonElement properties)
    {
        if (ItemOf(properties) is not { } id || (properties.Text("name") is null && properties.Text("category") is null)) return [];
        return [new ItemDraft(id) { Name = properties.Text("name"), Category = properties.Text("category"), ImageUrl = properties.Text("image_url"), Url = properties.Text("url"), FillOnly = true }];
    }

    private static decimal? QuantityOf(JsonElement properties) => properties.Number("quantity") switch
    {
        < 0 => throw new RefusedException(QuarantineReasons.FieldRange, "properties.quantity", "A quantity is not negative; a return is an event of its own."),
        var quantity => quantity,
    };

    private static decimal? PieceAmount(JsonElement properties) => properties.Number("price") switch
    {
        < 0 => throw new RefusedException(QuarantineReasons.FieldRange, "properties.price", "A price is not negative."),
        var price => price * (QuantityOf(properties) ?? 1),
    };

    private static string? Id(JsonElement from, string name)
    {
        if (from.ValueKind is not JsonValueKind.Object || !from.TryGetProperty(name, out var value) || value.ValueKind is JsonValueKind.Null) return null;
        var text = value.ValueKind switch
        {
            JsonValueKind.String => value.GetString()!,
            JsonValueKind.Number => value.GetRawText(),
            _ => throw new RefusedException(QuarantineReasons.FieldType, name, $"{name} must be a text; found {value.ValueKind}."),
        };
        if (string.IsNullOrWhiteSpace(text)) return null;
        return text.Length <= MaxIdLength ? text : throw new RefusedException(QuarantineReasons.FieldLength, name, $"{name} may have {MaxIdLength} characters at most.");
    }

    /// <summary>Leaves the entry at the first thing that is wrong with it; <see cref="Read(JsonElement, int)"/> turns it into a quarantined row.</summary>
    private sealed class RefusedException(string reason, string? field, string detail) : Exception(detail)
    {
        public string Reason { get; } = reason;

        public string? Field { get; } = field;
    }
}
