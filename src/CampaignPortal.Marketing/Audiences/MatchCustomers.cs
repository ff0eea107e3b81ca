using System.Text;
using CampaignPortal.Marketing.Common;
using CampaignPortal.Marketing.Database;
using CampaignPortal.Marketing.Privacy;

namespace CampaignPortal.Marketing.Audiences;

/// <summary>Whom a list names.</summary>
/// <param name="Customers">The portal's numbers, each once, in the order of the list.</param>
/// <param name="LineCount">Lines that name somebody, without a heading.</param>
/// <param name="NotFound">Up to <see cref="MatchCustomersHandler.ShownNotFound"/> lines that no customer has, as they stand.</param>
public sealed record MatchedCustomers(IReadOnlyList<long> Customers, int LineCount, IReadOnlyList<string> NotFound, int NotFoundCount);

/// <summary>Finds the customers of a list of shop numbers or e-mail addresses: one a line, or a CSV file with a heading.</summary>
/// <remarks>Addresses are looked up by their keyed hash and kept nowhere.</remarks>
public sealed class MatchCustomersHandler(PortalDatabase database, ContactVault vault)
{
    public const int MaxBytes = 20_000_000, MaxLines = 500_000, MaxCellLength = 320, ShownNotFound = 1_000;

    private const int CheckEvery = 1_000;
    private static readonly HashSet<string> Headings = new(["email", "e-mail", "mail", "customer", "customer id", "customer_id", "customerid", "id", "number", "邮箱", "客户", "客户编号"], StringComparer.OrdinalIgnoreCase);

    /// <summary>Whom it names, or what is wrong with the file.</summary>
    public async Task<Result<MatchedCustomers>> HandleAsync(Stream file, CancellationToken ct)
    {
        using var bytes = new MemoryStream();
        var buffer = new byte[64 * 1024];
        while (await file.ReadAsync(buffer, ct) is var read and > 0)
        {
            if (bytes.Length + read > MaxBytes) return TooLarge();
            await bytes.WriteAsync(buffer.AsMemory(0, read), ct);
        }
        if (bytes.GetBuffer().AsSpan(0, (int)bytes.Length).Contains((byte)0)) return Problem.At(AudienceProblems.ListUnreadable, "This is no text. Save the sheet as CSV (UTF-8) first.");
        return await HandleAsync(Encoding.UTF8.GetString(bytes.GetBuffer(), 0, (int)bytes.Length), ct);
    }

    /// <inheritdoc cref="HandleAsync(Stream, CancellationToken)"/>
    public Task<Result<MatchedCustomers>> HandleAsync(string text, CancellationToken ct) => text.Length > MaxBytes ? Task.FromResult<Result<MatchedCustomers>>(TooLarge()) : Task.Run(() => Match(text, ct), ct);

    private static Problem TooLarge() => Problem.At(AudienceProblems.ListTooLarge, FormattableString.Invariant($"A list has at most {MaxLines:#,0} lines and {MaxBytes / 1_000_000} MB."));

    private Result<MatchedCustomers> Match(string text, CancellationToken ct)
    {
        var names = NamesOf(text.TrimStart('\uFEFF')).Take(MaxLines + 1).ToList();
        if (names.Count > MaxLines) return TooLarge();
        if (names.Count is 0) return Problem.At(AudienceProblems.ListEmpty, "The list names nobody.");
        using var connection = database.OpenReader();
        using var byId = connection.Prepare("""select "Id" from "Customers" where "ExternalId" = @0 and "ErasedAt" is null""", 1);
        using var byEmail = connection.Prepare("""select k."CustomerId" from "Contacts" k join "Customers" c on c."Id" = k."CustomerId" where k."EmailHash" = @0 and c."ErasedAt" is null order by k."CustomerId" """, 1);
        var (found, known, missing) = (new List<long>(), new HashSet<long>(), new List<string>());
        var missed = 0;
        for (var i = 0; i < names.Count; i++)
        {
            if (i % CheckEvery is 0) ct.ThrowIfCancellationRequested();
            if (byId.RunScalar(names[i]) is { } customer)
            {
                if (known.Add(customer)) found.Add(customer);
            }
            else if (!AddByEmail(names[i]))
            {
                missed++;
                if (missing.Count < ShownNotFound) missing.Add(names[i]);
            }
        }
        return new MatchedCustomers(found, names.Count, missing, missed);

        // Several customers may share an address: all of them are meant.
        bool AddByEmail(string name)
        {
            if (!EmailAddress.IsLikely(name)) return false;
            byEmail.Set(0, vault.HashOfEmail(name));
            using var reader = byEmail.ExecuteReader();
            var isFound = false;
            while (reader.Read())
            {
                isFound = true;
                if (known.Add(reader.GetInt64(0))) found.Add(reader.GetInt64(0));
            }
            return isFound;
        }
    }

    // The column that a heading names, otherwise the first one; blank lines name nobody.
    private static IEnumerable<string> NamesOf(string text)
    {
        var column = 0;
        var isFirst = true;
        using var lines = new StringReader(text);
        while (lines.ReadLine() is { } line)
        {
            var cells = CellsOf(line);
            if (isFirst && cells.FindIndex(Headings.Contains) is var heading and >= 0)
            {
                (column, isFirst) = (heading, false);
                continue;
            }
            isFirst = isFirst && cells.Count is 0;
            if (column < cells.Count && cells[column] is { Length: > 0 and <= MaxCellLength } name) yield return name;
        }
    }

    // A cell in quotes may hold what parts cells; numbers and addresses hold no line breaks.
    private static List<string> CellsOf(string line)
    {
        var cells = new List<string>();
        var (cell, isQuoted) = (new StringBuilder(), false);
        foreach (var letter in line)
        {
            if (letter is '"') isQuoted = !isQuoted;
            else if (!isQuoted && letter is ',' or ';' or '\t') Close();
            else cell.Append(letter);
        }
        if (cell.Length > 0 || cells.Count > 0) Close();
        return cells;

        void Close()
        {
            cells.Add(cell.ToString().Trim());
            cell.Clear();
        }
    }
}
