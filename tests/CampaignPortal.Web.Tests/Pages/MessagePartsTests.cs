using System.Globalization;
using CampaignPortal.Marketing.Campaigns;
using CampaignPortal.Marketing.Experiments;
using CampaignPortal.Marketing.Insights;
using CampaignPortal.Testing;
using CampaignPortal.Web.Features.Home;
using static CampaignPortal.Web.Tests.Components.PartsTests;

namespace CampaignPortal.Web.Tests.Pages;

/// <summary>What Home says of a campaign's effect: the whole interval, or what is missing.</summary>
public sealed class MessagePartsTests
{
    public MessagePartsTests() => Speak("en-GB", "en");

    [Fact]
    public void Without_a_holdout_nothing_is_claimed() =>
        Assert.Equal("Sent without a hold-out: what it caused cannot be measured.", Worked.Sentence(new CampaignEffect(Row(), null)));

    [Fact]
    public void A_sure_effect_comes_with_its_interval_and_how_much_of_the_time_has_passed()
    {
        var sentence = Worked.Sentence(Effect(Arm(9_000, 900, closed: 4_500), Arm(1_000, 50, closed: 500)));
        Assert.Matches(@"^About \d+ more people ordered \(\d+ to \d+\)\. 50\.0% of the 7 days have passed\.$", sentence);
    }

    [Fact]
    public void A_loss_is_told_as_a_loss_with_the_smaller_number_first()
    {
        var sentence = Worked.Sentence(Effect(Arm(9_000, 450, closed: 9_000), Arm(1_000, 100, closed: 1_000)));
        Assert.Matches(@"^About \d+ fewer people ordered \(\d+ to \d+\)\.$", sentence);
        var numbers = sentence.Split(' ', '(', ')').Where(word => word.Length > 0 && word.All(char.IsAsciiDigit)).Select(word => int.Parse(word, CultureInfo.InvariantCulture)).ToArray();
        Assert.True(numbers[1] < numbers[0] && numbers[0] < numbers[2], sentence);
    }

    [Fact]
    public void An_interval_around_zero_says_that_nobody_can_tell() =>
        Assert.StartsWith("Cannot tell yet: between −", Worked.Sentence(Effect(Arm(9_000, 460, closed: 0), Arm(1_000, 50, closed: 0))), StringComparison.Ordinal);

    [Fact]
    public void Below_the_minimum_the_missing_orders_are_named() =>
        Assert.Equal("Not enough data yet: 7 of 25 orders in the smaller group.", Worked.Sentence(Effect(Arm(900, 60, closed: 0), Arm(150, 7, closed: 0))));

    private static CampaignEffect Effect(ArmSums treated, ArmSums holdout) => new(Row(), HoldoutEffect.Of(treated, holdout, null, null));

    private static ArmSums Arm(long people, long ordered, long closed) => new() { Assigned = people, Exposed = people, Ordered = ordered, OrderWindowsClosed = closed };

    private static CampaignRow Row() => new(1, "Spring", CampaignState.Sent, null, ManualClock.Noon, null, ManualClock.Noon, 1, "Hello", [], true, 0, 0, null, null);
}
