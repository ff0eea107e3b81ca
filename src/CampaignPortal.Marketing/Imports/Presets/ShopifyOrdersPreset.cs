using CampaignPortal.Marketing.Common;
using System.Text.Json.Nodes;
using CampaignPortal.Marketing.Events;
using CampaignPortal.Marketing.Imports.Conversion;
using CampaignPortal.Marketing.Imports.Mapping;
using CampaignPortal.Marketing.Privacy;

namespace CampaignPortal.Marketing.Imports.Presets;

/// <summary>Orders as Shopify exports them: a row for each line, the order's own columns only on its first row, or repeated on each.</summary>
/// <remarks>
/// Lines are grouped by the order's number, and amounts come from lines, so a repeated total counts once. The customer is whom the e-mail, else
/// the phone, names. A voided order was never paid: its lines are left out. What was refunded is a return of that amount.
/// </remarks>
public sealed class ShopifyOrdersPreset : ImportPreset
{
    public override string Name => "shopify-orders";

    public override IReadOnlyList<string> Signature { get; } = ["Name", "Financial Status", "Lineitem quantity", "Lineitem name"];

    public override IReadOnlyList<ImportField> Fields { get; } =
    [
        new("order_id", FieldKind.Identifier, "Name") { IsRequired = true },
        new("email", FieldKind.Email, "Email"),
        new("phone", FieldKind.Phone, "Phone"),
        new("occurred_at", FieldKind.Moment, "Created at") { IsRequired = true },
        new("status", FieldKind.Text, "Financial Status"),
        new("currency", FieldKind.Currency, "Currency"),
        new("item_id", FieldKind.Identifier, "Lineitem sku"),
        new("item_name", FieldKind.Text, "Lineitem name") { IsRequired = true },
        new("quantity", FieldKind.Number, "Lineitem quantity") { IsRequired = true, Least = 0 },
        new("unit_price", FieldKind.Money, "Lineitem price") { IsRequired = true, Least = 0 },
        new("discount", FieldKind.Money, "Lineitem discount") { Least = 0 },
        new("coupon", FieldKind.Text, "Discount Code"),
        new("refunded", FieldKind.Money, "Refunded Amount") { Least = 0 },
    ];

    internal override RowConverter CreateConverter(ConversionContext context) => new Converter(context);

    private sealed class Converter : RowConverter
    {
        private readonly Cell _number, _email, _phone, _at, _status, _currency, _sku, _name, _quantity, _price, _discount, _coupon, _refunded;
        private readonly HashSet<string> _refundedOrders = new(StringComparer.Ordinal);
        private Order? _order;

        public Converter(ConversionContext context) : base(context)
        {
            (_number, _email, _phone, _at, _status, _currency) = (CellOf("order_id"), CellOf("email"), CellOf("phone"), CellOf("occurred_at"), CellOf("status"), CellOf("currency"));
            (_sku, _name, _quantity, _price, _discount, _coupon, _refunded) = (CellOf("item_id"), CellOf("item_name"), CellOf("quantity"), CellOf("unit_price"), CellOf("discount"), CellOf("coupon"), CellOf("refunded"));
        }

        public override Refusal? Convert(ImportRow row, ImportChunk chunk)
        {
            if ((CheckId(row, _number) ?? CheckId(row, _sku)) is { } badId) return badId;
            if (Number(row, _quantity, null, out var pieces) is { } badQuantity) return badQuantity;
            if (Number(row, _price, null, out var price) is { } badPrice) return badPrice;
            if (Number(row, _discount, 0, out var discount) is { } badDiscount) return badDiscount;
            if (Number(row, _refunded, 0, out var refunded) is { } badRefund) return badRefund;
            if (pieces <= 0) return _quantity.Refuse(QuarantineReasons.FieldRange, row[_quantity.Column], "A line has at least one piece.");
            if (price < 0) return _price.Refuse(QuarantineReasons.FieldRange, row[_price.Column], "A price is 0 or more.");
            if (OrderOf(row, out var order) is { } badOrder) return badOrder;
            if (!TryMultiply(pieces, price, out var amount)) return _quantity.Refuse(QuarantineReasons.FieldRange, row[_quantity.Column], "Pieces times price is larger than the store can hold.");
            if (order.Status.Equals("voided", StringComparison.OrdinalIgnoreCase))
            {
                chunk.DroppedCount++;
                return null;
            }
            AddLine(row, chunk, order, pieces, Math.Max(0, amount - discount), discount);
            if (refunded > 0 && _refundedOrders.Add(order.Number)) AddRefund(chunk, order, refunded);
            if (order.Contact is { } contact) chunk.Contacts.Add(contact);
            Context.Counts.Customer(order.Customer);
            Context.Counts.Order(order.Number);
            return null;
        }

        private void AddLine(ImportRow row, ImportChunk chunk, Order order, long pieces, long amount, long discount)
        {
            var item = row[_sku.Column].Length > 0 ? Context.Texts.Get(row[_sku.Column].TrimStart('\'')) : Context.Texts.Get(row[_name.Column]);
            if (item.Length > 200) item = item[..200];
            var id = Context.Identity.Begin(KnownEvents.OrderPlaced).Add(order.Number).Add(item).Add(order.Customer).Add(pieces).Add(amount).Finish(order.At, out _);
            chunk.Add(new NewEvent
            {
                MessageId = id, Type = KnownEvents.OrderPlaced, OccurredAt = At(order.At), Customer = order.Customer, OrderId = order.Number, Item = item.Length > 0 ? item : null,
                Quantity = Amount(pieces), Amount = Amount(amount), Currency = order.Currency, Properties = PropertiesOf(order.Coupon, discount),
            });
            if (item.Length is 0) return;
            chunk.Items.Add(new ItemDraft(item) { Name = Text(row, _name), FillOnly = true });
            Context.Counts.Item(item);
        }

        private void AddRefund(ImportChunk chunk, Order order, long refunded)
        {
            var id = Context.Identity.Begin(KnownEvents.OrderReturned).Add(order.Number).Add(refunded).Finish(order.At, out _);
            chunk.Add(
                new NewEvent { MessageId = id, Type = KnownEvents.OrderReturned, OccurredAt = At(order.At), Customer = order.Customer, OrderId = order.Number, Amount = Amount(refunded), Currency = order.Currency },
                standsForRow: false);
        }

        /// <summary>The order of the row: a new one, or the last one, whose lines follow each other.</summary>
        private Refusal? OrderOf(ImportRow row, out Order order)
        {
            order = _order!; // set below, or refused
            var number = row[_number.Column].TrimStart('#');
            if (number.Length is 0 && _order is null) return _number.Missing();
            if (number.Length is 0 || (_order is { } last && number.SequenceEqual(last.Number))) return null;
            if (Moment(row, _at, null, out var at) is { } badTime) return badTime;
            var email = row[_email.Column] is { Length: > 0 } stated ? ContactForms.Email(stated.ToString()) : null;
            if (email is not null && !EmailAddress.IsLikely(email)) return _email.Refuse(QuarantineReasons.FieldType, row[_email.Column], "An e-mail address was expected.");
            var phone = row[_phone.Column] is { Length: > 0 } digits ? ContactForms.Phone(digits.TrimStart('\'').ToString(), Plan.Country) : null;
            if (email is not null && BlockedIdentifiers.ContainsEmail(email)) email = null;
            if (phone is not null && BlockedIdentifiers.ContainsPhone(phone)) phone = null;
            var known = Context.Matcher?.Find(email, phone);
            var customer = known ?? Derived("e", email) ?? Derived("p", phone);
            if (customer is not null) Context.Matcher?.Note(customer, email, phone);
            var coupon = Text(row, _coupon);
            _order = order = new Order(
                number.ToString(), at, customer, known is null && customer is not null ? new ContactDraft(customer) { Email = email, Phone = phone } : null,
                row[_status.Column].ToString(), Text(row, _currency)?.ToUpperInvariant() ?? Plan.Currency, coupon);
            return null;
        }

        // The id must tell nothing about the address that it stands for.
        private string? Derived(string kind, string? contact) => contact is null ? null : $"{kind}-{System.Convert.ToHexStringLower(Context.Fingerprint("id:" + contact).AsSpan(0, 10))}";

        private static string? PropertiesOf(string? coupon, long discount)
        {
            if (coupon is null && discount is 0) return null;
            var all = new JsonObject();
            if (coupon is not null) all["coupon"] = coupon;
            if (discount > 0) all["discount"] = Amount(discount);
            return all.ToJsonString(ImportJson.Options);
        }

        private sealed record Order(string Number, long At, string? Customer, ContactDraft? Contact, string Status, string Currency, string? Coupon);
    }
}
