using System.Globalization;
using System.IO.Compression;
using System.Text;
using CampaignPortal.Learning.Data;
using CampaignPortal.Statistics.Random;
using CampaignPortal.Testing;

namespace CampaignPortal.Learning.Tests;

/// <summary>Data with known structure, and the real files that lie beside the repository.</summary>
internal static class Samples
{
    public static float[] Normals(Rng rng, int count, double scale = 1)
    {
        var values = new float[count];
        for (var i = 0; i < count; i++) values[i] = (float)(rng.NextNormal() * scale);
        return values;
    }

    /// <summary>Gaussian blobs around centres that lie far apart; row i belongs to blob i mod k.</summary>
    public static (Matrix Data, int[] Labels) Blobs(Rng rng, int rowCount, int columnCount, int blobCount, double spread = 0.5)
    {
        var centres = Normals(rng, blobCount * columnCount, 6);
        var data = new Matrix(rowCount, columnCount);
        var labels = new int[rowCount];
        for (var i = 0; i < rowCount; i++)
        {
            labels[i] = i % blobCount;
            for (var j = 0; j < columnCount; j++) data[i, j] = centres[labels[i] * columnCount + j] + (float)(spread * rng.NextNormal());
        }
        return (data, labels);
    }

    /// <summary>Binary labels from a logistic model with the given weights (intercept last).</summary>
    public static (Matrix Data, float[] Labels) Logistic(Rng rng, int rowCount, params double[] weights)
    {
        var columns = weights.Length - 1;
        var data = new Matrix(rowCount, columns, Normals(rng, rowCount * columns));
        var labels = new float[rowCount];
        for (var i = 0; i < rowCount; i++)
        {
            var z = weights[columns];
            for (var j = 0; j < columns; j++) z += weights[j] * data[i, j];
            labels[i] = rng.NextDouble() < 1 / (1 + Math.Exp(-z)) ? 1 : 0;
        }
        return (data, labels);
    }

    /// <summary>ln(1 + recency days), ln(1 + invoices), ln(1 + revenue) of the Online Retail customers, standardised: the protocol of that file's README.</summary>
    public static Matrix OnlineRetailRfm()
    {
        var path = SharedData.PathOrSkip("data/online-retail/transactions-2010-12-to-2011-08.csv.gz");
        using var reader = new StreamReader(new GZipStream(File.OpenRead(path), CompressionMode.Decompress));
        reader.ReadLine();
        var customers = new SortedDictionary<string, (DateTime Last, HashSet<string> Invoices, decimal Revenue)>(StringComparer.Ordinal);
        while (reader.ReadLine() is { } line)
        {
            var cells = Cells(line);
            var (quantity, price) = (int.Parse(cells[3], CultureInfo.InvariantCulture), decimal.Parse(cells[5], CultureInfo.InvariantCulture));
            if (cells[6].Length == 0 || cells[0].StartsWith('C') || quantity <= 0 || price <= 0) continue;
            var day = DateTime.ParseExact(cells[4][..10], "yyyy-MM-dd", CultureInfo.InvariantCulture);
            if (!customers.TryGetValue(cells[6], out var customer)) customer = (day, [], 0);
            customer.Invoices.Add(cells[0]);
            customers[cells[6]] = (day > customer.Last ? day : customer.Last, customer.Invoices, customer.Revenue + quantity * price);
        }
        var data = new double[customers.Count, 3];
        var i = 0;
        foreach (var (last, invoices, revenue) in customers.Values)
        {
            data[i, 0] = Math.Log(1 + (new DateTime(2011, 9, 1) - last).TotalDays);
            data[i, 1] = Math.Log(1.0 + invoices.Count);
            data[i++, 2] = Math.Log(1 + (double)revenue);
        }
        var matrix = new Matrix(customers.Count, 3, ["recency", "frequency", "monetary"]);
        for (var j = 0; j < 3; j++)
        {
            var column = Enumerable.Range(0, customers.Count).Select(r => data[r, j]).ToArray();
            var mean = column.Average();
            var deviation = Math.Sqrt(column.Sum(v => (v - mean) * (v - mean)) / column.Length);
            for (var r = 0; r < column.Length; r++) matrix[r, j] = (float)((column[r] - mean) / deviation);
        }
        return matrix;
    }

    private static List<string> Cells(string line)
    {
        var cells = new List<string>();
        var cell = new StringBuilder();
        var quoted = false;
        foreach (var c in line)
        {
            if (c == '"') quoted = !quoted;
            else if (c == ',' && !quoted)
            {
                cells.Add(cell.ToString());
                cell.Clear();
            }
            else cell.Append(c);
        }
        cells.Add(cell.ToString());
        return cells;
    }
}
