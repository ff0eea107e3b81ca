using System.Globalization;
using System.Text.Json.Nodes;
using CampaignPortal.Marketing.Common;
using CampaignPortal.Marketing.Events;
using CampaignPortal.Marketing.Imports.Conversion;
using CampaignPortal.Marketing.Imports.Mapping;
using CampaignPortal.Marketing.Imports.Values;
using CampaignPortal.Marketing.Privacy;

namespace CampaignPortal.Marketing.Imports.Presets;

/// <summary>One row a customer: contact data into the vault, traits as a profile update, consent as statements of their own.</summary>
/// <remarks>
/// The events carry no contact data. A row that states no moment is taken as said when the import began. A row without an id is about the
/// customer whom its e-mail or phone names.
/// </remarks>
public class CustomersPreset : ImportPreset
{
    private static readonly string[] KeyFields = ["customer_id", "email", "phone"];
    private static readonly string[] ConsentFields = ["consent_email", "consent_sms", "consent_push"];
    private static readonly string[] TraitFields = ["country", "city", "gender", "language", "birth_date", "created_at"];

    public override string Name => "customers";

    public override IReadOnlyList<ImportField> Fields { get; } =
    [
        new("customer_id", FieldKind.Identifier, "id", "user id", "customer", "client id", "member id", "客户编号", "会员编号", "用户ID"),
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
        new("withdrawn_at", FieldKind.Moment, "unsubscribed at", "opt out date", "退订时间"),
    ];

    internal override Problem? Check(ImportPlan plan)
    {
        if (KeyFields.All(f => plan.ColumnOf(f) < 0)) return Problem.At("customer_id", "No column says who the rows are about. Map a column to customer_id, email or phone.");
        if (!ConsentFields.Append("withdrawn_at").Any(f => plan.ColumnOf(f) >= 0)) return null;
        return string.IsNullOrWhiteSpace(plan.Consent?.Source) || string.IsNullOrWhiteSpace(plan.Consent.Basis)
            ? Problem.At("consent", "The file carries consent. State where the persons gave it (source) and on what basis it rests, or leave those columns out.")
            : null;
    }

    internal override RowConverter CreateConverter(ConversionContext context) => new Converter(context);

    private sealed class Converter : RowConverter
    {
        private readonly Cell _id, _email, _phone, _name, _first, _last, _address, _updated, _consentAt, _withdrawnAt;
        private readonly (Cell Cell, string Channel)[] _consents;
        private readonly (Cell Cell, string Trait)[] _traits;
        private readonly (Cell Cell, string Field)[] _clearable;

        public Converter(ConversionContext context) : base(context)
        {
            (_id, _email, _phone, _name, _first, _last) = (CellOf("customer_id"), CellOf("email"), CellOf("phone"), CellOf("name"), CellOf("first_name"), CellOf("last_name"));
            (_address, _updated, _consentAt, _withdrawnAt) = (CellOf("address"), CellOf("updated_at"), CellOf("consent_at"), CellOf("withdrawn_at"));
            _consents = [.. ConsentFields.Select(f => (CellOf(f), f["consent_".Length..])).Where(c => c.Item1.IsMapped)];
            var own = Plan.Fields.Values.Where(f => f.StartsWith(ImportField.TraitPrefix, StringComparison.Ordinal));
            _traits =
            [
                .. TraitFields.Select(f => (CellOf(f), f)).Where(t => t.Item1.IsMapped),
                .. own.Order(StringComparer.Ordinal).Select(f => (CellOf(f), f[ImportField.TraitPrefix.Length..])),
            ];
            (Cell, string)[] contacts = [(_email, "email"), (_phone, "phone"), (_name, "name"), (_address, "address")];
            _clearable = Plan.ClearsEmpty ? [.. contacts.Where(c => c.Item1.IsMapped), .. _traits] : [];
        }

        public override Refusal? Convert(ImportRow row, ImportChunk chunk)
        {
            if (CheckId(row, _id) is { } badId) return badId;
            if (ContactOf(row, out var contact) is { } badContact) return badContact;
            if (Moment(row, _updated, Context.StartedAt.UtcTicks, out var at) is { } badTime) return badTime;
            if (Moment(row, row[_withdrawnAt.Column].Length > 0 ? _withdrawnAt : _consentAt, at, out var consentAt) is { } badConsentTime) return badConsentTime;
            if (ReadTraits(row, out var traits) is { } badTrait) return badTrait;
            if (ReadConsents(row, out var consents) is { } badConsent) return badConsent;
            if (CustomerOf(row, contact, out var isMatched) is not { } customer) return WhoIsIt(row);
            contact = contact with { Customer = customer };
            Context.Matcher?.Note(customer, contact.Email, contact.Phone);

            var identity = Context.Identity.Begin(KnownEvents.ProfileUpdated).Add(customer).Add(PropertiesOf(traits)).Add(FingerprintOf(contact));
            foreach (var (channel, isGranted) in consents) identity.Add(channel).Add(isGranted ? 1 : 0);
            var id = identity.Add(consentAt).Finish(at, out _);

            chunk.Records.Add(new CustomerRecord(row.LineNumber, id, customer, at, consentAt, contact, traits, consents)
            {
                IsMatched = isMatched,
                EmptyFields = [.. _clearable.Where(c => row[c.Cell.Column].Length is 0).Select(c => c.Field)],
            });
            Context.Counts.Customer(customer);
            return null;
        }

        private static string? PropertiesOf(List<(string Name, string Value)> traits)
        {
            if (traits.Count is 0) return null;
            var all = new JsonObject();
            foreach (var (name, value) in traits) all[name] = value;
            return new JsonObject { ["traits"] = all }.ToJsonString(ImportJson.Options);
        }

        /// <summary>The row's own id; without one the customer whom the e-mail or the phone names, known or new.</summary>
        private string? CustomerOf(ImportRow row, ContactDraft contact, out bool isMatched)
        {
            isMatched = false;
            var stated = row[_id.Column];
            if (stated.StartsWith("'")) stated = stated[1..]; // keeps spreadsheets from changing a number
            if (!BlockedIdentifiers.Contains(stated)) return Context.Texts.Get(stated);
            var email = contact.Email is { } address && !BlockedIdentifiers.ContainsEmail(address) ? address : null;
            var phone = contact.Phone is { } number && !BlockedIdentifiers.ContainsPhone(number) ? number : null;
            var known = Context.Matcher?.Find(email, phone);
            isMatched = known is not null;
            return known ?? Derived("e", email) ?? Derived("p", phone);
        }

        // The id must tell nothing about the address that it stands for.
        private string? Derived(string kind, string? contact) => contact is null ? null : $"{kind}-{System.Convert.ToHexStringLower(Context.Fingerprint("id:" + contact).AsSpan(0, 10))}";

        private Refusal WhoIsIt(ImportRow row) => new(
            row[_id.Column].Length is 0 ? QuarantineReasons.FieldMissing : QuarantineReasons.IdInvalid, _id.IsMapped ? _id.Name : _email.IsMapped ? _email.Name : _phone.Name,
            "The row says of nobody whom it is about: a customer's id, an e-mail address or a phone number of one person was expected.");

        private Refusal? ReadConsents(ImportRow row, out List<(string Channel, bool IsGranted)> consents)
        {
            consents = [];
            foreach (var (cell, channel) in _consents)
            {
                var text = row[cell.Column];
                if (text.Length is 0) continue; // nothing said is neither yes nor no
                if (Flags.IsNothingSaid(text)) continue;
                // Some tools write the day of the yes instead of the yes.
                if (!Flags.TryParse(text, out var isGranted) && !(isGranted = DateParser.TryParse(text, cell.Date with { Numbers = false }, out _))) return cell.Refuse(QuarantineReasons.FieldType, text, "Yes or no was expected.");
                consents.Add((channel, isGranted));
            }
            if (row[_withdrawnAt.Column].Length > 0)
            {
                consents.RemoveAll(c => c.Channel is ConsentProjection.Email);
                consents.Add((ConsentProjection.Email, false));
            }
            return null;
        }

        private Refusal? ReadTraits(ImportRow row, out List<(string Name, string Value)> traits)
        {
            traits = [];
            foreach (var (cell, trait) in _traits)
            {
                var text = row[cell.Column];
                if (text.Length is 0) continue;
                if (trait is not ("birth_date" or "created_at"))
                {
                    AddText(traits, trait, text.ToString());
                    continue;
                }
                if (!DateParser.TryParse(text, cell.Date, out var stated)) return cell.Refuse(QuarantineReasons.FieldType, text, $"A date was expected, such as {cell.Date.Describe()}.");
                if (stated.Ticks > Context.LatestTicks + TimeSpan.TicksPerDay) return cell.Refuse(QuarantineReasons.TimeFuture, text, "The date lies in the future.");
                traits.Add((trait, new DateTime(stated.Ticks).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)));
            }
            return null;
        }

        /// <summary>Countries and languages as ISO codes, beside them the text as it came where that is another.</summary>
        private void AddText(List<(string Name, string Value)> traits, string trait, string text)
        {
            text = ContactForms.Clean(text);
            if (text.Length is 0) return;
            var code = trait switch
            {
                "country" => Countries.Find(text),
                "language" => Countries.FindLanguage(text),
                _ => null,
            };
            traits.Add((trait, Context.Texts.Get(code ?? text)));
            if (code is not null && code != text) traits.Add((trait + EventTraits.RawSuffix, Context.Texts.Get(text)));
        }

        /// <summary>Contact data in their one spelling. They stay out of the pool of shared texts: nothing keeps them longer than the row.</summary>
        private Refusal? ContactOf(ImportRow row, out ContactDraft contact)
        {
            string? email = Plain(row, _email), phone = Plain(row, _phone);
            var name = Plain(row, _name) ?? string.Join(' ', new[] { Plain(row, _first), Plain(row, _last) }.Where(n => n is not null));
            contact = new ContactDraft("") { Email = email is null ? null : ContactForms.Email(email), Name = name.Length > 0 ? name : null, Address = Plain(row, _address) };
            if (contact.Email is { } address && !EmailAddress.IsLikely(address)) return _email.Refuse(QuarantineReasons.FieldType, email, "An e-mail address was expected.");
            var e164 = phone is null ? null : ContactForms.Phone(phone.TrimStart('\''), Plan.Country);
            contact = contact with
            {
                Phone = e164 ?? phone?.TrimStart('\''),
                RawEmail = contact.Email == email ? null : email,
                RawPhone = e164 is null || e164 == phone ? null : phone,
            };
            return null;
        }

        private static string? Plain(ImportRow row, Cell cell) => row[cell.Column] is { Length: > 0 } text && ContactForms.Clean(text.ToString()) is { Length: > 0 } clean ? clean : null;

        private string? FingerprintOf(ContactDraft contact) => contact is { Email: null, Phone: null, Name: null, Address: null }
            ? null
            : System.Convert.ToHexString(Context.Fingerprint(string.Join('\n', contact.Email, contact.Phone, contact.Name, contact.Address)));
    }
}
