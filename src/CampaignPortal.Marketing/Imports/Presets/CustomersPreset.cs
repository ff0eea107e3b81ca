using System.Globalization;
using System.Text.Json.Nodes;
using CampaignPortal.Marketing.Common;
using CampaignPortal.Marketing.Events;
using CampaignPortal.Marketing.Imports.Conversion;
using CampaignPortal.Marketing.Imports.Mapping;
using CampaignPortal.Marketing.Imports.Values;

namespace CampaignPortal.Marketing.Imports.Presets;

/// <summary>One row a customer: contact data into the vault, traits as a profile update, consent as statements of their own.</summary>
/// <remarks>The events carry no contact data. A row that states no moment is taken as said when the import began.</remarks>
public sealed class CustomersPreset : ImportPreset
{
    private static readonly string[] ConsentFields = ["consent_email", "consent_sms", "consent_push"];
    private static readonly string[] TraitFields = ["country", "city", "gender", "language", "birth_date", "created_at"];

    public override string Name => "customers";

    public override IReadOnlyList<ImportField> Fields { get; } =
    [
        new("customer_id", FieldKind.Identifier, "id", "user id", "customer", "client id", "member id", "客户编号", "会员编号", "用户ID") { IsRequired = true },
        new("email", FieldKind.Email, "e-mail", "email address", "mail", "邮箱", "电子邮件"),
        new("phone", FieldKind.Phone, "telephone", "mobile", "phone number", "手机", "手机号", "电话"),
        new("name", FieldKind.Text, "full name", "customer name", "姓名", "名字"),
        new("first_name", FieldKind.Text, "given name", "forename", "名"),
        new("last_name", FieldKind.Text, "surname", "family name", "姓"),
        new("address", FieldKind.Text, "street", "address line 1", "postal address", "地址"),
        new("country", FieldKind.Country, "country code", "国家"),
        new("city", FieldKind.Text, "town", "城市"),
        new("gender", FieldKind.Text, "sex", "性别"),
        new("language", FieldKind.Text, "locale", "语言"),
        new("birth_date", FieldKind.Day, "date of birth", "birthday", "dob", "生日", "出生日期"),
        new("created_at", FieldKind.Moment, "signed up at", "registered at", "signup date", "registration date", "注册时间", "创建时间"),
        new("updated_at", FieldKind.Moment, "last updated", "modified at", "更新时间"),
        new("consent_email", FieldKind.Flag, "email consent", "email opt in", "accepts marketing", "accepts email marketing", "newsletter", "subscribed", "邮件订阅", "同意邮件"),
        new("consent_sms", FieldKind.Flag, "sms consent", "sms opt in", "accepts sms marketing", "短信订阅"),
        new("consent_push", FieldKind.Flag, "push consent", "push opt in", "推送订阅"),
        new("consent_at", FieldKind.Moment, "consent date", "opt in date", "subscribed at", "订阅时间"),
    ];

    internal override Problem? Check(ImportPlan plan)
    {
        if (!ConsentFields.Any(f => plan.ColumnOf(f) >= 0)) return null;
        return string.IsNullOrWhiteSpace(plan.Consent?.Source) || string.IsNullOrWhiteSpace(plan.Consent.Basis)
            ? Problem.At("consent", "The file carries consent. State where the persons gave it (source) and on what basis it rests, or leave those columns out.")
            : null;
    }

    internal override RowConverter CreateConverter(ConversionContext context) => new Converter(context);

    private sealed class Converter : RowConverter
    {
        private readonly Cell _id, _email, _phone, _name, _first, _last, _address, _updated, _consentAt;
        private readonly (Cell Cell, string Channel)[] _consents;
        private readonly (Cell Cell, string Trait)[] _traits;

        public Converter(ConversionContext context) : base(context)
        {
            (_id, _email, _phone, _name, _first, _last) = (CellOf("customer_id"), CellOf("email"), CellOf("phone"), CellOf("name"), CellOf("first_name"), CellOf("last_name"));
            (_address, _updated, _consentAt) = (CellOf("address"), CellOf("updated_at"), CellOf("consent_at"));
            _consents = [.. ConsentFields.Select(f => (CellOf(f), f["consent_".Length..])).Where(c => c.Item1.IsMapped)];
            var own = Plan.Fields.Values.Where(f => f.StartsWith(ImportField.TraitPrefix, StringComparison.Ordinal));
            _traits =
            [
                .. TraitFields.Select(f => (CellOf(f), f)).Where(t => t.Item1.IsMapped),
                .. own.Order(StringComparer.Ordinal).Select(f => (CellOf(f), f[ImportField.TraitPrefix.Length..])),
            ];
        }

        public override Refusal? Convert(ImportRow row, ImportChunk chunk)
        {
            if (CheckId(row, _id) is { } badId) return badId;
            if (row[_id.Column] is not { Length: > 0 } customerText) return _id.Missing();
            if (row[_email.Column] is { Length: > 0 } email && !EmailAddress.IsLikely(email)) return _email.Refuse(QuarantineReasons.FieldType, email, "An e-mail address was expected.");
            if (Moment(row, _updated, Context.StartedAt.UtcTicks, out var at) is { } badTime) return badTime;
            if (Moment(row, _consentAt, at, out var consentAt) is { } badConsentTime) return badConsentTime;
            if (ReadTraits(row, out var traits) is { } badTrait) return badTrait;
            if (ReadConsents(row, out var consents) is { } badConsent) return badConsent;

            var customer = Context.Texts.Get(customerText);
            var contact = ContactOf(row, customer);
            var properties = traits.Count is 0 ? null : new JsonObject { ["traits"] = traits }.ToJsonString(ImportJson.Options);
            var identity = Context.Identity.Begin(KnownEvents.ProfileUpdated).Add(customer).Add(properties).Add(FingerprintOf(contact));
            foreach (var (channel, isGranted) in consents) identity.Add(channel).Add(isGranted ? 1 : 0);
            var id = identity.Add(consentAt).Finish(at, out _);

            chunk.Add(new NewEvent { MessageId = id, Type = KnownEvents.ProfileUpdated, OccurredAt = At(at), Customer = customer, Properties = properties });
            if (contact is not null) chunk.Contacts.Add(contact);
            foreach (var (channel, isGranted) in consents) AddConsent(chunk, $"{id}.{channel}", customer, channel, isGranted, consentAt);
            Context.Counts.Customer(customer);
            return null;
        }

        private void AddConsent(ImportChunk chunk, string id, string customer, string channel, bool isGranted, long at)
        {
            if (isGranted) chunk.Grants.Add(new ConsentGrant(chunk.Events.Count, customer, channel));
            // The origin "import" tells the consent projection that a file said so, not the person.
            var statement = new JsonObject
            {
                ["channel"] = channel, ["state"] = isGranted ? "granted" : "withdrawn", ["origin"] = "import", ["source"] = Plan.Consent!.Source, ["basis"] = Plan.Consent.Basis, // Check saw it
            };
            chunk.Add(
                new NewEvent { MessageId = id, Type = KnownEvents.ConsentChanged, OccurredAt = At(at), Customer = customer, Properties = statement.ToJsonString(ImportJson.Options) },
                standsForRow: false);
        }

        private Refusal? ReadConsents(ImportRow row, out List<(string Channel, bool IsGranted)> consents)
        {
            consents = [];
            foreach (var (cell, channel) in _consents)
            {
                var text = row[cell.Column];
                if (text.Length is 0) continue; // nothing said is neither yes nor no
                if (!Flags.TryParse(text, out var isGranted)) return cell.Refuse(QuarantineReasons.FieldType, text, "Yes or no was expected.");
                consents.Add((channel, isGranted));
            }
            return null;
        }

        private Refusal? ReadTraits(ImportRow row, out JsonObject traits)
        {
            traits = [];
            foreach (var (cell, trait) in _traits)
            {
                var text = row[cell.Column];
                if (text.Length is 0) continue;
                if (trait is not ("birth_date" or "created_at"))
                {
                    traits[trait] = Context.Texts.Get(text);
                    continue;
                }
                if (!DateParser.TryParse(text, cell.Date, out var stated)) return cell.Refuse(QuarantineReasons.FieldType, text, $"A date was expected, such as {cell.Date.Describe()}.");
                if (stated.Ticks > Context.LatestTicks + TimeSpan.TicksPerDay) return cell.Refuse(QuarantineReasons.TimeFuture, text, "The date lies in the future.");
                traits[trait] = new DateTime(stated.Ticks).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
            }
            return null;
        }

        private ContactDraft? ContactOf(ImportRow row, string customer)
        {
            var name = Plain(row, _name) ?? string.Join(' ', new[] { Plain(row, _first), Plain(row, _last) }.Where(n => n is not null));
            var draft = new ContactDraft(customer) { Email = Plain(row, _email), Phone = Plain(row, _phone), Name = name.Length > 0 ? name : null, Address = Plain(row, _address) };
            return draft is { Email: null, Phone: null, Name: null, Address: null } ? null : draft;
        }

        // Contact data stay out of the pool of shared texts: nothing keeps them longer than the row.
        private static string? Plain(ImportRow row, Cell cell) => row[cell.Column] is { Length: > 0 } text ? text.ToString() : null;

        private string? FingerprintOf(ContactDraft? contact) =>
            contact is null ? null : System.Convert.ToHexString(Context.Fingerprint(string.Join('\n', contact.Email, contact.Phone, contact.Name, contact.Address)));
    }
}
