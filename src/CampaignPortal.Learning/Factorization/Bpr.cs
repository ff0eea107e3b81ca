using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using CampaignPortal.Learning.Data;
using CampaignPortal.Learning.Kernels;
using CampaignPortal.Statistics.Random;

namespace CampaignPortal.Learning.Factorization;

/// <summary>Choices of <see cref="Bpr"/>.</summary>
public sealed record BprOptions
{
    /// <summary>Length of a factor row.</summary>
    public int Dimension { get; init; } = 32;

    /// <summary>Passes; each draws as many triples as there are pairs.</summary>
    public int Epochs { get; init; } = 20;

    /// <summary>Step length.</summary>
    public double LearningRate { get; init; } = 0.05;

    /// <summary>λ of factors and biases.</summary>
    public double Regularization { get; init; } = 0.01;
}

/// <summary>Bayesian personalised ranking (Rendle, Freudenthaler, Gantner &amp; Schmidt-Thieme 2009): a taken item should score above one that was not.</summary>
/// <remarks>Ascends ln σ(x_ui − x_uj) with x_ui = b_i + u·i, one triple at a time; the order of the triples is drawn from the generator, so one thread does it.</remarks>
public static class Bpr
{
    /// <summary>Fits factors of the users of the matrix and of all items.</summary>
    /// <param name="interactions">Users × items; a stored value means "took it".</param>
    /// <param name="options">Dimension, passes and steps.</param>
    /// <param name="rng">Draws first factors and triples.</param>
    /// <param name="cancellationToken">Stops between passes.</param>
    public static BprModel Fit(Csr interactions, BprOptions options, Rng rng, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Dimension, 1, nameof(options.Dimension));
        ArgumentOutOfRangeException.ThrowIfNegative(options.Epochs, nameof(options.Epochs));
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(options.LearningRate, nameof(options.LearningRate));
        var d = options.Dimension;
        var scale = 0.1 / Math.Sqrt(d);
        var users = new float[checked(interactions.RowCount * d)];
        var items = new float[checked(interactions.ColumnCount * d)];
        var biases = new float[interactions.ColumnCount];
        foreach (ref var value in users.AsSpan()) value = (float)(scale * rng.NextNormal());
        foreach (ref var value in items.AsSpan()) value = (float)(scale * rng.NextNormal());
        var userOf = new int[interactions.Count];
        for (var user = 0; user < interactions.RowCount; user++) userOf.AsSpan(interactions.Starts[user], interactions.CountOf(user)).Fill(user);
        var (rate, regularization) = ((float)options.LearningRate, (float)options.Regularization);
        for (var epoch = 0; epoch < options.Epochs; epoch++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            for (var step = 0; step < userOf.Length; step++)
            {
                var pair = rng.NextInt(userOf.Length);
                var (user, positive, negative) = (userOf[pair], interactions.Columns[pair], rng.NextInt(interactions.ColumnCount));
                if (Contains(interactions.Row(user).Columns, negative)) continue;
                Step(users.AsSpan(user * d, d), items.AsSpan(positive * d, d), items.AsSpan(negative * d, d), ref biases[positive], ref biases[negative], rate, regularization);
            }
        }
        return new BprModel(users, items, biases, d);
    }

    /// <summary>Whether a sorted list has an item; without branches on the random comparisons, which would be guessed wrong every other time.</summary>
    private static bool Contains(ReadOnlySpan<int> sorted, int item)
    {
        var (first, count) = (0, sorted.Length);
        while (count > 1)
        {
            var half = count / 2;
            first += half & ((sorted[first + half] - item - 1) >> 31); // all ones where the middle is not behind the item
            count -= half;
        }
        return count == 1 && sorted[first] == item;
    }

    /// <summary>One step of gradient ascent on ln σ(difference) − λ/2·|parameters|², all gradients taken before the step.</summary>
    public static unsafe void Step(Span<float> user, Span<float> positive, Span<float> negative, ref float positiveBias, ref float negativeBias, float learningRate, float regularization)
    {
        if (positive.Length != user.Length || negative.Length != user.Length) throw new ArgumentException($"User and items must have factors of one length; they have {user.Length}, {positive.Length} and {negative.Length}.", nameof(positive));
        float pull;
        fixed (float* u = user, p = positive, n = negative)
        {
            var bias = positiveBias - negativeBias;
            if (Vector512.IsHardwareAccelerated) pull = Move<Lanes512, Vector512<float>>(u, p, n, user.Length, bias, learningRate, regularization);
            else if (Vector256.IsHardwareAccelerated) pull = Move<Lanes256, Vector256<float>>(u, p, n, user.Length, bias, learningRate, regularization);
            else pull = Move<LanesScalar, float>(u, p, n, user.Length, bias, learningRate, regularization);
        }
        positiveBias += learningRate * (pull - regularization * positiveBias);
        negativeBias += learningRate * (-pull - regularization * negativeBias);
    }

    /// <summary>Moves the factors and returns σ(−difference), how strongly the pair of items is pulled apart.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static unsafe float Move<TL, TV>(float* user, float* positive, float* negative, int length, float bias, float learningRate, float regularization) where TL : struct, ILanes<TV> where TV : struct
    {
        var sum = TL.Splat(0);
        for (var k = 0; k < length; k += TL.Width)
        {
            var count = Math.Min(TL.Width, length - k);
            sum = TL.MultiplyAdd(TL.LoadPart(user + k, count, 0), TL.Subtract(TL.LoadPart(positive + k, count, 0), TL.LoadPart(negative + k, count, 0)), sum);
        }
        var pull = 1 / (1 + MathF.Exp(bias + TL.Sum(sum)));
        TV rate = TL.Splat(learningRate * pull), back = TL.Splat(-learningRate * pull), keep = TL.Splat(1 - learningRate * regularization);
        for (var k = 0; k < length; k += TL.Width)
        {
            var count = Math.Min(TL.Width, length - k);
            TV u = TL.LoadPart(user + k, count, 0), p = TL.LoadPart(positive + k, count, 0), n = TL.LoadPart(negative + k, count, 0);
            TL.StorePart(user + k, count, TL.MultiplyAdd(rate, TL.Subtract(p, n), TL.Multiply(keep, u)));
            TL.StorePart(positive + k, count, TL.MultiplyAdd(rate, u, TL.Multiply(keep, p)));
            TL.StorePart(negative + k, count, TL.MultiplyAdd(back, u, TL.Multiply(keep, n)));
        }
        return pull;
    }
}

/// <summary>Fitted factors and biases. Knows only the users it was fitted on. Immutable.</summary>
public sealed class BprModel
{
    private readonly float[] _users, _items, _biases;
    private readonly int _dimension;

    internal BprModel(float[] users, float[] items, float[] biases, int dimension) => (_users, _items, _biases, _dimension) = (users, items, biases, dimension);

    /// <summary>Number of items.</summary>
    public int ItemCount => _biases.Length;

    /// <summary>Scores all items for a user of the fit.</summary>
    public void Score(int user, Span<float> scores)
    {
        var own = _users.AsSpan(user * _dimension, _dimension);
        for (var item = 0; item < scores.Length; item++) scores[item] = _biases[item] + TensorPrimitives.Dot(own, _items.AsSpan(item * _dimension, _dimension));
    }
}
