using System.Data.Common;
using System.Globalization;
using System.Text;

namespace CampaignPortal.Marketing.Content.Data;

/// <summary>Reads rows of many customers, a few hundred to a statement.</summary>
internal static class CustomerRows
{
    private const int ChunkSize = 900;

    /// <summary>Calls <paramref name="row"/> for every row of the query.</summary>
    /// <param name="sql">With <c>{0}</c> where the list of customers stands.</param>
    public static void Read(DbConnection connection, IReadOnlyList<long> customers, string sql, Action<DbDataReader> row, CancellationToken ct)
    {
        for (var from = 0; from < customers.Count; from += ChunkSize)
        {
            ct.ThrowIfCancellationRequested();
            using var command = connection.CreateCommand();
            command.CommandText = sql.Replace("{0}", ListOf(customers, from), StringComparison.Ordinal);
            using var reader = command.ExecuteReader();
            while (reader.Read()) row(reader);
        }
    }

    // Numbers of the portal's own: nothing that anybody typed.
    private static string ListOf(IReadOnlyList<long> customers, int from)
    {
        var list = new StringBuilder();
        for (var i = from; i < Math.Min(from + ChunkSize, customers.Count); i++)
        {
            if (i > from) list.Append(',');
            list.Append(customers[i].ToString(CultureInfo.InvariantCulture));
        }
        return list.ToString();
    }
}
