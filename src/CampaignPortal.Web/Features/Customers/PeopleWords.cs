using CampaignPortal.Marketing.Customers.Attributes;
using CampaignPortal.Web.Resources;

namespace CampaignPortal.Web.Features.Customers;

/// <summary>The reader's words for sources and kinds of what is known of a customer.</summary>
public static class PeopleWords
{
    /// <summary>How a statement about consent came; a name that we do not know is shown as it is.</summary>
    public static string Origin(string origin) => origin switch
    {
        "phone" => CustomersWords.OriginPhone,
        "letter" => CustomersWords.OriginLetter,
        "e-mail" => CustomersWords.OriginEmail,
        "in-person" => CustomersWords.OriginInPerson,
        "checkout" => CustomersWords.OriginCheckout,
        "import" => CustomersWords.OriginImport,
        "api" => CustomersWords.OriginApi,
        "form" => CustomersWords.OriginForm,
        "message-link" => CustomersWords.OriginMessageLink,
        _ => origin,
    };

    public static string Source(string source) => source switch
    {
        "import" => CustomersWords.SourceImport,
        "portal" => CustomersWords.SourcePortal,
        _ => source,
    };

    public static string Kind(AttributeKind kind) => kind switch
    {
        AttributeKind.Number => CustomersWords.KindNumber,
        AttributeKind.Money => CustomersWords.KindMoney,
        AttributeKind.Boolean => CustomersWords.KindBoolean,
        AttributeKind.Date => CustomersWords.KindDate,
        AttributeKind.DateTime => CustomersWords.KindDateTime,
        AttributeKind.List => CustomersWords.KindList,
        AttributeKind.Map => CustomersWords.KindMap,
        _ => CustomersWords.KindText,
    };
}
