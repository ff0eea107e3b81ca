using CampaignPortal.Web.Identity;

namespace CampaignPortal.Web.Tests.Identity;

public sealed class PasswordRulesTests
{
    private static readonly string[] Names = ["Fern & Hearth Home", "Mira Koch", "mira.koch@example.com"];

    [Theory]
    [InlineData("short", PasswordWeakness.TooShort)]
    [InlineData("elevenchars", PasswordWeakness.TooShort)]
    [InlineData("Password1234", PasswordWeakness.Common)]
    [InlineData("P@ssw0rd!2026", PasswordWeakness.Common)]
    [InlineData("welcome2026!!", PasswordWeakness.Common)]
    [InlineData("123456789012", PasswordWeakness.Common)]
    [InlineData("qwertyuiop12", PasswordWeakness.Common)]
    [InlineData("abcabcabcabc", PasswordWeakness.Common)]
    [InlineData("aaaaaaaaaaaaaa", PasswordWeakness.Common)]
    [InlineData("1qaz2wsx3edc", PasswordWeakness.Common)]
    [InlineData("summerdragon1", PasswordWeakness.Common)]
    [InlineData("the hearth is warm", PasswordWeakness.ContainsName)]
    [InlineData("CampaignPortal-42", PasswordWeakness.ContainsName)]
    public void Guessable_passwords_are_refused(string password, PasswordWeakness weakness) => Assert.Equal(weakness, PasswordRules.Weakness(password, Names));

    [Theory]
    [InlineData("seven quiet herons wade")]
    [InlineData("correct tractor umbrella")]
    [InlineData("xK7#vQ2!mR9z")]
    [InlineData("窗外的月亮今晚特别圆又亮")]
    [InlineData("mellan tolv och sexton")]
    public void Long_unusual_ones_of_any_script_are_taken(string password) => Assert.Null(PasswordRules.Weakness(password, Names));

    [Fact]
    public void A_hundred_and_twenty_eight_characters_are_the_most() =>
        Assert.Equal(PasswordWeakness.TooLong, PasswordRules.Weakness(string.Concat(Enumerable.Range(0, 65).Select(i => $"{(char)('a' + i % 26)}{i % 7}")), Names));
}
