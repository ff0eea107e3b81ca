using System.Text;
using CampaignPortal.Marketing.Imports.Reading;
using CampaignPortal.Statistics.Random;

namespace CampaignPortal.Marketing.Tests.Imports;

public class CsvReaderTests
{
    [Theory]
    [InlineData("a,b\n1,2\n", "a|b;1|2")]
    [InlineData("a,b\r\n1,2\r\n", "a|b;1|2")]
    [InlineData("a,b\r1,2", "a|b;1|2")]
    [InlineData("a,\"x, \"\"y\"\"\nz\"\n", "a|x, \"y\"\nz")]
    [InlineData("a,b,\n", "a|b|")]
    [InlineData("\n\na\n\n", "a")]
    [InlineData("\"\",\"\"\n", "|")]
    [InlineData("a\"b,c\n", "a\"b|c")]
    [InlineData("\"a\"b,c\n", "ab|c")]
    public void Records_are_taken_apart(string text, string expected) => Assert.Equal(expected, Joined(Parse(text)));

    [Fact]
    public void Lines_are_counted_over_quoted_line_ends_and_blank_lines()
    {
        using var reader = new CsvReader(new StringReader("h1,h2\r\n\r\n\"a\r\nb\",c\r\nd,e\n"), ',');
        var lines = new List<long>();
        while (reader.Read()) lines.Add(reader.LineNumber);
        Assert.Equal([1, 3, 5], lines);
    }

    [Fact]
    public void A_stray_quote_costs_its_own_line_and_no_other()
    {
        var rows = Faults("h,i\n1,2\n3,\"4 inch\n5,6\n7,\"x\"\n8,9\n");
        Assert.Equal(["None", "None", "StrayQuote", "None", "None", "None"], rows.Select(r => r.Fault));
        Assert.Equal("3,\"4 inch", rows[2].Raw);
        Assert.Equal([1, 2, 3, 4, 5, 6], rows.Select(r => r.Line));
    }

    [Fact]
    public void A_quote_that_is_never_closed_costs_its_own_line()
    {
        var rows = Faults("h,i\n\"a,2\n3,4\n");
        Assert.Equal(["None", "StrayQuote", "None"], rows.Select(r => r.Fault));
    }

    [Fact]
    public void A_line_of_ten_megabytes_is_refused_without_harm_to_its_neighbours()
    {
        var rows = Faults("h,i\n" + new string('x', 10_500_000) + "\n1,2\n");
        Assert.Equal(["None", "FieldTooLong", "None"], rows.Select(r => r.Fault));
        Assert.Equal(3, rows[2].Line);
        Assert.True(rows[1].Raw.Length <= CsvLimits.Default.RawLength);
    }

    [Fact]
    public void A_field_of_one_megabyte_and_a_row_of_ten_thousand_columns_are_read()
    {
        using var reader = new CsvReader(new StringReader(new string('y', 1 << 20) + "," + string.Join(',', Enumerable.Range(0, 9_999))), ',');
        Assert.True(reader.Read());
        Assert.Equal(CsvFault.None, reader.Fault);
        Assert.Equal(10_000, reader.FieldCount);
        Assert.Equal(1 << 20, reader[0].Length);

        Assert.Equal("TooManyColumns", Faults(string.Join(',', Enumerable.Range(0, 10_001)) + "\na,b\n")[0].Fault);
    }

    [Fact]
    public void NUL_is_found_in_its_row() => Assert.Equal(["None", "Nul", "None"], Faults("a,b\n1,\0\n2,3\n").Select(r => r.Fault));

    [Fact]
    public void It_agrees_with_a_reader_that_looks_at_one_character_after_the_other()
    {
        for (var seed = 0; seed < 3_000; seed++)
        {
            var rng = new Rng(seed);
            var text = new StringBuilder();
            var length = rng.NextInt(seed % 100 is 0 ? 5_000 : 40);
            for (var i = 0; i < length; i++) text.Append("ab,\"\"\n\r, 1é"[rng.NextInt(11)]);
            var sample = text.ToString();
            Assert.Equal(Joined(Reference(sample)), Joined(Parse(sample)));
            Assert.Equal(Joined(Parse(sample)), Joined(Parse(sample, new TrickleReader(sample, new Rng(seed)))));
        }
    }

    [Fact]
    public void Whatever_is_written_with_quotes_is_read_back()
    {
        for (var seed = 0; seed < 500; seed++)
        {
            var rng = new Rng(seed);
            var rows = Enumerable.Range(0, 1 + rng.NextInt(60)).Select(_ => Enumerable.Range(0, 3)
                .Select(_ => string.Concat(Enumerable.Range(0, rng.NextInt(rng.NextInt(20) is 0 ? 3_000 : 8)).Select(_ => "ab,\"\n\r;\t中"[rng.NextInt(9)]))).ToArray()).ToList();
            var text = string.Concat(rows.Select(r => string.Join(',', r.Select(c => $"\"{c.Replace("\"", "\"\"")}\"")) + (seed % 2 is 0 ? "\n" : "\r\n")));
            Assert.Equal(Joined(rows), Joined(Parse(text)));
        }
    }

    private static List<string[]> Parse(string text, TextReader? from = null)
    {
        using var reader = new CsvReader(from ?? new StringReader(text), ',');
        var rows = new List<string[]>();
        while (reader.Read())
        {
            if (reader.Fault is not CsvFault.None)
            {
                rows.Add(["!" + reader.Raw]);
                continue;
            }
            var row = new string[reader.FieldCount];
            for (var i = 0; i < row.Length; i++) row[i] = reader[i].ToString();
            rows.Add(row);
        }
        return rows;
    }

    private static List<(string Fault, string Raw, long Line)> Faults(string text)
    {
        using var reader = new CsvReader(new StringReader(text), ',');
        var rows = new List<(string, string, long)>();
        while (reader.Read()) rows.Add((reader.Fault.ToString(), reader.Raw, reader.LineNumber));
        return rows;
    }

    /// <summary>The same rules, written without any thought of speed.</summary>
    private static List<string[]> Reference(string text)
    {
        var rows = new List<string[]>();
        var at = 0;
        while (at < text.Length)
        {
            if (text[at] is '\n' or '\r')
            {
                at++;
                continue;
            }
            var (row, next) = ReferenceRecord(text, at);
            if (row is null)
            {
                next = at;
                while (next < text.Length && text[next] is not ('\n' or '\r')) next++;
                row = ["!" + text[at..next]];
            }
            rows.Add(row);
            at = next;
        }
        return rows;
    }

    private static (string[]? Row, int Next) ReferenceRecord(string text, int at)
    {
        var row = new List<string>();
        while (true)
        {
            var field = new StringBuilder();
            if (at < text.Length && text[at] is '"')
            {
                var spansLines = false;
                for (at++; ; at++)
                {
                    if (at == text.Length) return (null, at);
                    if (text[at] is '"')
                    {
                        if (at + 1 == text.Length || text[at + 1] is not '"') break;
                        at++;
                    }
                    else if (text[at] is '\n' or '\r') spansLines = true;
                    field.Append(text[at]);
                }
                at++;
                if (spansLines && at < text.Length && text[at] is not (',' or '\n' or '\r')) return (null, at);
            }
            for (; at < text.Length && text[at] is not (',' or '\n' or '\r'); at++) field.Append(text[at]);
            row.Add(field.ToString());
            if (at == text.Length || text[at] is not ',') return ([.. row], at);
            at++;
        }
    }

    private static string Joined(IEnumerable<string[]> rows) => string.Join(';', rows.Select(r => string.Join('|', r)));

    /// <summary>Gives a few characters at a time, as a network does.</summary>
    private sealed class TrickleReader(string text, Rng rng) : TextReader
    {
        private int _at;

        public override int Read(char[] buffer, int index, int count)
        {
            var given = Math.Min(Math.Min(count, 1 + rng.NextInt(3)), text.Length - _at);
            text.CopyTo(_at, buffer, index, given);
            _at += given;
            return given;
        }
    }
}
