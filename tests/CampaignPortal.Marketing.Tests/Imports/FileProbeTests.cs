using System.IO.Compression;
using System.Text;
using CampaignPortal.Marketing.Imports.Mapping;
using CampaignPortal.Marketing.Imports.Reading;

namespace CampaignPortal.Marketing.Tests.Imports;

public class FileProbeTests
{
    private const string Chinese = "客户编号,姓名,城市\n1,王小明,北京\n2,李雷,上海\n3,韩梅梅,广州\n";

    static FileProbeTests() => CodePages.Register();

    [Theory]
    [InlineData("utf-8", false)]
    [InlineData("utf-8", true)]
    [InlineData("utf-16", true)]
    [InlineData("utf-16", false)]
    [InlineData("utf-16BE", true)]
    [InlineData("utf-16BE", false)]
    [InlineData("gb18030", false)]
    public void Encodings_are_recognised_with_and_without_a_mark(string name, bool hasMark)
    {
        var encoding = Encoding.GetEncoding(name);
        byte[] bytes = [.. hasMark ? encoding.GetPreamble() : [], .. encoding.GetBytes(Chinese)];
        var look = FileProbe.Look(ImportSource.FromBytes("customers.csv", bytes)).Value;
        Assert.Equal(encoding.CodePage, Encoding.GetEncoding(look.Format.Encoding).CodePage);
        Assert.Equal(["客户编号", "姓名", "城市"], look.Columns);
        Assert.Equal(["2", "李雷", "上海"], look.Sample[1]);
        Assert.Equal(["客户编号", "客户编号"], [look.Columns[0], ReadAll(look.Format, bytes)[0][0]]);
    }

    [Fact]
    public void Western_accents_are_not_taken_for_Chinese()
    {
        var bytes = Encoding.GetEncoding("windows-1252").GetBytes("id,name\n1,Müller\n2,Café Noël\n3,José Peña\n");
        var look = FileProbe.Look(ImportSource.FromBytes("c.csv", bytes)).Value;
        Assert.Equal("Müller", look.Sample[0][1]);
    }

    [Theory]
    [InlineData(',')]
    [InlineData(';')]
    [InlineData('\t')]
    [InlineData('|')]
    public void The_delimiter_is_found_though_texts_hold_the_others(char delimiter)
    {
        var lines = new[] { "id*name*note", "1*\"a,b;c\"*x", "2*\"d,e|f\"*y", "3*g\th*z" }.Select(l => delimiter is '\t' ? l.Replace("\t", " ") : l);
        var look = FileProbe.Look(ImportSource.FromBytes("f.txt", Encoding.UTF8.GetBytes(string.Join('\n', lines).Replace('*', delimiter)))).Value;
        Assert.Equal(delimiter, look.Format.Delimiter);
        Assert.Equal(3, look.Columns.Count);
    }

    [Fact]
    public void A_packed_file_is_read_like_an_open_one()
    {
        var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true)) gzip.Write(Encoding.UTF8.GetBytes("a,b\n1,2\n"));
        Assert.Equal(["a", "b"], FileProbe.Look(ImportSource.FromBytes("f.csv.gz", packed.ToArray())).Value.Columns);
    }

    [Fact]
    public void Repeated_and_missing_names_become_names_of_their_own()
    {
        var look = FileProbe.Look(ImportSource.FromBytes("f.csv", "id,name,name,\n1,a,b,c\n"u8.ToArray())).Value;
        Assert.Equal(["id", "name", "name (2)", "Column 4"], look.Columns);
        Assert.Equal(["name"], look.RepeatedColumns);
    }

    [Fact]
    public void A_file_without_header_is_seen()
    {
        var look = FileProbe.Look(ImportSource.FromBytes("f.csv", "1,2026-03-01,9.5\n2,2026-03-02,8\n"u8.ToArray())).Value;
        Assert.False(look.Format.HasHeader);
        Assert.Equal(2, look.Sample.Count);
    }

    [Theory]
    [InlineData("", "is empty")]
    [InlineData("\n\n \n", "blank lines only")]
    [InlineData("PK\u0003\u0004rest of a workbook", "cannot be unpacked")]
    [InlineData("%PDF-1.7 text", "a PDF")]
    [InlineData("\u0001\u0002\u0003\u0004\u0005abc\u0006\u0007", "binary data")]
    public void What_is_no_table_is_named(string content, string expected) =>
        Assert.Contains(expected, FileProbe.Look(ImportSource.FromBytes("f.csv", Encoding.Latin1.GetBytes(content))).Problem!.Message, StringComparison.Ordinal);

    [Fact]
    public void A_missing_file_and_an_unknown_encoding_are_named()
    {
        Assert.Contains("no file", FileProbe.Look(ImportSource.FromFile(Path.Combine(Path.GetTempPath(), "not-there.csv"))).Problem!.Message, StringComparison.Ordinal);
        Assert.Contains("klingon", FileProbe.Look(ImportSource.FromBytes("f.csv", "a,b\n"u8.ToArray()), new FormatOverride("klingon")).Problem!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Columns_are_proposed_by_name_in_two_languages_and_by_content()
    {
        var western = FileProbe.Look(ImportSource.FromBytes("c.csv", "Customer ID,E-Mail Address,Accepts Marketing,Favourite colour\nc1,a@b.org,yes,red\n"u8.ToArray())).Value;
        var fields = Marketing.Imports.Presets.ImportPresets.Find("customers")!.Fields;
        Assert.Equal([("Customer ID", "customer_id"), ("E-Mail Address", "email"), ("Accepts Marketing", "consent_email")], FieldSuggestions.For(western, fields).OrderBy(s => western.Columns.ToList().IndexOf(s.Column)).Select(s => (s.Column, s.Field)));

        var chinese = FileProbe.Look(ImportSource.FromBytes("c.csv", Encoding.UTF8.GetBytes(Chinese))).Value;
        Assert.Equal([("客户编号", "customer_id"), ("姓名", "name"), ("城市", "city")], FieldSuggestions.For(chinese, fields).OrderBy(s => chinese.Columns.ToList().IndexOf(s.Column)).Select(s => (s.Column, s.Field)));

        var unnamed = FileProbe.Look(ImportSource.FromBytes("c.csv", "id,kontakt\n1,a@b.org\n2,c@d.org\n"u8.ToArray())).Value;
        Assert.Contains(FieldSuggestions.For(unnamed, fields), s => s is { Column: "kontakt", Field: "email" });
    }

    private static List<string[]> ReadAll(FileFormat format, byte[] bytes)
    {
        using var reader = format.Open(ImportSource.FromBytes("f", bytes), out _);
        var rows = new List<string[]>();
        while (reader.Read())
        {
            var row = new string[reader.FieldCount];
            for (var i = 0; i < row.Length; i++) row[i] = reader[i].ToString();
            rows.Add(row);
        }
        return rows;
    }
}
