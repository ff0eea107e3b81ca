using System.IO.Compression;
using System.Text;
using CampaignPortal.Marketing.Imports.Mapping;
using CampaignPortal.Marketing.Imports.Reading;
using CampaignPortal.Testing;

namespace CampaignPortal.Marketing.Tests.Imports;

/// <summary>Workbooks, JSON lines and archives are read as the tables that they are.</summary>
public class FormatTests
{
    [Fact]
    public void A_workbook_gives_numbers_with_a_point_and_dates_as_iso_and_merged_cells_hold_their_value_everywhere()
    {
        var file = new XlsxFile()
            .Sheet("Notes", [["nothing here"]])
            .Sheet("Orders", [
                ["order", "day", "at", "price", "text", "paid"],
                ["A-1", new DateTime(2026, 5, 1), new DateTime(2026, 5, 1, 14, 30, 0), 1234.5m, "two\nlines, \"quoted\"", true],
                [null, null, new DateTime(2026, 5, 2, 8, 0, 1), 19.900000000000002, null, false],
            ], "A2:A3", "B2:B3").ToBytes();
        var preview = Look("book.xlsx", file, new FormatOverride(Part: "Orders"));

        Assert.Equal(FileKind.Workbook, preview.Format.Kind);
        Assert.Equal(["Notes", "Orders"], preview.Parts);
        Assert.Equal(["order", "day", "at", "price", "text", "paid"], preview.Columns);
        Assert.Equal(["A-1", "2026-05-01", "2026-05-01 14:30:00", "1234.5", "two\nlines, \"quoted\"", "true"], preview.Sample[0]);
        Assert.Equal(["A-1", "2026-05-01", "2026-05-02 08:00:01", "19.9", "", "false"], preview.Sample[1]);
    }

    [Fact]
    public void The_line_number_of_a_workbook_is_the_row_whatever_its_cells_hold()
    {
        var file = new XlsxFile().Sheet("S", [["name"], ["a\nb\nc"], [null], ["last"]]).ToBytes();
        var source = ImportSource.FromBytes("book.xlsx", file);
        using var reader = Look("book.xlsx", file).Format.Open(source, out _);
        var lines = new List<(long, string)>();
        while (reader.Read()) lines.Add((reader.LineNumber, reader[0].ToString()));
        Assert.Equal([(1, "name"), (2, "a\nb\nc"), (4, "last")], lines);
    }

    [Fact]
    public void A_workbook_that_unpacks_to_a_thousand_times_its_size_is_refused()
    {
        using var bomb = new MemoryStream();
        using (var archive = new ZipArchive(bomb, ZipArchiveMode.Create, leaveOpen: true))
        {
            using (var contents = archive.CreateEntry("xl/workbook.xml").Open()) contents.Write("<workbook/>"u8);
            using var sheet = archive.CreateEntry("xl/worksheets/sheet1.xml").Open();
            var zeros = new byte[1 << 20];
            for (var i = 0; i < 80; i++) sheet.Write(zeros);
        }
        var look = FileProbe.Look(ImportSource.FromBytes("bomb.xlsx", bomb.ToArray()));
        Assert.Contains("densely", look.Problem!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_damaged_workbook_is_a_problem_and_no_exception()
    {
        var file = new XlsxFile().Sheet("S", [["a", "b"], ["1", "2"]]).ToBytes();
        using var broken = new MemoryStream();
        broken.Write(file);
        using (var archive = new ZipArchive(broken, ZipArchiveMode.Update, leaveOpen: true))
        {
            archive.GetEntry("xl/worksheets/sheet1.xml")!.Delete();
            using var sheet = archive.CreateEntry("xl/worksheets/sheet1.xml").Open();
            sheet.Write("<worksheet><sheetData><row"u8);
        }
        Assert.NotNull(FileProbe.Look(ImportSource.FromBytes("broken.xlsx", broken.ToArray())).Problem);
    }

    [Fact]
    public void Json_lines_become_columns_of_the_first_lines_and_strangers_are_wider_or_narrower_than_the_header()
    {
        var preview = Look("events.jsonl", Encoding.UTF8.GetBytes(
            """
            {"id":1,"user":{"email":"lena@example.com","tags":["a","b"]},"price":2.50}
            {"id":2,"user":{"email":null},"vip":true}

            {"id":3,"price":"1,5"}
            """));
        Assert.Equal(FileKind.JsonLines, preview.Format.Kind);
        Assert.Equal(["id", "user.email", "user.tags", "price", "vip"], preview.Columns);
        Assert.Equal(["1", "lena@example.com", """["a","b"]""", "2.50", ""], preview.Sample[0]);
        Assert.Equal(["3", "", "", "1,5", ""], preview.Sample[2]);

        var many = string.Concat(Enumerable.Range(0, 1_000).Select(i => $$"""{"id":{{i}},"name":"x"}""" + "\n")) + """{"id":1000,"name":"y","late":1}""" + "\nno json\n";
        var source = ImportSource.FromBytes("many.jsonl", Encoding.UTF8.GetBytes(many));
        using var reader = FileProbe.Look(source).Value.Format.Open(source, out _);
        var widths = new List<int>();
        while (reader.Read()) widths.Add(reader.FieldCount);
        Assert.Equal(1_003, widths.Count);
        Assert.Equal([3, 1], widths[^2..]);
    }

    [Fact]
    public void An_archive_offers_its_tables_and_the_chosen_one_is_read()
    {
        using var file = new MemoryStream();
        using (var archive = new ZipArchive(file, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (name, text) in new[] { ("subscribed.csv", "Email Address,First Name\nlena@example.com,Lena\nkarl@example.com,Karl\n"), ("cleaned.csv", "Email Address\ngone@example.com\n"), ("__MACOSX/._x.csv", "x") })
            {
                using var entry = archive.CreateEntry(name).Open();
                entry.Write(Encoding.UTF8.GetBytes(text));
            }
        }
        Assert.Equal(["subscribed.csv", "cleaned.csv"], Look("audience.zip", file.ToArray()).Parts);
        Assert.Equal(2, Look("audience.zip", file.ToArray()).Sample.Count);
        Assert.Equal("gone@example.com", Look("audience.zip", file.ToArray(), new FormatOverride(Part: "cleaned.csv")).Sample[0][0]);
        Assert.NotNull(FileProbe.Look(ImportSource.FromBytes("audience.zip", file.ToArray()), new FormatOverride(Part: "no.csv")).Problem);
    }

    [Fact]
    public void A_plan_made_for_json_lines_opens_them_as_such_again()
    {
        var source = ImportSource.FromBytes("c.jsonl", """{"customer_id":"7","email":"a@example.com"}"""u8.ToArray());
        var plan = ImportPlanner.Propose(source, new PlanRequest("customers")).Value.Plan;
        Assert.Equal(plan.Columns, FileProbe.Look(source, FormatOverride.Of(plan.Format)).Value.Columns);
    }

    private static FilePreview Look(string name, byte[] content, FormatOverride? stated = null) => FileProbe.Look(ImportSource.FromBytes(name, content), stated).Value;
}
