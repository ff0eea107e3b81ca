using System.Data.Common;
using System.Globalization;

namespace CampaignPortal.Marketing.Database;

/// <summary>Short forms for the raw SQL of the bulk paths.</summary>
public static class SqlCommands
{
    /// <summary>A command of this transaction with parameters <c>@0</c>, <c>@1</c>, … and no values yet.</summary>
    public static DbCommand Prepare(this DbTransaction transaction, string sql, int parameterCount)
    {
        var command = transaction.Connection!.Prepare(sql, parameterCount); // a transaction under way has its connection
        command.Transaction = transaction;
        return command;
    }

    /// <summary>A command outside a transaction with parameters <c>@0</c>, <c>@1</c>, … and no values yet.</summary>
    public static DbCommand Prepare(this DbConnection connection, string sql, int parameterCount)
    {
        var command = connection.CreateCommand();
        command.CommandText = sql;
        for (var i = 0; i < parameterCount; i++)
        {
            var parameter = command.CreateParameter();
            parameter.ParameterName = "@" + i.ToString(CultureInfo.InvariantCulture);
            command.Parameters.Add(parameter);
        }
        return command;
    }

    /// <summary>Sets a parameter; null is stored as NULL.</summary>
    public static void Set(this DbCommand command, int index, object? value) => command.Parameters[index].Value = value ?? DBNull.Value;

    /// <summary>Runs the command with these values and gives the number of rows changed.</summary>
    public static int Run(this DbCommand command, params ReadOnlySpan<object?> values)
    {
        SetAll(command, values);
        return command.ExecuteNonQuery();
    }

    /// <summary>Runs the command with these values and gives its first value as a number, or null.</summary>
    public static long? RunScalar(this DbCommand command, params ReadOnlySpan<object?> values)
    {
        SetAll(command, values);
        return command.ExecuteScalar() switch
        {
            null or DBNull => null,
            var value => Convert.ToInt64(value, CultureInfo.InvariantCulture),
        };
    }

    /// <summary>Runs one statement once.</summary>
    public static int Execute(this DbTransaction transaction, string sql, params ReadOnlySpan<object?> values)
    {
        using var command = transaction.Prepare(sql, values.Length);
        return command.Run(values);
    }

    public static string? TextOrNull(this DbDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetString(column);

    public static long? NumberOrNull(this DbDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetInt64(column);

    private static void SetAll(DbCommand command, ReadOnlySpan<object?> values)
    {
        for (var i = 0; i < values.Length; i++) command.Parameters[i].Value = values[i] ?? DBNull.Value;
    }
}
