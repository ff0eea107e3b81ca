using System.Numerics.Tensors;
using System.Runtime.CompilerServices;

namespace CampaignPortal.Learning.Data;

/// <summary>Rows × columns of float32, row-major, with column names for messages and explanations. NaN means "missing".</summary>
public sealed class Matrix
{
    private readonly float[] _values;
    private readonly string[]? _columnNames;

    /// <summary>A matrix over <paramref name="values"/>, which is kept and not copied.</summary>
    /// <param name="rowCount">Number of rows, 0 or more.</param>
    /// <param name="columnCount">Number of columns, 0 or more.</param>
    /// <param name="values">Row-major values, rowCount·columnCount of them.</param>
    /// <param name="columnNames">One name per column, or null.</param>
    /// <exception cref="ArgumentException">The lengths do not agree.</exception>
    public Matrix(int rowCount, int columnCount, float[] values, IReadOnlyList<string>? columnNames = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(rowCount);
        ArgumentOutOfRangeException.ThrowIfNegative(columnCount);
        ArgumentNullException.ThrowIfNull(values);
        if ((long)rowCount * columnCount != values.Length)
        {
            throw new ArgumentException($"A matrix of {rowCount} rows and {columnCount} columns needs {(long)rowCount * columnCount} values; got {values.Length}.", nameof(values));
        }
        if (columnNames is not null && columnNames.Count != columnCount)
        {
            throw new ArgumentException($"A matrix of {columnCount} columns needs as many names; got {columnNames.Count}.", nameof(columnNames));
        }
        (RowCount, ColumnCount, _values, _columnNames) = (rowCount, columnCount, values, columnNames?.ToArray());
    }

    /// <summary>A matrix of zeros.</summary>
    public Matrix(int rowCount, int columnCount, IReadOnlyList<string>? columnNames = null)
        : this(rowCount, columnCount, new float[checked(rowCount * columnCount)], columnNames)
    {
    }

    /// <summary>Number of rows.</summary>
    public int RowCount { get; }

    /// <summary>Number of columns.</summary>
    public int ColumnCount { get; }

    /// <summary>All values, row-major.</summary>
    public Span<float> Values => _values;

    /// <summary>The names given at construction, or null.</summary>
    public IReadOnlyList<string>? ColumnNames => _columnNames;

    /// <summary>The value at a row and column.</summary>
    public float this[int row, int column]
    {
        get => Row(row)[column];
        set => Row(row)[column] = value;
    }

    /// <summary>The values of one row; writing to the span writes to the matrix.</summary>
    public Span<float> Row(int row) => _values.AsSpan(row * ColumnCount, ColumnCount);

    /// <summary>Name of a column for messages: the given one, or "column 3" (counted from 0).</summary>
    public string ColumnName(int column) => _columnNames?[column] ?? string.Create(System.Globalization.CultureInfo.InvariantCulture, $"column {column}");

    /// <summary>A copy of one column.</summary>
    public float[] Column(int column)
    {
        var copy = new float[RowCount];
        CopyColumn(column, copy);
        return copy;
    }

    /// <summary>Copies one column into a span of <see cref="RowCount"/> values.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void CopyColumn(int column, Span<float> target)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)column, (uint)ColumnCount, nameof(column));
        if (target.Length != RowCount) throw new ArgumentException($"A column has {RowCount} values; got room for {target.Length}.", nameof(target));
        for (int i = 0, at = column; i < target.Length; i++, at += ColumnCount) target[i] = _values[at];
    }

    /// <summary>A copy of the given rows, in the given order; a row may occur more than once.</summary>
    public Matrix SelectRows(ReadOnlySpan<int> rows)
    {
        var result = new Matrix(rows.Length, ColumnCount, _columnNames);
        for (var i = 0; i < rows.Length; i++) Row(rows[i]).CopyTo(result.Row(i));
        return result;
    }

    /// <summary>A copy of the given columns, in the given order.</summary>
    public Matrix SelectColumns(ReadOnlySpan<int> columns)
    {
        var result = new Matrix(RowCount, columns.Length, _columnNames is null ? null : Array.ConvertAll(columns.ToArray(), c => _columnNames[c]));
        for (var i = 0; i < RowCount; i++)
        {
            var source = Row(i);
            var target = result.Row(i);
            for (var j = 0; j < columns.Length; j++) target[j] = source[columns[j]];
        }
        return result;
    }

    /// <summary>Throws when a value is missing or infinite.</summary>
    /// <param name="remedy">What the caller can do, ending the message: "impute it first", for instance.</param>
    /// <exception cref="ArgumentException">A value is NaN or infinite; the message names the column, how many rows, and the remedy.</exception>
    public void RequireFinite(string remedy = "impute it first, for instance with Imputer")
    {
        if (TensorPrimitives.IsFiniteAll<float>(_values)) return;
        for (var i = 0; i < _values.Length; i++)
        {
            if (float.IsFinite(_values[i])) continue;
            var column = i % ColumnCount;
            var count = Column(column).Count(v => !float.IsFinite(v));
            throw new ArgumentException($"Column '{ColumnName(column)}' has {count} values that are missing or infinite (first in row {i / ColumnCount}); {remedy}.");
        }
    }

    /// <summary>Throws when the number of columns is not the one that a fitted model knows.</summary>
    /// <exception cref="ArgumentException">The counts differ.</exception>
    public void RequireColumns(int expected)
    {
        if (ColumnCount != expected) throw new ArgumentException($"The model was fitted on {expected} columns; this matrix has {ColumnCount}.");
    }
}
