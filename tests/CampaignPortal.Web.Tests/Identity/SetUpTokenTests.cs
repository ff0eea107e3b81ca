using CampaignPortal.Testing;
using CampaignPortal.Web.Identity;

namespace CampaignPortal.Web.Tests.Identity;

public sealed class SetUpTokenTests
{
    private readonly ManualClock _clock = new();

    [Fact]
    public void A_code_opens_the_set_up_once()
    {
        var token = new SetUpToken(_clock);
        var code = token.Issue();

        Assert.True(token.Matches(code));
        Assert.True(token.TryUse(code));
        Assert.False(token.TryUse(code));
        Assert.False(token.Matches(code));
    }

    [Fact]
    public void A_code_expires_after_an_hour()
    {
        var token = new SetUpToken(_clock);
        var code = token.Issue();

        _clock.Advance(TimeSpan.FromMinutes(59));
        Assert.True(token.Matches(code));
        _clock.Advance(TimeSpan.FromMinutes(1));
        Assert.False(token.Matches(code));
        Assert.True(token.IsExpired);
    }

    [Fact]
    public void A_new_code_replaces_the_old_one_and_no_two_are_alike()
    {
        var token = new SetUpToken(_clock);
        var codes = Enumerable.Range(0, 50).Select(_ => token.Issue()).ToArray();

        Assert.Equal(50, codes.Distinct(StringComparer.Ordinal).Count());
        Assert.False(token.Matches(codes[0]));
        Assert.True(token.Matches(codes[^1]));
    }

    [Fact]
    public void Whoever_types_it_in_lower_case_with_blanks_or_misreads_a_zero_gets_in()
    {
        var token = new SetUpToken(_clock);
        var code = token.Issue();

        Assert.True(token.Matches(code.ToLowerInvariant().Replace('-', ' ')));
        Assert.True(token.Matches(code.Replace('0', 'O').Replace('1', 'l')));
    }

    [Theory]
    [InlineData(null), InlineData(""), InlineData("AAAAA-AAAAA-AAAAA-AAAAA")]
    public void Anything_else_stays_outside(string? code)
    {
        var token = new SetUpToken(_clock);
        Assert.False(token.Matches(code));
        token.Issue();
        Assert.False(token.Matches(code));
    }
}
