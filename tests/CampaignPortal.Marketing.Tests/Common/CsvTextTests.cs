using System.Text;
using CampaignPortal.Marketing.Common;

namespace CampaignPortal.Marketing.Tests.Common;

public sealed class CsvTextTests
{
    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("a,b", "\"a,b\"")]
    [InlineData("say \"hi\"", "\"say \"\"hi\"\"\"")]
    [InlineData("two\nlines", "\"two\nlines\"")]
    [InlineData("", "")]
    [InlineData("-12.50", "-12.50")]
    [InlineData("+4 %", "+4 %")]
    [InlineData("=1+1", "\"'=1+1\"")]
    [InlineData("@SUM(A1)", "\"'@SUM(A1)\"")]
    [InlineData("-2+3", "\"'-2+3\"")]
    [InlineData("+cmd|' /C calc'!A0", "\"'+cmd|' /C calc'!A0\"")]
    [InlineData("\t=1", "\"'\t=1\"")]
    public void A_cell_reads_back_as_it_was_meant_and_runs_as_nothing(string cell, string expected)
    {
        var text = new StringBuilder();
        CsvText.AppendRow(text, [cell, "end"]);
        Assert.Equal(expected + ",end\r\n", text.ToString());
    }

    [Theory]
    [InlineData("plain", ',', "plain"), InlineData("=1+1", ',', "=1+1"), InlineData("a;b", ',', "a;b"), InlineData("a;b", ';', "\"a;b\""), InlineData("say \"hi\"", ';', "\"say \"\"hi\"\"\""), InlineData("two\nlines", '|', "\"two\nlines\"")]
    public void A_cell_for_a_program_is_quoted_only_where_it_must_be(string cell, char delimiter, string expected) => Assert.Equal(expected, CsvText.Quoted(cell, delimiter));

    [Fact]
    public void A_file_says_that_it_is_unicode() =>
        Assert.Equal("\uFEFF名称,金额\r\n床单,12\r\n", Encoding.UTF8.GetString(CsvText.File(["名称", "金额"], [["床单", "12"]])));
}
