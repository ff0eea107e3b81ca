using System.Text;
using CampaignPortal.Marketing.Campaigns;
using CampaignPortal.Marketing.Content;
using CampaignPortal.Marketing.Database;
using CampaignPortal.Marketing.Experiments;
using CampaignPortal.Simulation;
using CampaignPortal.Simulation.Messages;
using CampaignPortal.Simulation.Shop;

namespace CampaignPortal.Web.Demo;

/// <summary>The campaigns of the sample shop's history, as its marketer would have written them.</summary>
internal sealed class DemoCampaigns(RecordSentCampaignsHandler record)
{
    private const decimal Costs = 60;
    private const double Margin = 0.4;

    /// <summary>Gives each its row. Before the first visitor: the numbers are those that the history names, and must be free.</summary>
    /// <param name="facts">What the shop is made from.</param>
    /// <param name="marketer">Number of the user who is said to have sent them.</param>
    /// <param name="ct">Ends the wait.</param>
    public Task RecordAsync(SampleFacts facts, string marketer, CancellationToken ct) => record.HandleAsync([.. Of(facts).Select((campaign, i) => Row(campaign, i + 1, marketer))], ct);

    /// <summary>Writes down whom they reached, once the history is in the log.</summary>
    public Task SettleAsync(SampleFacts facts, CancellationToken ct) => record.SettleAsync([.. Of(facts).Select((_, i) => i + 1L)], ct);

    private static IReadOnlyList<PastCampaign> Of(SampleFacts facts) => PastCampaign.Of(new ShopOptions(facts.End) { Seed = facts.Seed, CustomerCount = facts.CustomerCount });

    private static SentCampaign Row(PastCampaign campaign, long number, string marketer) => new(
        number, campaign.Name, campaign.StartedAt, marketer,
        new CampaignSettings { IsAudienceChosen = true, TestShare = 1, HoldoutShare = PastCampaign.HoldoutShare, Metric = ResultMetric.Opens, Costs = Costs, Margin = Margin },
        [new SentVersion(ShopEvents.VariantNumber(number, isB: false), Mail(campaign, campaign.SubjectA)), new SentVersion(ShopEvents.VariantNumber(number, isB: true), Mail(campaign, campaign.SubjectB))]);

    private static MessageContent Mail(PastCampaign campaign, string subject) => new()
    {
        Subject = subject,
        Preheader = Lead(campaign),
        Body = Body(campaign, subject),
        Layout = MessageLayout.Shop,
        Language = "en",
        WhenMissing = MissingValue.Empty,
    };

    private static string Body(PastCampaign campaign, string subject)
    {
        var body = new StringBuilder();
        body.Append("# ").Append(subject).Append("\n\n{{default customer.first_name \"Hello\"}}, ").Append(char.ToLowerInvariant(Lead(campaign)[0])).Append(Lead(campaign).AsSpan(1)).Append("\n\n");
        foreach (var department in campaign.Departments.Select(d => Department.All[d]))
            body.Append("- **[").Append(department.Name).Append("](").Append(Storefront.AddressOf(department)).Append(")**: ").AppendJoin(", ", department.Things.Take(3).Select(t => t.Name)).Append('\n');
        return body.Append("\n{{recommendations \"for-you\" 3}}\n").ToString();
    }

    private static string Lead(PastCampaign campaign) => campaign.Departments.Count is 0 ? "Everything in the shop costs less this week." : "We put together what goes well with the season.";
}
