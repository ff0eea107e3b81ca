using CampaignPortal.Marketing.Imports.Mapping;

namespace CampaignPortal.Marketing.Imports.Presets;

/// <summary>Customers as Shopify exports them: consent as yes and no, numbers behind an apostrophe.</summary>
public sealed class ShopifyCustomersPreset : CustomersPreset
{
    public override string Name => "shopify-customers";

    public override IReadOnlyList<string> Signature { get; } = ["First Name", "Last Name", "Email", "Accepts Email Marketing", "Tax Exempt"];

    public override IReadOnlyList<ImportField> Fields { get; } =
    [
        .. Layouts.With(
            new CustomersPreset().Fields, ("customer_id", ["Customer ID"]), ("address", ["Default Address Address1"]), ("city", ["Default Address City"]), ("country", ["Default Address Country Code"]),
            ("phone", ["Phone", "Default Address Phone"]), ("consent_email", ["Accepts Email Marketing"]), ("consent_sms", ["Accepts SMS Marketing"])),
        new(ImportField.TraitPrefix + "tags", FieldKind.Text, "Tags"),
        new(ImportField.TraitPrefix + "company", FieldKind.Text, "Default Address Company"),
    ];
}

/// <summary>Profiles as Klaviyo exports them: consent as a word, a date, or yes and no.</summary>
public sealed class KlaviyoPreset : CustomersPreset
{
    public override string Name => "klaviyo-profiles";

    public override IReadOnlyList<string> Signature { get; } = ["Email", "Klaviyo ID"];

    public override IReadOnlyList<ImportField> Fields { get; } =
    [
        .. Layouts.With(
            new CustomersPreset().Fields, ("customer_id", ["External ID"]), ("consent_email", ["Email Marketing Consent"]), ("consent_sms", ["SMS Marketing Consent"]), ("consent_at", ["Email Marketing Consent Timestamp"]),
            ("created_at", ["Profile Created On", "Date Added"])),
        new(ImportField.TraitPrefix + "organization", FieldKind.Text, "Organization"),
        new(ImportField.TraitPrefix + "source", FieldKind.Text, "Source"),
    ];
}

/// <summary>An audience as Mailchimp exports it. Nobody becomes reachable by it: who is subscribed says the file's name alone, and a name is no consent.</summary>
/// <remarks>Whoever left (<c>UNSUB_TIME</c>) or could not be reached (<c>CLEAN_TIME</c>) is recorded as having withdrawn.</remarks>
public sealed class MailchimpPreset : CustomersPreset
{
    public override string Name => "mailchimp";

    public override IReadOnlyList<string> Signature { get; } = ["Email Address", "MEMBER_RATING", "LEID"];

    public override IReadOnlyList<ImportField> Fields { get; } =
    [
        .. Layouts.With(
            new CustomersPreset().Fields, ("email", ["Email Address"]), ("updated_at", ["LAST_CHANGED"]), ("created_at", ["OPTIN_TIME"]), ("country", ["CC"]), ("withdrawn_at", ["UNSUB_TIME", "CLEAN_TIME"])),
        new(ImportField.TraitPrefix + "tags", FieldKind.Text, "TAGS"),
        new(ImportField.TraitPrefix + "member_rating", FieldKind.Number, "MEMBER_RATING"),
    ];
}

internal static class Layouts
{
    /// <summary>The fields, some of them known by more names; the layout's own names come first.</summary>
    public static IEnumerable<ImportField> With(IReadOnlyList<ImportField> fields, params (string Field, string[] Names)[] names)
    {
        foreach (var field in fields)
        {
            var own = Array.Find(names, n => n.Field == field.Name).Names;
            yield return own is null ? field : new ImportField(field.Name, field.Kind, [.. own, .. field.Synonyms]) { IsRequired = field.IsRequired, Least = field.Least };
        }
    }
}
