using CampaignPortal.Marketing.Events;
using CampaignPortal.Marketing.Imports.Conversion;
using CampaignPortal.Marketing.Imports.Mapping;
using CampaignPortal.Marketing.Imports.Values;

namespace CampaignPortal.Marketing.Imports.Presets;

/// <summary>Products as Shopify exports them: a row for each variant or extra picture, the title only on the first row of a handle.</summary>
/// <remarks>A variant with a SKU is an item, for orders name it so; a product without SKU is one item by its handle. Rows of pictures are left out.</remarks>
public sealed class ShopifyProductsPreset : ImportPreset
{
    public override string Name => "shopify-products";

    public override IReadOnlyList<string> Signature { get; } = ["Handle", "Title", "Variant Price"];

    public override IReadOnlyList<ImportField> Fields { get; } =
    [
        new("handle", FieldKind.Identifier, "Handle") { IsRequired = true },
        new("item_id", FieldKind.Identifier, "Variant SKU"),
        new("item_name", FieldKind.Text, "Title"),
        new("description", FieldKind.Text, "Body (HTML)"),
        new("category", FieldKind.Text, "Type", "Product Category"),
        new("unit_price", FieldKind.Money, "Variant Price") { Least = 0 },
        new("stock", FieldKind.Number, "Variant Inventory Qty"),
        new("image_url", FieldKind.Url, "Image Src"),
        new("is_offered", FieldKind.Flag, "Published"),
    ];

    internal override bool RowsAreItems => true;

    internal override RowConverter CreateConverter(ConversionContext context) => new Converter(context);

    private sealed class Converter : RowConverter
    {
        private readonly Cell _handle, _sku, _title, _description, _category, _price, _stock, _image, _offered;
        private string _product = "", _name = "";
        private string? _productText, _productCategory, _productImage, _productAttributes;

        public Converter(ConversionContext context) : base(context)
        {
            (_handle, _sku, _title, _description, _category) = (CellOf("handle"), CellOf("item_id"), CellOf("item_name"), CellOf("description"), CellOf("category"));
            (_price, _stock, _image, _offered) = (CellOf("unit_price"), CellOf("stock"), CellOf("image_url"), CellOf("is_offered"));
        }

        public override Refusal? Convert(ImportRow row, ImportChunk chunk)
        {
            if ((CheckId(row, _handle) ?? CheckId(row, _sku)) is { } badId) return badId;
            if (Text(row, _handle) is not { } handle) return _handle.Missing();
            if (Number(row, _price, long.MinValue, out var price) is { } badPrice) return badPrice;
            if (Number(row, _stock, long.MinValue, out var stock) is { } badStock) return badStock;
            if (handle != _product || row[_title.Column].Length > 0) BeginProduct(row, handle);

            var sku = row[_sku.Column].TrimStart('\'').ToString();
            if (sku.Length is 0 && row[_title.Column].Length is 0)
            {
                chunk.DroppedCount++; // another picture of the same product
                return null;
            }
            var item = sku.Length > 0 ? sku : handle;
            chunk.Items.Add(new ItemDraft(item)
            {
                Name = _name.Length > 0 ? _name : null,
                Description = _productText,
                Category = _productCategory,
                Price = price is long.MinValue ? null : Amount(price),
                Currency = price is long.MinValue ? null : Plan.Currency,
                Stock = stock is long.MinValue ? null : Amount(Math.Max(0, stock)),
                ImageUrl = _productImage,
                Attributes = _productAttributes,
            });
            chunk.ItemLines.Add(row.LineNumber);
            Context.Counts.Item(item);
            return null;
        }

        private void BeginProduct(ImportRow row, string handle)
        {
            (_product, _name) = (handle, row[_title.Column].ToString());
            (_productText, _productCategory, _productImage) = (Text(row, _description), Text(row, _category), Text(row, _image));
            _productAttributes = Flags.TryParse(row[_offered.Column], out var isOffered) && !isOffered ? """{"offered":false}""" : null;
        }
    }
}
