using System.Text.Json;
using CampaignPortal.Marketing.Events;
using CampaignPortal.Marketing.Imports.Conversion;
using CampaignPortal.Marketing.Imports.Mapping;

namespace CampaignPortal.Marketing.Imports.Presets;

/// <summary>Invoice lines in the layout of UCI's Online Retail: one row a line, cancellations marked by a C before the invoice number.</summary>
/// <remarks>
/// A line without customer is a sale of nobody. Price 0 is accepted (gifts, samples), a negative one is a bookkeeping entry and refused.
/// Pieces below 0 on an ordinary invoice without price are stock taken off the books: a <c>custom</c> event that counts for nobody.
/// Codes that do not begin with five digits (POST, D, M) are charges, not products: never recommended.
/// </remarks>
public sealed class OnlineRetailPreset : ImportPreset
{
    public override string Name => "online-retail";

    public override string Zone => "Europe/London";

    public override string Currency => "GBP";

    public override IReadOnlyList<ImportField> Fields { get; } =
    [
        new("order_id", FieldKind.Identifier, "InvoiceNo", "Invoice", "order number", "order no", "发票号", "订单号", "订单编号") { IsRequired = true },
        new("item_id", FieldKind.Identifier, "StockCode", "sku", "product id", "product code", "商品编号", "商品代码", "产品编号") { IsRequired = true },
        new("item_name", FieldKind.Text, "Description", "product name", "product", "title", "商品名称", "产品名称", "描述"),
        new("quantity", FieldKind.Number, "Qty", "pieces", "amount of items", "数量") { IsRequired = true },
        new("occurred_at", FieldKind.Moment, "InvoiceDate", "date", "order date", "created at", "日期", "下单时间", "发票日期") { IsRequired = true },
        new("unit_price", FieldKind.Money, "UnitPrice", "Price", "单价", "价格") { IsRequired = true, Least = 0 },
        new("customer_id", FieldKind.Identifier, "CustomerID", "Customer", "client id", "user id", "客户编号", "客户ID", "顾客编号"),
        new("country", FieldKind.Country, "国家", "land", "pays"),
    ];

    internal override RowConverter CreateConverter(ConversionContext context) => new Converter(context);

    private sealed class Converter : RowConverter
    {
        private readonly Cell _order, _item, _name, _quantity, _at, _price, _customer, _country;
        private readonly Dictionary<string, bool> _namedItems = new(StringComparer.Ordinal); // whether the item's name is known yet
        private string _lastOrder = "", _lastCustomer = "", _lastCountry = "";
        private readonly Dictionary<string, string> _countryProperties = new(StringComparer.Ordinal);

        public Converter(ConversionContext context) : base(context)
        {
            (_order, _item, _name, _quantity) = (CellOf("order_id"), CellOf("item_id"), CellOf("item_name"), CellOf("quantity"));
            (_at, _price, _customer, _country) = (CellOf("occurred_at"), CellOf("unit_price"), CellOf("customer_id"), CellOf("country"));
        }

        public override Refusal? Convert(ImportRow row, ImportChunk chunk)
        {
            if (Number(row, _quantity, null, out var quantity) is { } badQuantity) return badQuantity;
            if (Number(row, _price, null, out var price) is { } badPrice) return badPrice;
            if (Moment(row, _at, null, out var at) is { } badTime) return badTime;
            if (Text(row, _order, ref _lastOrder) is not { } order) return _order.Missing();
            if (Text(row, _item) is not { } item) return _item.Missing();
            if ((CheckId(row, _order) ?? CheckId(row, _item) ?? CheckId(row, _customer)) is { } badId) return badId;
            if (price < 0) return _price.Refuse(QuarantineReasons.FieldRange, row[_price.Column], "A price is 0 or more; a negative one is a correction of the books, not a sale.");
            if (quantity is 0) return _quantity.Refuse(QuarantineReasons.FieldRange, row[_quantity.Column], "A line has at least one piece.");

            var customer = CustomerOf(row);
            var country = Text(row, _country, ref _lastCountry);
            var isReturn = order[0] is 'C' or 'c' || (quantity < 0 && (price > 0 || customer is not null));
            var isAdjustment = quantity < 0 && !isReturn;
            var pieces = Math.Abs(quantity);
            if (!TryMultiply(pieces, price, out var amount)) return _quantity.Refuse(QuarantineReasons.FieldRange, row[_quantity.Column], "Pieces times price is larger than the store can hold.");

            var type = isReturn ? KnownEvents.OrderReturned : isAdjustment ? KnownEvents.Custom : KnownEvents.OrderPlaced;
            var id = Context.Identity.Begin(type).Add(order).Add(item).Add(customer).Add(quantity).Add(price).Add(country).Add(row[_name.Column]).Finish(at, out _);
            chunk.Add(new NewEvent
            {
                MessageId = id,
                Type = type,
                OccurredAt = At(at),
                Customer = customer,
                OrderId = order,
                Item = item,
                Quantity = isAdjustment ? null : Amount(pieces),
                Amount = isAdjustment ? null : Amount(amount),
                Currency = isAdjustment ? null : Plan.Currency,
                Properties = isAdjustment ? Adjustment(quantity, row[_name.Column]) : country is null ? null : PropertiesOf(country),
            });
            DescribeItem(row, item, isSale: price > 0, chunk);

            Context.Counts.Customer(customer);
            Context.Counts.Item(item);
            if (type == KnownEvents.OrderPlaced) Context.Counts.Order(order);
            return null;
        }

        /// <summary>Some tools write the number of a customer as 17850.0.</summary>
        private string? CustomerOf(ImportRow row)
        {
            var text = row[_customer.Column];
            if (text.EndsWith(".0") && text[..^2].IndexOfAnyExceptInRange('0', '9') < 0) text = text[..^2];
            return text.Length is 0 ? null : Context.Texts.Get(text, ref _lastCustomer);
        }

        /// <summary>The first line names the item's kind, the first sale its name: texts beside write-offs are notes ("damaged", "?").</summary>
        private void DescribeItem(ImportRow row, string item, bool isSale, ImportChunk chunk)
        {
            var isKnown = _namedItems.TryGetValue(item, out var isNamed);
            if (isNamed) return;
            var name = isSale ? row[_name.Column] : default;
            if (isKnown && name.Length is 0) return;
            _namedItems[item] = name.Length > 0;
            chunk.Items.Add(new ItemDraft(item)
            {
                Name = name.Length > 0 ? string.Join(' ', name.ToString().Split(' ', StringSplitOptions.RemoveEmptyEntries)) : null,
                Attributes = IsProduct(item) ? null : """{"offered":false}""",
                FillOnly = true,
            });
        }

        private static bool IsProduct(string code) => code.Length >= 5 && code.AsSpan(0, 5).IndexOfAnyExceptInRange('0', '9') < 0;

        private string PropertiesOf(string country)
        {
            if (!_countryProperties.TryGetValue(country, out var properties))
                _countryProperties[country] = properties = JsonSerializer.Serialize(new { country }, ImportJson.Options);
            return properties;
        }

        private static string Adjustment(long quantity, ReadOnlySpan<char> note) =>
            JsonSerializer.Serialize(new { name = "stock_adjusted", quantity = Amount(quantity), note = note.Length is 0 ? null : note.ToString() }, ImportJson.Options);
    }
}
