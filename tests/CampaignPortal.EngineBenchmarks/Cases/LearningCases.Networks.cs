using CampaignPortal.Learning.Autograd;
using CampaignPortal.Learning.Kernels;
using CampaignPortal.Learning.Nn;
using CampaignPortal.Learning.Optim;
using CampaignPortal.Learning.Tensors;

namespace CampaignPortal.Benchmarks.Cases;

/// <summary>Cases of network pieces: groups activations, linear, embedding, norms, losses, optimisers, training.</summary>
public static partial class LearningCases
{
    private static readonly Dictionary<string, Activation> ActivationNames = new()
    {
        ["relu"] = Activation.Relu,
        ["leaky_relu"] = Activation.LeakyRelu,
        ["gelu"] = Activation.Gelu,
        ["gelu_tanh"] = Activation.GeluTanh,
        ["silu"] = Activation.Silu,
        ["sigmoid"] = Activation.Sigmoid,
        ["tanh"] = Activation.Tanh,
        ["softplus"] = Activation.Softplus,
        ["elu"] = Activation.Elu,
    };

    private static Handler? NetworkHandler(string group, string stem) => (group, stem) switch
    {
        ("activations", "softmax") => c => OverRows(c, Softmax.Forward, (y, g, x, columns) => Softmax.Backward(y, g, x, columns)),
        ("activations", "log_softmax") => c => OverRows(c, Softmax.ForwardLog, (y, g, x, columns) => Softmax.BackwardLog(y, g, x, columns)),
        ("activations", _) when ActivationNames.TryGetValue(stem, out var activation) => c => Activate(c, activation),
        ("linear", "linear") => LinearLayer,
        ("embedding", "embedding") => Lookup,
        ("embedding", "bag-sum" or "bag-mean") => Bags,
        ("norms", "layernorm") => LayerNormCase,
        ("norms", "batchnorm-train") => c => BatchNormCase(c, training: true),
        ("norms", "batchnorm-eval") => c => BatchNormCase(c, training: false),
        ("attention", _) => AttentionHandler(stem),
        ("gru", "gru") => c => RecurrentLayer(c, RecurrentCell.Gru),
        ("lstm", "lstm") => c => RecurrentLayer(c, RecurrentCell.Lstm),
        ("losses", _) => LossHandler(stem),
        ("optimisers", "clip-norm") => ClipNorm,
        ("optimisers", "schedules") => Schedules,
        ("optimisers", "sgd" or "sgd-momentum" or "sgd-nesterov") => c => Trace(c, new Sgd(c.Option("momentum", 0), c.Flag("nesterov"), c.Option("weight_decay", 0))),
        ("optimisers", "adam" or "adam-l2" or "adamw") => c => Trace(c, new Adam(c.Option("beta1"), c.Option("beta2"), c.Option("eps"), c.Option("weight_decay", 0), decoupled: stem == "adamw")),
        ("optimisers", "adagrad") => c => Trace(c, new Adagrad(c.Option("eps"))),
        ("optimisers", "rmsprop") => c => Trace(c, new RmsProp(c.Option("alpha"), c.Option("eps"))),
        ("training", "mlp") => TrainingTrace,
        _ => null,
    };

    private delegate void RowForward(ReadOnlySpan<float> x, Span<float> y, int columns);

    private delegate void RowBackward(ReadOnlySpan<float> y, ReadOnlySpan<float> gradY, Span<float> gradX, int columns);

    private static Dictionary<string, object> OverRows(LearningCase c, RowForward forward, RowBackward backward)
    {
        var (x, columns) = (c.Floats("x"), c.Shape("x")[^1]);
        var (y, gradX) = (new float[x.Length], new float[x.Length]);
        forward(x, y, columns);
        backward(y, c.Floats("grad_y"), gradX, columns);
        return new Dictionary<string, object> { ["y"] = y, ["grad_x"] = gradX };
    }

    private static Dictionary<string, object> Activate(LearningCase c, Activation activation)
    {
        var x = c.Floats("x");
        var (y, gradX) = (new float[x.Length], new float[x.Length]);
        Activations.Forward(activation, x, y);
        Activations.Backward(activation, x, y, c.Floats("grad_y"), gradX);
        return new Dictionary<string, object> { ["y"] = y, ["grad_x"] = gradX };
    }

    /// <summary>The result of one operation and, for the slopes grad_y, the gradients of inputs and parameters by the names of the case.</summary>
    private sealed class Taped(LearningCase c) : IDisposable
    {
        private readonly Dictionary<string, Tensor> _inputs = [];
        private readonly Dictionary<string, Parameter> _parameters = [];

        public Tape Tape { get; } = Started();

        /// <summary>An input whose gradient is wanted, as grad_name.</summary>
        public Tensor Input(string name) => _inputs[name] = Tape.Input(c.Floats(name), ShapeOf(c.Shape(name)), needsGradient: true);

        /// <summary>An input that fills a parameter.</summary>
        public void Fill(string name, Parameter parameter)
        {
            c.Floats(name).CopyTo(parameter.Value);
            _parameters[name] = parameter;
        }

        /// <summary>A parameter of its own for an input.</summary>
        public Tensor Parameter(string name)
        {
            var parameter = new Parameter(name, c.Shape(name));
            Fill(name, parameter);
            return Tape.Use(parameter);
        }

        public Dictionary<string, object> Result(Tensor y)
        {
            Tape.Backward(y, c.Floats("grad_y"));
            var result = new Dictionary<string, object> { ["y"] = y.Values.ToArray() };
            foreach (var (name, input) in _inputs) result["grad_" + name] = Tape.GradientOf(input).ToArray();
            foreach (var (name, parameter) in _parameters) result["grad_" + name] = parameter.Gradient.ToArray();
            return result;
        }

        public void Dispose() => Tape.Dispose();

        private static Tape Started()
        {
            var tape = new Tape();
            tape.Begin(training: true);
            return tape;
        }
    }

    private static Shape ShapeOf(int[] sizes) => sizes.Length switch
    {
        0 => Shape.Scalar,
        1 => new Shape(sizes[0]),
        2 => new Shape(sizes[0], sizes[1]),
        3 => new Shape(sizes[0], sizes[1], sizes[2]),
        _ => new Shape(sizes[0], sizes[1], sizes[2], sizes[3]),
    };

    private static Dictionary<string, object> LinearLayer(LearningCase c)
    {
        using var taped = new Taped(c);
        return taped.Result(taped.Tape.Linear(taped.Input("x"), taped.Parameter("weight"), taped.Parameter("bias")));
    }

    private static Dictionary<string, object> Lookup(LearningCase c)
    {
        var padding = c.Option("padding_index", -1);
        using var taped = new Taped(c);
        var layer = new Embedding("embedding", c.Shape("weight")[0], c.Shape("weight")[1], padding >= 0 ? (int)padding : null);
        taped.Fill("weight", layer.Weight);
        return taped.Result(layer.Forward(taped.Tape, taped.Tape.Indices(c.Ints("index"))));
    }

    private static Dictionary<string, object> Bags(LearningCase c)
    {
        using var taped = new Taped(c);
        var layer = new Embedding("embedding", c.Shape("weight")[0], c.Shape("weight")[1]);
        taped.Fill("weight", layer.Weight);
        var index = c.Ints("index");
        return taped.Result(layer.ForwardBags(taped.Tape, taped.Tape.Indices(index), taped.Tape.Indices([.. c.Ints("offsets"), index.Length]), c.Text("mode") == "mean" ? BagMode.Mean : BagMode.Sum));
    }

    private static Dictionary<string, object> LayerNormCase(LearningCase c)
    {
        using var taped = new Taped(c);
        return taped.Result(taped.Tape.LayerNorm(taped.Input("x"), taped.Parameter("weight"), taped.Parameter("bias"), c.Option("eps")));
    }

    private static Dictionary<string, object> BatchNormCase(LearningCase c, bool training)
    {
        using var taped = new Taped(c);
        var layer = new BatchNorm("norm", c.Shape("weight")[0], c.Option("eps"), c.Option("momentum", 0.1));
        taped.Fill("weight", layer.Weight);
        taped.Fill("bias", layer.Bias);
        c.Floats("running_mean").CopyTo(layer.RunningMean.Value);
        c.Floats("running_var").CopyTo(layer.RunningVariance.Value);
        if (!training) taped.Tape.Begin(training: false);
        var y = layer.Forward(taped.Tape, taped.Input("x"));
        var result = training ? taped.Result(y) : new Dictionary<string, object> { ["y"] = y.Values.ToArray() };
        result["running_mean"] = layer.RunningMean.Value.ToArray();
        result["running_var"] = layer.RunningVariance.Value.ToArray();
        return result;
    }

    private static Dictionary<string, object> Trace(LearningCase c, Optimizer optimizer)
    {
        var width = c.Shape("weights")[0];
        var parameter = new Parameter("weights", width);
        c.Floats("weights").CopyTo(parameter.Value);
        var trace = new List<float>();
        foreach (var gradient in c.Floats("gradients").Chunk(width))
        {
            gradient.CopyTo(parameter.Gradient);
            optimizer.Step([parameter], c.Option("lr"));
            trace.AddRange(parameter.Value);
        }
        return new Dictionary<string, object> { ["trace"] = trace };
    }

    private static Dictionary<string, object> ClipNorm(LearningCase c)
    {
        // The inputs are any number of gradients; they share one norm.
        var parameters = c.Json.GetProperty("input").EnumerateObject().Select(p =>
        {
            var parameter = new Parameter(p.Name, c.Shape(p.Name));
            c.Floats(p.Name).CopyTo(parameter.Gradient);
            return parameter;
        }).ToArray();
        var result = new Dictionary<string, object> { ["norm"] = GradientClipping.ByNorm(parameters, c.Option("max_norm")) };
        foreach (var parameter in parameters) result.Add(parameter.Name, parameter.Gradient.ToArray());
        return result;
    }

    private static Dictionary<string, object> Schedules(LearningCase c)
    {
        // Lengths come from the case; warm-up of 4 of 12 steps and halving every 3 are the group's convention.
        var (rate, total) = (c.Option("lr"), (int)c.Option("total"));
        int Length(string name) => c.Json.GetProperty("expected").GetProperty(name).GetProperty("shape")[0].GetInt32();
        return new Dictionary<string, object>
        {
            ["cosine"] = Enumerable.Range(0, Length("cosine")).Select(s => LearningRates.Cosine(rate, s, total)).ToArray(),
            ["warmup_linear"] = Enumerable.Range(0, Length("warmup_linear")).Select(s => LearningRates.WarmUpLinear(rate, s, 4, 12)).ToArray(),
            ["step_half_every_3"] = Enumerable.Range(0, Length("step_half_every_3")).Select(s => LearningRates.Step(rate, s, 3)).ToArray(),
        };
    }

    private static Dictionary<string, object> TrainingTrace(LearningCase c)
    {
        var (x, y, shape) = (c.Floats("x"), c.Floats("y"), c.Shape("w1"));
        var (hidden, output) = (new Linear("hidden", shape[1], shape[0]), new Linear("output", shape[0], 1));
        c.Floats("w1").CopyTo(hidden.Weight.Value);
        c.Floats("b1").CopyTo(hidden.Bias.Value);
        c.Floats("w2").CopyTo(output.Weight.Value);
        c.Floats("b2").CopyTo(output.Bias.Value);
        Parameter[] parameters = [hidden.Weight, hidden.Bias, output.Weight, output.Bias];
        var (adam, losses) = (new Adam(), new List<double>());
        using var tape = new Tape();
        for (var step = 0; step < (int)c.Option("steps"); step++)
        {
            tape.Begin(training: true, step);
            var logits = output.Forward(tape, hidden.Forward(tape, tape.Input(x, new Shape(y.Length, shape[1])), Activation.Tanh));
            var loss = tape.BinaryCrossEntropy(logits, y);
            losses.Add(loss.Scalar);
            tape.Backward(loss);
            adam.Step(parameters, c.Option("lr"));
        }
        return new Dictionary<string, object>
        {
            ["loss"] = losses,
            ["w1"] = hidden.Weight.Value.ToArray(),
            ["b1"] = hidden.Bias.Value.ToArray(),
            ["w2"] = output.Weight.Value.ToArray(),
            ["b2"] = output.Bias.Value.ToArray(),
        };
    }
}
