using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace CampaignPortal.Learning.Kernels;

/// <summary>The element-wise part of recurrent cells for one step of several sequences, forward and backward.</summary>
/// <remarks>Rows hold the gates one after the other, each of the width of the hidden state. All pointers advance row by row.</remarks>
internal static unsafe class RecurrentKernels
{
    /// <summary>What a step reads and writes.</summary>
    internal struct Step
    {
        /// <summary>[rows, gates·width]: sums before the activation, then the activated gates.</summary>
        public float* Gates;

        /// <summary>[rows, 3·width], GRU: U h + c.</summary>
        public float* Recurrent;

        /// <summary>[rows, width]: hidden states before (GRU) or cell states before (LSTM).</summary>
        public float* Before;

        /// <summary>[rows, width], GRU: U h + c of the new state; LSTM: cell states after the step.</summary>
        public float* State;

        /// <summary>[rows, width]: hidden states after the step; backward: slopes of them.</summary>
        public float* Hidden;

        /// <summary>[rows, width], backward: what goes on to the step before; for an LSTM the slopes of the cell states.</summary>
        public float* Carry;

        /// <summary>[rows, gates·width], backward: slopes of the sums of the input part.</summary>
        public float* GateSlopes;

        /// <summary>[rows, 3·width], backward, GRU: slopes of U h + c.</summary>
        public float* RecurrentSlopes;

        public int Rows, Width;
    }

    public static void GruForward(Step s) => Run<GruForwardRule>(s);

    public static void GruBackward(Step s) => Run<GruBackwardRule>(s);

    public static void LstmForward(Step s) => Run<LstmForwardRule>(s);

    public static void LstmBackward(Step s) => Run<LstmBackwardRule>(s);

    private static void Run<TRule>(Step s) where TRule : struct, IRule
    {
        if (Vector512.IsHardwareAccelerated) Rows<TRule, Lanes512, Vector512<float>>(s);
        else if (Vector256.IsHardwareAccelerated) Rows<TRule, Lanes256, Vector256<float>>(s);
        else Rows<TRule, LanesScalar, float>(s);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Rows<TRule, TL, TV>(Step s) where TRule : struct, IRule where TL : struct, ILanes<TV> where TV : struct
    {
        for (var i = 0; i < s.Rows; i++)
        {
            var j = 0;
            for (; j <= s.Width - TL.Width; j += TL.Width) TRule.Apply<TL, TV>(s, i, j);
            for (; j < s.Width; j++) TRule.Apply<LanesScalar, float>(s, i, j);
        }
    }

    private interface IRule
    {
        static abstract void Apply<TL, TV>(Step s, int row, int column) where TL : struct, ILanes<TV> where TV : struct;
    }

    private readonly struct GruForwardRule : IRule
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Apply<TL, TV>(Step s, int row, int column) where TL : struct, ILanes<TV> where TV : struct
        {
            var gates = s.Gates + (long)row * 3 * s.Width + column;
            var recurrent = s.Recurrent + (long)row * 3 * s.Width + column;
            var at = (long)row * s.Width + column;
            var r = Elementary<TL, TV>.Sigmoid(TL.Add(TL.Load(gates), TL.Load(recurrent)));
            var z = Elementary<TL, TV>.Sigmoid(TL.Add(TL.Load(gates + s.Width), TL.Load(recurrent + s.Width)));
            var u = TL.Load(recurrent + 2 * s.Width);
            var n = Elementary<TL, TV>.Tanh(TL.MultiplyAdd(r, u, TL.Load(gates + 2 * s.Width)));
            TL.Store(gates, r);
            TL.Store(gates + s.Width, z);
            TL.Store(gates + 2 * s.Width, n);
            TL.Store(s.State + at, u);
            TL.Store(s.Hidden + at, TL.MultiplyAdd(z, TL.Subtract(TL.Load(s.Before + at), n), n)); // (1 − z)·n + z·h
        }
    }

    private readonly struct GruBackwardRule : IRule
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Apply<TL, TV>(Step s, int row, int column) where TL : struct, ILanes<TV> where TV : struct
        {
            var wide = (long)row * 3 * s.Width + column;
            var at = (long)row * s.Width + column;
            var one = TL.Splat(1);
            var (r, z, n) = (TL.Load(s.Gates + wide), TL.Load(s.Gates + wide + s.Width), TL.Load(s.Gates + wide + 2 * s.Width));
            var slope = TL.Add(TL.Load(s.Hidden + at), TL.Load(s.Carry + at));
            var slopeZ = TL.Multiply(TL.Multiply(slope, TL.Subtract(TL.Load(s.Before + at), n)), TL.Multiply(z, TL.Subtract(one, z)));
            var slopeN = TL.Multiply(TL.Multiply(slope, TL.Subtract(one, z)), TL.Subtract(one, TL.Multiply(n, n)));
            var slopeR = TL.Multiply(TL.Multiply(slopeN, TL.Load(s.State + at)), TL.Multiply(r, TL.Subtract(one, r)));
            TL.Store(s.GateSlopes + wide, slopeR);
            TL.Store(s.GateSlopes + wide + s.Width, slopeZ);
            TL.Store(s.GateSlopes + wide + 2 * s.Width, slopeN);
            TL.Store(s.RecurrentSlopes + wide, slopeR);
            TL.Store(s.RecurrentSlopes + wide + s.Width, slopeZ);
            TL.Store(s.RecurrentSlopes + wide + 2 * s.Width, TL.Multiply(slopeN, r));
            TL.Store(s.Carry + at, TL.Multiply(slope, z));
        }
    }

    private readonly struct LstmForwardRule : IRule
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Apply<TL, TV>(Step s, int row, int column) where TL : struct, ILanes<TV> where TV : struct
        {
            var gates = s.Gates + (long)row * 4 * s.Width + column;
            var at = (long)row * s.Width + column;
            var i = Elementary<TL, TV>.Sigmoid(TL.Load(gates));
            var f = Elementary<TL, TV>.Sigmoid(TL.Load(gates + s.Width));
            var g = Elementary<TL, TV>.Tanh(TL.Load(gates + 2 * s.Width));
            var o = Elementary<TL, TV>.Sigmoid(TL.Load(gates + 3 * s.Width));
            var c = TL.MultiplyAdd(f, TL.Load(s.Before + at), TL.Multiply(i, g));
            TL.Store(gates, i);
            TL.Store(gates + s.Width, f);
            TL.Store(gates + 2 * s.Width, g);
            TL.Store(gates + 3 * s.Width, o);
            TL.Store(s.State + at, c);
            TL.Store(s.Hidden + at, TL.Multiply(o, Elementary<TL, TV>.Tanh(c)));
        }
    }

    private readonly struct LstmBackwardRule : IRule
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Apply<TL, TV>(Step s, int row, int column) where TL : struct, ILanes<TV> where TV : struct
        {
            var wide = (long)row * 4 * s.Width + column;
            var at = (long)row * s.Width + column;
            var one = TL.Splat(1);
            var (i, f) = (TL.Load(s.Gates + wide), TL.Load(s.Gates + wide + s.Width));
            var (g, o) = (TL.Load(s.Gates + wide + 2 * s.Width), TL.Load(s.Gates + wide + 3 * s.Width));
            var t = Elementary<TL, TV>.Tanh(TL.Load(s.State + at));
            var slope = TL.Load(s.Hidden + at);
            var slopeC = TL.MultiplyAdd(TL.Multiply(slope, o), TL.Subtract(one, TL.Multiply(t, t)), TL.Load(s.Carry + at));
            TL.Store(s.GateSlopes + wide, TL.Multiply(TL.Multiply(slopeC, g), TL.Multiply(i, TL.Subtract(one, i))));
            TL.Store(s.GateSlopes + wide + s.Width, TL.Multiply(TL.Multiply(slopeC, TL.Load(s.Before + at)), TL.Multiply(f, TL.Subtract(one, f))));
            TL.Store(s.GateSlopes + wide + 2 * s.Width, TL.Multiply(TL.Multiply(slopeC, i), TL.Subtract(one, TL.Multiply(g, g))));
            TL.Store(s.GateSlopes + wide + 3 * s.Width, TL.Multiply(TL.Multiply(slope, t), TL.Multiply(o, TL.Subtract(one, o))));
            TL.Store(s.Carry + at, TL.Multiply(slopeC, f));
        }
    }
}
