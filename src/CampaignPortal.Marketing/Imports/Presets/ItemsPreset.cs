using System.Text.Json.Nodes;
using CampaignPortal.Marketing.Events;
using CampaignPortal.Marketing.Imports.Conversion;
using CampaignPortal.Marketing.Imports.Mapping;
using CampaignPortal.Marketing.Imports.Values;

namespace CampaignPortal.Marketing.Imports.Presets;

/// <summary>The catalogue: one row an item (product, article, course). Empty cells and missing columns leave what is known (DI-22).</summary>
public class ItemsPreset : ImportPreset
{
    public override string Name => "items";

    public override IReadOnlyList<ImportField> Fields { get; } =
    [
        new("item_id", FieldKind.Identifier, "id", "sku", "product id", "stock code", "item", "handle", "asin", "商品编号", "产品编号", "商品ID") { IsRequired = true },
        new("item_name", FieldKind.Text, "title", "name", "product name", "product", "商品名称", "名称", "标题"),
        new("description", FieldKind.Text, "body", "text", "details", "描述", "商品描述"),
        new("category", FieldKind.Text, "category path", "product type", "type", "department", "类目", "分类", "品类"),
        new("unit_price", FieldKind.Money, "price", "variant price", "list price", "价格", "单价") { Least = 0 },
        new("currency", FieldKind.Currency, "currency code", "币种", "货币"),
        new("stock", FieldKind.Number, "inventory", "quantity", "variant inventory qty", "pieces left", "库存") { Least = 0 },
        new("image_url", FieldKind.Url, "image", "image link", "image src", "图片"),
        new("url", FieldKind.Url, "link", "product url", "链接"),
        new("valid_from", FieldKind.Moment, "available from", "starts at", "上架时间"),
        new("valid_to", FieldKind.Moment, "available until", "ends at", "expires at", "下架时间"),
        new("is_offered", FieldKind.Flag, "active", "published", "available", "在售", "上架"),
        new("attributes", FieldKind.Json, "properties", "属性"),
    ];

    internal override bool RowsAreItems => true;

    internal override RowConverter CreateConverter(ConversionContext context) => new Converter(context);

    private sealed class Converter : RowConverter
    {
        private readonly Cell _id, _name, _description, _category, _price, _currency, _stock, _image, _url, _from, _to, _offered, _attributes;
        private readonly (Cell Cell, string Part)[] _clearable;

        public Converter(ConversionContext context) : base(context)
        {
            (_id, _name, _description, _category, _price, _currency, _stock) =
                (CellOf("item_id"), CellOf("item_name"), CellOf("description"), CellOf("category"), CellOf("unit_price"), CellOf("currency"), CellOf("stock"));
            (_image, _url, _from, _to, _offered, _attributes) = (CellOf("image_url"), CellOf("url"), CellOf("valid_from"), CellOf("valid_to"), CellOf("is_offered"), CellOf("attributes"));
            _clearable =
            [
                (_name, nameof(ItemDraft.Name)), (_description, nameof(ItemDraft.Description)), (_category, nameof(ItemDraft.Category)), (_price, nameof(ItemDraft.Price)),
                (_stock, nameof(ItemDraft.Stock)), (_image, nameof(ItemDraft.ImageUrl)), (_url, nameof(ItemDraft.Url)),
            ];
        }

        public override Refusal? Convert(ImportRow row, ImportChunk chunk)
        {
            if (CheckId(row, _id) is { } badId) return badId;
            if (row[_id.Column] is not { Length: > 0 } id) return _id.Missing();
            if (Number(row, _price, long.MinValue, out var price) is { } badPrice) return badPrice;
            if (price is < 0 and not long.MinValue) return _price.Refuse(QuarantineReasons.FieldRange, row[_price.Column], "A price is 0 or more.");
            if (Number(row, _stock, long.MinValue, out var stock) is { } badStock) return badStock;
            if (AttributesOf(row, out var attributes) is { } badAttributes) return badAttributes;

            var item = id.ToString();
            chunk.Items.Add(new ItemDraft(item)
            {
                Name = Text(row, _name),
                Description = Text(row, _description),
                Category = Text(row, _category)?.Replace(" > ", "/", StringComparison.Ordinal),
                Price = price is long.MinValue ? null : Amount(price),
                Currency = price is long.MinValue ? null : Text(row, _currency)?.ToUpperInvariant() ?? Plan.Currency,
                Stock = stock is long.MinValue ? null : Amount(Math.Max(0, stock)), // shops that sell on order count below 0: nothing is left
                ImageUrl = Text(row, _image),
                Url = Text(row, _url),
                Attributes = attributes,
                Cleared = Plan.ClearsEmpty ? [.. _clearable.Where(c => c.Cell.IsMapped && row[c.Cell.Column].Length is 0).Select(c => c.Part)] : [],
            });
            chunk.ItemLines.Add(row.LineNumber);
            Context.Counts.Item(item);
            return null;
        }

        private Refusal? AttributesOf(ImportRow row, out string? attributes)
        {
            attributes = null;
            JsonObject? all = null;
            if (row[_attributes.Column] is { Length: > 0 } stated)
            {
                all = JsonCells.Parse(stated);
                if (all is null) return _attributes.Refuse(QuarantineReasons.JsonInvalid, stated, "One JSON object was expected.");
            }
            foreach (var cell in new[] { _from, _to })
            {
                var text = row[cell.Column];
                if (text.Length is 0) continue;
                if (!DateParser.TryParse(text, cell.Date, out var moment)) return cell.Refuse(QuarantineReasons.FieldType, text, $"A moment was expected, such as {cell.Date.Describe()}.");
                (all ??= [])[Plan.Fields[cell.Name]] = At(moment.IsUtc ? moment.Ticks : Context.Clock.ToUtc(moment.Ticks)).ToString("O", System.Globalization.CultureInfo.InvariantCulture);
            }
            if (row[_offered.Column] is { Length: > 0 } flag)
            {
                if (!Flags.TryParse(flag, out var isOffered)) return _offered.Refuse(QuarantineReasons.FieldType, flag, "Yes or no was expected.");
                (all ??= [])["offered"] = isOffered;
            }
            attributes = all?.ToJsonString(ImportJson.Options);
            return null;
        }
    }
}
