namespace CampaignPortal.Learning.Data;

/// <summary>One row of a <see cref="Csr"/>: the columns that hold a value, ascending, and their values beside them.</summary>
/// <remarks>The history of a user in the recommenders: items and how strongly each was taken. It needs no matrix, so a user nobody has seen yet is a row of two arrays.</remarks>
public readonly ref struct SparseRow
{
    /// <summary>Takes the two parallel spans as they are.</summary>
    /// <exception cref="ArgumentException">The spans differ in length.</exception>
    public SparseRow(ReadOnlySpan<int> columns, ReadOnlySpan<float> values)
    {
        if (columns.Length != values.Length)
            throw new ArgumentException($"A row needs one value per column; it has {columns.Length} columns and {values.Length} values.", nameof(values));
        Columns = columns;
        Values = values;
    }

    /// <summary>Column numbers.</summary>
    public ReadOnlySpan<int> Columns { get; }

    /// <summary>Values, one per entry of <see cref="Columns"/>.</summary>
    public ReadOnlySpan<float> Values { get; }

    /// <summary>How many values the row holds.</summary>
    public int Count => Columns.Length;
}

/// <summary>A sparse matrix by rows (compressed sparse rows): float32 values, columns ascending within a row. Immutable, safe for concurrent use.</summary>
public sealed class Csr
{
    private readonly int[] _starts; // rows + 1
    private readonly int[] _columns;
    private readonly float[] _values;

    private Csr(int rowCount, int columnCount, int[] starts, int[] columns, float[] values)
    {
        (RowCount, ColumnCount) = (rowCount, columnCount);
        (_starts, _columns, _values) = (starts, columns, values);
    }

    /// <summary>Number of rows.</summary>
    public int RowCount { get; }

    /// <summary>Number of columns.</summary>
    public int ColumnCount { get; }

    /// <summary>Number of stored values.</summary>
    public int Count => _columns.Length;

    /// <summary>Stored values over all cells; 0 for a matrix without cells.</summary>
    public double Density => RowCount == 0 || ColumnCount == 0 ? 0 : Count / ((double)RowCount * ColumnCount);

    /// <summary>Where each row begins in <see cref="Columns"/> and <see cref="Values"/>; one more entry than rows, the last is <see cref="Count"/>.</summary>
    public ReadOnlySpan<int> Starts => _starts;

    /// <summary>The columns of all rows, one row after the other.</summary>
    public ReadOnlySpan<int> Columns => _columns;

    /// <summary>The values of all rows, one row after the other.</summary>
    public ReadOnlySpan<float> Values => _values;

    /// <summary>Builds a matrix from (row, column, value) triplets in any order; values of the same cell are added in the order given.</summary>
    /// <remarks>Two counting sorts: time and extra memory grow with triplets + rows + columns.</remarks>
    /// <exception cref="ArgumentException">The spans differ in length, an index lies outside, or a value is not finite.</exception>
    public static Csr FromTriplets(int rowCount, int columnCount, ReadOnlySpan<int> rows, ReadOnlySpan<int> columns, ReadOnlySpan<float> values)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(rowCount);
        ArgumentOutOfRangeException.ThrowIfNegative(columnCount);
        if (rows.Length != columns.Length || rows.Length != values.Length)
            throw new ArgumentException($"Triplets need equally long spans; got {rows.Length} rows, {columns.Length} columns and {values.Length} values.", nameof(rows));
        var byColumn = new int[columnCount + 1];
        var starts = new int[rowCount + 1];
        for (var t = 0; t < rows.Length; t++)
        {
            if ((uint)rows[t] >= (uint)rowCount || (uint)columns[t] >= (uint)columnCount)
                throw new ArgumentException($"Triplet {t} is at ({rows[t]}, {columns[t]}); the matrix has {rowCount} rows and {columnCount} columns.", nameof(rows));
            if (!float.IsFinite(values[t])) throw new ArgumentException($"Triplet {t} at ({rows[t]}, {columns[t]}) is {values[t]}; values must be finite.", nameof(values));
            byColumn[columns[t] + 1]++;
            starts[rows[t] + 1]++;
        }
        Accumulate(byColumn);
        Accumulate(starts);
        var order = new int[rows.Length];
        for (var t = 0; t < rows.Length; t++) order[byColumn[columns[t]]++] = t;
        var sortedColumns = new int[rows.Length];
        var sortedValues = new float[rows.Length];
        var next = starts.AsSpan(0, rowCount).ToArray();
        foreach (var t in order)
        {
            var at = next[rows[t]]++;
            sortedColumns[at] = columns[t];
            sortedValues[at] = values[t];
        }
        return new Csr(rowCount, columnCount, starts, sortedColumns, sortedValues).WithoutDuplicates();
    }

    /// <summary>A matrix over arrays that are already in this layout; they are taken, not copied.</summary>
    /// <exception cref="ArgumentException">The arrays are no such matrix: lengths, order of columns or bounds are wrong.</exception>
    public static Csr FromParts(int columnCount, int[] starts, int[] columns, float[] values)
    {
        if (starts.Length == 0 || starts[0] != 0 || starts[^1] != columns.Length || columns.Length != values.Length)
            throw new ArgumentException($"{starts.Length} row starts do not describe {columns.Length} columns and {values.Length} values.", nameof(starts));
        for (var row = 0; row + 1 < starts.Length; row++)
        {
            if (starts[row + 1] < starts[row] || starts[row + 1] > columns.Length) throw new ArgumentException($"Row {row} ends before it begins.", nameof(starts));
            for (var at = starts[row]; at < starts[row + 1]; at++)
            {
                if ((uint)columns[at] >= (uint)columnCount || (at > starts[row] && columns[at] <= columns[at - 1]))
                    throw new ArgumentException($"Row {row} holds column {columns[at]} of {columnCount} out of range or out of order.", nameof(columns));
            }
        }
        return new Csr(starts.Length - 1, columnCount, starts, columns, values);
    }

    /// <summary>The values of one row.</summary>
    public SparseRow Row(int row)
    {
        var start = _starts[row];
        var length = _starts[row + 1] - start;
        return new SparseRow(_columns.AsSpan(start, length), _values.AsSpan(start, length));
    }

    /// <summary>How many values a row holds.</summary>
    public int CountOf(int row) => _starts[row + 1] - _starts[row];

    /// <summary>Rows and columns exchanged.</summary>
    public Csr Transpose()
    {
        var starts = new int[ColumnCount + 1];
        foreach (var column in _columns) starts[column + 1]++;
        Accumulate(starts);
        var next = starts.AsSpan(0, ColumnCount).ToArray();
        var columns = new int[Count];
        var values = new float[Count];
        for (var row = 0; row < RowCount; row++)
        {
            for (var at = _starts[row]; at < _starts[row + 1]; at++)
            {
                var to = next[_columns[at]]++;
                columns[to] = row;
                values[to] = _values[at];
            }
        }
        return new Csr(ColumnCount, RowCount, starts, columns, values);
    }

    /// <summary>The same cells with other values.</summary>
    public Csr Map(Func<float, float> value) => new(RowCount, ColumnCount, _starts, _columns, Array.ConvertAll(_values, v => value(v)));

    /// <summary>The same cells with other values, in the order of <see cref="Values"/>; the array is taken, not copied.</summary>
    /// <exception cref="ArgumentException">There is another number of values.</exception>
    public Csr WithValues(float[] values)
    {
        if (values.Length != Count) throw new ArgumentException($"{Count} cells need as many values; there are {values.Length}.", nameof(values));
        return new Csr(RowCount, ColumnCount, _starts, _columns, values);
    }

    /// <summary>Some rows, in the order asked for.</summary>
    public Csr SelectRows(ReadOnlySpan<int> rows)
    {
        var starts = new int[rows.Length + 1];
        for (var r = 0; r < rows.Length; r++) starts[r + 1] = starts[r] + CountOf(rows[r]);
        var columns = new int[starts[^1]];
        var values = new float[starts[^1]];
        for (var r = 0; r < rows.Length; r++)
        {
            var row = Row(rows[r]);
            row.Columns.CopyTo(columns.AsSpan(starts[r]));
            row.Values.CopyTo(values.AsSpan(starts[r]));
        }
        return new Csr(rows.Length, ColumnCount, starts, columns, values);
    }

    private Csr WithoutDuplicates()
    {
        var starts = new int[RowCount + 1];
        var to = 0;
        for (var row = 0; row < RowCount; row++)
        {
            for (var at = _starts[row]; at < _starts[row + 1]; at++)
            {
                if (to > starts[row] && _columns[to - 1] == _columns[at])
                {
                    _values[to - 1] += _values[at];
                    continue;
                }
                _columns[to] = _columns[at];
                _values[to++] = _values[at];
            }
            starts[row + 1] = to;
        }
        return to == Count ? this : new Csr(RowCount, ColumnCount, starts, _columns[..to], _values[..to]);
    }

    private static void Accumulate(int[] counts)
    {
        for (var i = 1; i < counts.Length; i++) counts[i] += counts[i - 1];
    }
}
