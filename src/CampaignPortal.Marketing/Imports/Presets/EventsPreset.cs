using System.Text.Json.Nodes;
using CampaignPortal.Marketing.Events;
using CampaignPortal.Marketing.Imports.Conversion;
using CampaignPortal.Marketing.Imports.Mapping;
using CampaignPortal.Marketing.Imports.Values;

namespace CampaignPortal.Marketing.Imports.Presets;

/// <summary>One row an event of any type: views, carts, orders with discount and tax, messages, searches.</summary>
/// <remarks>A type that the portal does not know becomes <c>custom</c> with its own name among the properties.</remarks>
public sealed class EventsPreset : ImportPreset
{
    public override string Name => "events";

    public override IReadOnlyList<ImportField> Fields { get; } =
    [
        new("message_id", FieldKind.Identifier, "messageId", "event id", "id", "事件编号"),
        new("type", FieldKind.Text, "event", "event type", "event name", "action", "behavior", "behaviour", "事件", "事件类型", "行为"),
        new("occurred_at", FieldKind.Moment, "timestamp", "time", "date", "event time", "occurred at", "created at", "order date", "时间", "事件时间", "日期") { IsRequired = true },
        new("customer_id", FieldKind.Identifier, "user id", "userId", "customer", "client id", "visitor", "会员编号", "用户ID", "客户编号"),
        new("visitor_id", FieldKind.Identifier, "anonymous id", "anonymousId", "session id", "cookie id", "device id", "访客编号"),
        new("order_id", FieldKind.Identifier, "order", "order number", "invoice", "invoice no", "transaction id", "订单号", "订单编号"),
        new("item_id", FieldKind.Identifier, "item", "product id", "sku", "stock code", "asin", "商品编号", "产品编号"),
        new("quantity", FieldKind.Number, "qty", "pieces", "units", "数量") { Least = 0 },
        new("unit_price", FieldKind.Money, "price", "unit price", "单价") { Least = 0 },
        new("amount", FieldKind.Money, "line total", "total", "revenue", "value", "sales", "金额", "总价") { Least = 0 },
        new("discount", FieldKind.Money, "discount amount", "折扣", "优惠金额") { Least = 0 },
        new("tax", FieldKind.Money, "vat", "税", "税额") { Least = 0 },
        new("status", FieldKind.Text, "order status", "状态", "订单状态"),
        new("currency", FieldKind.Currency, "currency code", "币种", "货币"),
        new("campaign_id", FieldKind.Identifier, "campaign", "活动编号"),
        new("variant_id", FieldKind.Identifier, "variant", "test group"),
        new("channel", FieldKind.Text, "source", "medium", "渠道"),
        new("device", FieldKind.Text, "device type", "设备"),
        new("country", FieldKind.Country, "国家"),
        new("properties", FieldKind.Json, "props", "payload", "attributes", "属性"),
    ];

    internal override RowConverter CreateConverter(ConversionContext context) => new Converter(context);

    private sealed class Converter : RowConverter
    {
        private static readonly string[] Returned = ["returned", "refunded", "refund", "return", "cancelled", "canceled", "退货", "已退款", "已取消"];

        private readonly Cell _id, _type, _at, _customer, _visitor, _order, _item, _quantity, _price, _amount, _currency, _campaign, _variant, _properties, _status;
        private readonly Cell[] _amountsBeside, _textsBeside;

        public Converter(ConversionContext context) : base(context)
        {
            (_id, _type, _at, _customer, _visitor) = (CellOf("message_id"), CellOf("type"), CellOf("occurred_at"), CellOf("customer_id"), CellOf("visitor_id"));
            (_order, _item, _quantity, _price, _amount) = (CellOf("order_id"), CellOf("item_id"), CellOf("quantity"), CellOf("unit_price"), CellOf("amount"));
            (_currency, _campaign, _variant, _properties, _status) = (CellOf("currency"), CellOf("campaign_id"), CellOf("variant_id"), CellOf("properties"), CellOf("status"));
            _amountsBeside = [CellOf("discount"), CellOf("tax")];
            _textsBeside = [CellOf("channel"), CellOf("device"), CellOf("country"), _status];
        }

        public override Refusal? Convert(ImportRow row, ImportChunk chunk)
        {
            if (Moment(row, _at, null, out var at) is { } badTime) return badTime;
            if (Number(row, _quantity, long.MinValue, out var quantity) is { } badQuantity) return badQuantity;
            if (Number(row, _price, long.MinValue, out var price) is { } badPrice) return badPrice;
            if (Number(row, _amount, long.MinValue, out var amount) is { } badAmount) return badAmount;
            if ((CheckId(row, _customer) ?? CheckId(row, _visitor) ?? CheckId(row, _order) ?? CheckId(row, _item) ?? CheckId(row, _campaign) ?? CheckId(row, _variant)) is { } badId) return badId;
            if (TypeOf(row, out var type, out var ownName) is { } badType) return badType;

            var isReturn = type == KnownEvents.OrderReturned;
            if (CheckSign(row, isReturn, quantity, price, amount) is { } negative) return negative;
            if (amount is long.MinValue && quantity is not long.MinValue && price is not long.MinValue && !TryMultiply(quantity, price, out amount))
                return _quantity.Refuse(QuarantineReasons.FieldRange, row[_quantity.Column], "Pieces times price is larger than the store can hold.");
            if (PropertiesOf(row, ownName, out var properties) is { } badProperties) return badProperties;
            var customer = Text(row, _customer);
            var visitor = Text(row, _visitor);
            var currency = amount is long.MinValue ? null : CurrencyOf(row);
            if (currency is { } code && (code.Length is not 3 || !code.All(char.IsAsciiLetterUpper)))
                return _currency.Refuse(QuarantineReasons.FieldType, code, "A currency is three letters such as EUR.");

            var e = new NewEvent
            {
                MessageId = "",
                Type = type,
                OccurredAt = At(at),
                Customer = customer,
                Visitor = visitor,
                OrderId = Text(row, _order),
                Item = Text(row, _item),
                CampaignId = Text(row, _campaign),
                VariantId = Text(row, _variant),
                Quantity = quantity is long.MinValue ? null : Math.Abs(Amount(quantity)),
                Amount = amount is long.MinValue ? null : Math.Abs(Amount(amount)),
                Currency = currency,
                Properties = properties,
            };
            if (IdOf(row, e, at, quantity, amount, out var id) is { } refusedId) return refusedId;
            chunk.Add(e with { MessageId = id });
            Context.Counts.Customer(customer);
            Context.Counts.Item(e.Item);
            if (type == KnownEvents.OrderPlaced) Context.Counts.Order(e.OrderId);
            return null;
        }

        private Refusal? TypeOf(ImportRow row, out string type, out string? ownName)
        {
            ownName = null;
            type = KnownEvents.OrderPlaced;
            var stated = row[_type.Column];
            if (_type.IsMapped && stated.Length is 0) return _type.Missing();
            // A file of orders names no type: a line with an order is one.
            if (!_type.IsMapped && row[_order.Column].Length is 0) return new Refusal(QuarantineReasons.FieldMissing, null, "The row names neither a type of event nor an order.");
            if (_type.IsMapped)
            {
                var key = Context.Texts.Get(stated);
                type = EventNames.Find(key) ?? KnownEvents.Custom;
                if (type == KnownEvents.Custom && key != KnownEvents.Custom) ownName = key;
            }
            if (type == KnownEvents.OrderPlaced && row[_status.Column] is { Length: > 0 } status && IsReturned(status)) type = KnownEvents.OrderReturned;
            return null;
        }

        private static bool IsReturned(ReadOnlySpan<char> status)
        {
            foreach (var word in Returned)
            {
                if (status.Equals(word, StringComparison.OrdinalIgnoreCase)) return true;
            }
            return false;
        }

        private Refusal? CheckSign(ImportRow row, bool isReturn, long quantity, long price, long amount)
        {
            if (price is < 0 and not long.MinValue) return _price.Refuse(QuarantineReasons.FieldRange, row[_price.Column], "A price is 0 or more.");
            if (isReturn) return null; // some shops write what comes back with a minus
            if (quantity is < 0 and not long.MinValue) return _quantity.Refuse(QuarantineReasons.FieldRange, row[_quantity.Column], "Pieces are 0 or more; a return has the type order_returned.");
            if (amount is < 0 and not long.MinValue) return _amount.Refuse(QuarantineReasons.FieldRange, row[_amount.Column], "An amount is 0 or more; a return has the type order_returned.");
            return null;
        }

        private string CurrencyOf(ImportRow row) => row[_currency.Column] is { Length: > 0 } text ? Context.Texts.Get(text).ToUpperInvariant() : Plan.Currency;

        private Refusal? PropertiesOf(ImportRow row, string? ownName, out string? properties)
        {
            properties = null;
            var stated = row[_properties.Column];
            JsonObject? all = null;
            if (stated.Length > 0)
            {
                all = JsonCells.Parse(stated);
                if (all is null) return _properties.Refuse(QuarantineReasons.JsonInvalid, stated, "One JSON object was expected.");
            }
            if (ownName is not null) (all ??= [])["name"] ??= ownName;
            foreach (var cell in _textsBeside)
            {
                if (row[cell.Column] is { Length: > 0 } text) (all ??= [])[Plan.Fields[cell.Name]] = Context.Texts.Get(text);
            }
            foreach (var cell in _amountsBeside)
            {
                if (Number(row, cell, long.MinValue, out var amount) is { } bad) return bad;
                if (amount is long.MinValue) continue;
                if (amount < 0) return cell.Refuse(QuarantineReasons.FieldRange, row[cell.Column], "An amount is 0 or more.");
                (all ??= [])[Plan.Fields[cell.Name]] = Amount(amount);
            }
            properties = all?.ToJsonString(ImportJson.Options);
            return null;
        }

        private Refusal? IdOf(ImportRow row, NewEvent e, long at, long quantity, long amount, out string id)
        {
            var stated = row[_id.Column];
            if (stated.Length is 0)
            {
                id = Context.Identity.Begin(e.Type).Add(e.Customer).Add(e.Visitor).Add(e.OrderId).Add(e.Item).Add(e.CampaignId).Add(e.VariantId)
                    .Add(e.Currency).Add(e.Properties).Add(quantity).Add(amount).Finish(at, out _);
                return null;
            }
            id = stated.ToString();
            if (id.Length <= 64 && id.AsSpan().IndexOfAnyExceptInRange('!', '~') < 0) return null;
            return _id.Refuse(QuarantineReasons.IdInvalid, stated, "An id of an event is 1 to 64 visible ASCII characters.");
        }
    }
}
