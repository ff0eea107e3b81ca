using CampaignPortal.Marketing.Settings;
using CampaignPortal.Testing;
using CampaignPortal.Web.Features.Settings;

namespace CampaignPortal.Web.Tests.Settings;

public sealed class TopicsCardTests
{
    [Fact]
    public async Task Topics_are_added_named_capped_and_removed_in_the_form_of_the_page()
    {
        var form = new SettingsForm(new Dictionary<string, string>(StringComparer.Ordinal) { [KnownSettings.Topics] = MailTopic.Write([new MailTopic("news", "News")]) });
        var part = await RenderedPart.RenderAsync<TopicsCard>(new Dictionary<string, object?> { ["Form"] = form });
        await part.ChangeAsync("form input", " Offers ");
        await part.RaiseAsync("form", "onsubmit");
        await part.ChangeAsync("#topic-offers-zh", "优惠");
        await part.ChangeAsync("#topic-offers-count", "1");
        await part.ChangeAsync("#topic-offers-days", "999");
        await part.ChangeAsync("#topic-offers-window", nameof(CapWindow.CalendarDays));
        Assert.Equal(
            [new MailTopic("news", "News"), new MailTopic("offers", "Offers") { ChineseName = "优惠", Cap = new FrequencyCap(1, MailTopic.MaxCapDays, CapWindow.CalendarDays) }], MailTopic.Read(form[KnownSettings.Topics])!); // nothing is wrong with it
        Assert.Single(form.Changes);

        await part.ChangeAsync("#topic-news-name", " ");
        Assert.Equal(KnownSettings.Topics, form.FirstWrong);
        Assert.NotNull(part.Find(".wrong"));
        await part.ClickAsync("fieldset .icb");
        Assert.Equal(["offers"], MailTopic.Read(form[KnownSettings.Topics])!.Select(t => t.Key)); // as above
    }
}
