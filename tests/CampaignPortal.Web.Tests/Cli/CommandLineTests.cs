using System.IO.Compression;
using System.Text.Json;
using CampaignPortal.Marketing.Jobs.Maintenance;
using CampaignPortal.Testing;
using CampaignPortal.Web.Identity;
using CampaignPortal.Web.Tests.Identity;
using Microsoft.EntityFrameworkCore;

namespace CampaignPortal.Web.Tests.Cli;

/// <summary>The verbs as a shell sees them: exit code, and one JSON document as the last line.</summary>
public sealed class CommandLineTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Jobs_are_listed_run_and_remembered()
    {
        using var folder = new TempFolder();
        var data = folder.File("data");

        var list = await AnswerAsync(0, "", "job", "list", "--data", data, "--json");
        Assert.False(list.GetProperty("paused").GetBoolean());
        Assert.Contains(list.GetProperty("jobs").EnumerateArray(), job => job.GetProperty("name").GetString() == CleanUpJob.JobKey && job.GetProperty("last").ValueKind is JsonValueKind.Null);

        var run = await AnswerAsync(0, "", "job", "run", CleanUpJob.JobKey, "--data", data, "--json");
        Assert.Equal((CleanUpJob.JobKey, "Succeeded"), (run.GetProperty("name").GetString(), run.GetProperty("state").GetString()));
        var failed = await AnswerAsync(1, "", "job", "run", "train.purchase-30", "--data", data, "--json"); // there is nothing to learn from
        Assert.Equal("Failed", failed.GetProperty("state").GetString());
        Assert.NotEqual("", failed.GetProperty("reason").GetString());

        var history = (await AnswerAsync(0, "", "job", "history", "--data", data, "--json")).GetProperty("runs").EnumerateArray().Select(r => r.GetProperty("run").GetInt64());
        Assert.Equal([failed.GetProperty("run").GetInt64(), run.GetProperty("run").GetInt64()], history);
        Assert.Single((await AnswerAsync(0, "", "job", "history", "--count", "1", "--data", data, "--json")).GetProperty("runs").EnumerateArray());
    }

    [Fact]
    public async Task A_user_is_added_with_the_password_from_standard_input_and_audited()
    {
        using var folder = new TempFolder();
        var data = folder.File("data");
        string[] add = ["user", "add", "--email", "ines@example.org", "--name", "Ines", "--role", "analyst", "--data", data, "--json"];

        Assert.Equal(Roles.Analyst, (await AnswerAsync(0, Doors.Password + "\n", add)).GetProperty("role").GetString());
        Assert.Equal(1, (await ChildProgram.RunAsync(Doors.Password + "\n", add, Ct)).ExitCode); // there is one already
        Assert.Equal(1, (await ChildProgram.RunAsync("short\n", [.. add.Select(a => a.Replace("ines@", "tom@", StringComparison.Ordinal))], Ct)).ExitCode);
        Assert.Equal(1, (await ChildProgram.RunAsync("", add, Ct)).ExitCode); // no password

        await using var store = await TestStore.OpenAsync(data);
        await using var db = await store.ContextAsync();
        Assert.Equal("ines@example.org", (await db.Users.SingleAsync(Ct)).Email);
        Assert.Single(await db.AuditEntries.Where(a => a.Action == "users.manage add").ToListAsync(Ct));
    }

    [Fact]
    public async Task A_backup_is_made_and_listed_and_the_doctor_looks_it_all_over()
    {
        using var folder = new TempFolder();
        var data = folder.File("data");

        var made = (await AnswerAsync(0, "", "backup", "create", "--data", data, "--json")).GetProperty("backup").GetString();
        Assert.Equal([made], (await AnswerAsync(0, "", "backup", "list", "--data", data, "--json")).GetProperty("backups").EnumerateArray().Select(b => b.GetString()));

        Assert.Equal(made, (await AnswerAsync(0, "", "restore", made!, "--data", data, "--json")).GetProperty("restored").GetString()); // just made

        var findings = (await AnswerAsync(0, "", "doctor", "--data", data, "--json")).GetProperty("findings").EnumerateArray().ToDictionary(f => f.GetProperty("check").GetString() ?? "", f => f.GetProperty("state").GetString());
        Assert.Equal("ok", findings["store"]);
        Assert.Equal("warning", findings["models"]); // a fresh portal has none
    }

    [Fact]
    public async Task A_table_is_written_whole_packed_by_its_name_and_audited()
    {
        using var folder = new TempFolder();
        var data = folder.File("data");
        await using (var store = await TestStore.OpenAsync(data))
        {
            await store.Log.AppendAsync(An.Batch(An.OrderLine("o-1", 1), An.OrderLine("o-1", 2)), Ct);
        }
        var file = folder.File("events.jsonl.gz");

        var answer = await AnswerAsync(0, "", "export", "events", "--file", file, "--data", data, "--json");
        Assert.Equal(("events", 2, file), (answer.GetProperty("table").GetString(), answer.GetProperty("rows").GetInt32(), answer.GetProperty("file").GetString()));
        using (var lines = new StreamReader(new GZipStream(File.OpenRead(file), CompressionMode.Decompress))) Assert.Equal(2, (await lines.ReadToEndAsync(Ct)).Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.Equal(1, (await ChildProgram.RunAsync(Ct, "export", "events", "--file", file, "--data", data)).ExitCode); // it is there
        Assert.Equal(1, (await ChildProgram.RunAsync(Ct, "export", "events", "--file", folder.File("events.xml"), "--data", data)).ExitCode);
        Assert.Equal(2, (await ChildProgram.RunAsync(Ct, "export", "users", "--file", folder.File("users.csv"), "--data", data)).ExitCode);

        await using var after = await TestStore.OpenAsync(data);
        Assert.Contains("customers.export table", after.Dump("AuditEntries"), StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFiles(Path.GetDirectoryName(file)!, "*.part")); // a file lies in a folder
        Assert.Equal(1, (await ChildProgram.RunAsync(Ct, "export", "events", "--file", folder.File("second.csv"), "--data", data)).ExitCode); // somebody works on the data directory
    }

    [Theory]
    [InlineData(2, "job", "run"), InlineData(2, "user", "add"), InlineData(2, "backup", "creat"), InlineData(2, "doctor", "--jsn"), InlineData(1, "job", "run", "no-such-job")]
    public async Task Wrong_usage_ends_with_2_and_what_cannot_be_done_with_1(int exitCode, params string[] words)
    {
        using var folder = new TempFolder();
        Assert.Equal(exitCode, (await ChildProgram.RunAsync(Ct, [.. words, "--data", folder.File("data")])).ExitCode);
    }

    private static async Task<JsonElement> AnswerAsync(int exitCode, string input, params string[] arguments)
    {
        var answer = await ChildProgram.RunAsync(input, arguments, Ct);
        Assert.True(answer.ExitCode == exitCode, answer.Output);
        return JsonDocument.Parse(answer.Output.TrimEnd().Split('\n')[^1]).RootElement;
    }
}
