using System.Globalization;
using System.Text;
using CampaignPortal.Statistics.Random;
using static System.FormattableString;

namespace CampaignPortal.Simulation.Shop;

/// <summary>Draws an item: a still life of a few simple shapes in the colours of its series. The same item is always the same picture.</summary>
public static class ItemPicture
{
    private static readonly Dictionary<string, (string Main, string Dark, string Ground)> Paints = new(StringComparer.Ordinal)
    {
        ["sage"] = ("#9caf88", "#77896a", "#eef2ea"),
        ["oat"] = ("#d9c9a8", "#b3a078", "#f6f1e7"),
        ["moss"] = ("#6f7c45", "#4f5a30", "#eceedd"),
        ["sand"] = ("#d8b384", "#ad8757", "#f8f0e4"),
        ["white"] = ("#f4f1ea", "#cfc8ba", "#dfe5e8"),
        ["sky"] = ("#8fb3c9", "#6489a1", "#eaf2f6"),
        ["ink"] = ("#34465c", "#1f2c3b", "#e6eaee"),
        ["birch"] = ("#e3d3b8", "#b79f77", "#f3f3ee"),
        ["rust"] = ("#b9603f", "#8b4129", "#f8ebe4"),
        ["plum"] = ("#76516a", "#553449", "#f2e9ef"),
        ["mustard"] = ("#d5a63a", "#a57c1d", "#faf3df"),
        ["clay"] = ("#c98f6f", "#9c664a", "#f8ece4"),
    };

    /// <summary>A square SVG without text, scripts or references, about one kilobyte.</summary>
    public static string Draw(ShopItem item)
    {
        var rng = ChanceOf.Pictures.Generator(item.Index);
        var (main, dark, ground) = Paints[item.Colour];
        var svg = new StringBuilder(1_200).Append("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 200 200\">");
        svg.Append(CultureInfo.InvariantCulture, $"<rect width=\"200\" height=\"200\" fill=\"{ground}\"/>");
        svg.Append(CultureInfo.InvariantCulture, $"<ellipse cx=\"100\" cy=\"166\" rx=\"{62 + rng.NextInt(14)}\" ry=\"9\" fill=\"{dark}\" opacity=\".18\"/>");
        var pen = new Pen(svg, main, dark, ground, rng);
        Shape(pen, item);
        return svg.Append("</svg>").ToString();
    }

    private static void Shape(Pen pen, ShopItem item)
    {
        switch (item.Department)
        {
            case 0: Bed(pen); break;
            case 1: Towels(pen); break;
            case 2: Lamp(pen, item.Thing); break;
            case 3: Rug(pen, item.Thing); break;
            case 4: Cushion(pen); break;
            case 5: Dish(pen, item.Thing); break;
            case 6: Pot(pen); break;
            case 7: Glass(pen, item.Thing); break;
            case 8: Candle(pen); break;
            case 9: Basket(pen); break;
            case 10: Plant(pen); break;
            case 11: Parasol(pen); break;
            case 12: Toy(pen); break;
            default: Tin(pen); break;
        }
    }

    private static void Bed(Pen pen)
    {
        pen.Box(34, 108, 132, 50, 10, pen.Main);
        pen.Box(34, 128, 132, 30, 8, pen.Dark);
        pen.Box(42, 84, 54, 34, 12, pen.Ground, outlined: true);
        pen.Box(104, 84, 54, 34, 12, pen.Ground, outlined: true);
        pen.Stripes(38, 134, 124, 18, 3 + pen.Rng.NextInt(4));
    }

    private static void Towels(Pen pen)
    {
        var count = 3 + pen.Rng.NextInt(2);
        for (var i = 0; i < count; i++)
        {
            pen.Box(48 + pen.Rng.NextInt(8), 138 - i * 28, 98 + pen.Rng.NextInt(8), 25, 11, i % 2 is 0 ? pen.Main : pen.Dark);
            pen.Box(58, 147 - i * 28, 80, 3, 1, pen.Ground);
        }
    }

    private static void Lamp(Pen pen, int thing)
    {
        if (thing is 1)
        {
            pen.Line(100, 0, 100, 62, 3);
            pen.Path("M50 118 Q100 10 150 118 Z", pen.Main);
            pen.Circle(100, 120, 13, "#fff3c4");
            return;
        }
        pen.Path("M64 96 L82 40 L118 40 L136 96 Z", pen.Main);
        pen.Line(100, 96, 100, 152, 5);
        pen.Box(72, 150, 56, 12, 6, pen.Dark);
        pen.Path("M70 98 L130 98 L150 140 L50 140 Z", "#fff3c4", 0.45);
    }

    private static void Rug(Pen pen, int thing)
    {
        if (thing is 1)
        {
            for (var ring = 0; ring < 5; ring++) pen.Circle(100, 100, 66 - ring * 13, ring % 2 is 0 ? pen.Main : pen.Ground);
            return;
        }
        pen.Box(40, 46, 120, 110, 4, pen.Main);
        pen.Stripes(48, 56, 104, 90, 4 + pen.Rng.NextInt(4));
        for (var x = 46; x < 158; x += 9) pen.Line(x, 156, x, 166, 2);
    }

    private static void Cushion(Pen pen)
    {
        pen.Path("M46 62 Q100 48 154 62 Q164 108 152 154 Q100 166 48 154 Q36 108 46 62 Z", pen.Main);
        for (var i = 0; i < 4; i++) pen.Path(Invariant($"M52 {76 + i * 20} Q100 {66 + i * 20 + pen.Rng.NextInt(8)} 148 {76 + i * 20}"), "none", 1, pen.Dark);
        pen.Circle(100, 108, 5, pen.Ground);
    }

    private static void Dish(Pen pen, int thing)
    {
        if (thing is 2)
        {
            pen.Path("M60 74 H132 V142 Q132 160 112 160 H80 Q60 160 60 142 Z", pen.Main);
            pen.Path("M132 88 Q160 90 156 116 Q150 136 132 134", "none", 1, pen.Dark, 9);
            pen.Stripes(64, 98, 64, 12, 2);
            return;
        }
        pen.Circle(100, 104, 60, pen.Main);
        pen.Circle(100, 104, 46, pen.Ground);
        pen.Circle(100, 104, 40, pen.Main);
        for (var i = 0; i < 12; i++)
        {
            var angle = i * Math.PI / 6 + pen.Rng.NextDouble() * 0.1;
            pen.Circle(100 + 53 * Math.Cos(angle), 104 + 53 * Math.Sin(angle), 2.5, pen.Dark);
        }
    }

    private static void Pot(Pen pen)
    {
        pen.Box(46, 90, 108, 68, 16, pen.Main);
        pen.Box(40, 80, 120, 14, 7, pen.Dark);
        pen.Circle(100, 72, 9, pen.Dark);
        pen.Path("M46 104 H26 M154 104 H174", "none", 1, pen.Dark, 9);
        pen.Box(58, 104, 8, 40, 4, pen.Ground, opacity: 0.5);
    }

    private static void Glass(Pen pen, int thing)
    {
        if (thing is 1)
        {
            pen.Path("M68 46 H132 Q136 104 100 108 Q64 104 68 46 Z", pen.Main, 0.75);
            pen.Line(100, 108, 100, 154, 4);
            pen.Box(74, 152, 52, 8, 4, pen.Dark);
            return;
        }
        pen.Path("M66 52 H134 L126 152 Q125 160 116 160 H84 Q75 160 74 152 Z", pen.Main, 0.75);
        pen.Path("M69 92 H131 L126 150 Q125 156 116 156 H84 Q76 156 75 150 Z", pen.Dark, 0.35);
        for (var x = 80; x < 124; x += 10) pen.Line(x, 60, x, 148, 1.2);
    }

    private static void Candle(Pen pen)
    {
        for (var i = 0; i < 3; i++)
        {
            var height = 46 + pen.Rng.NextInt(50);
            var x = 50 + i * 36;
            pen.Box(x, 160 - height, 28, height, 5, i is 1 ? pen.Dark : pen.Main);
            pen.Line(x + 14, 160 - height, x + 14, 152 - height, 2);
            pen.Path(Invariant($"M{x + 14} {134 - height} Q{x + 22} {148 - height} {x + 14} {152 - height} Q{x + 6} {148 - height} {x + 14} {134 - height} Z"), "#f3b33d");
        }
    }

    private static void Basket(Pen pen)
    {
        pen.Path("M46 84 H154 L142 158 Q141 162 136 162 H64 Q59 162 58 158 Z", pen.Main);
        for (var y = 94; y < 158; y += 10) pen.Path(Invariant($"M52 {y} Q100 {y + 6 + pen.Rng.NextInt(3)} 148 {y}"), "none", 1, pen.Dark, 2);
        pen.Path("M66 84 Q100 24 134 84", "none", 1, pen.Dark, 6);
    }

    private static void Plant(Pen pen)
    {
        pen.Path("M66 112 H134 L126 162 H74 Z", pen.Main);
        pen.Box(60, 104, 80, 13, 5, pen.Dark);
        for (var leaf = -2; leaf <= 2; leaf++)
        {
            var (x, y) = (100 + leaf * 24, 38 + Math.Abs(leaf) * 14 + pen.Rng.NextInt(10));
            pen.Path(Invariant($"M100 104 Q{x - 14} {y + 26} {x} {y} Q{x + 14} {y + 26} 100 104 Z"), leaf % 2 is 0 ? "#6f8f5c" : "#86a673");
        }
    }

    private static void Parasol(Pen pen)
    {
        pen.Line(100, 44, 100, 160, 5);
        pen.Path("M28 92 Q100 0 172 92 Q154 80 136 92 Q118 80 100 92 Q82 80 64 92 Q46 80 28 92 Z", pen.Main);
        pen.Path("M64 92 Q76 54 100 44 Q124 54 136 92 Q118 80 100 92 Q82 80 64 92 Z", pen.Dark);
        pen.Box(70, 156, 60, 8, 4, pen.Dark);
    }

    private static void Toy(Pen pen)
    {
        pen.Box(42, 104, 54, 40, 6, pen.Main);
        pen.Box(104, 112, 54, 32, 6, pen.Dark);
        pen.Box(54, 80, 18, 26, 4, pen.Dark);
        foreach (var x in new[] { 56, 84, 118, 146 }) pen.Circle(x, 150, 11, pen.Rng.NextInt(2) is 0 ? "#d5a63a" : "#8fb3c9");
        pen.Circle(63, 66, 8, "#ffffff");
        pen.Circle(74, 54, 6, "#ffffff");
    }

    private static void Tin(Pen pen)
    {
        pen.Box(62, 58, 76, 104, 8, pen.Main);
        pen.Box(58, 48, 84, 20, 8, pen.Dark);
        pen.Box(62, 92, 76, 40, 0, pen.Ground);
        pen.Path(Invariant($"M100 98 Q{116 + pen.Rng.NextInt(8)} 112 100 126 Q{78 + pen.Rng.NextInt(6)} 112 100 98 Z"), "#86a673");
    }

    /// <summary>Writes shapes in the colours of one item.</summary>
    private sealed class Pen(StringBuilder svg, string main, string dark, string ground, Rng rng)
    {
        public string Main => main;

        public string Dark => dark;

        public string Ground => ground;

        public Rng Rng => rng;

        public void Box(double x, double y, double width, double height, double radius, string fill, bool outlined = false, double opacity = 1) => svg.Append(
            CultureInfo.InvariantCulture,
            $"<rect x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" rx=\"{radius}\" fill=\"{fill}\"{(outlined ? $" stroke=\"{dark}\" stroke-width=\"2\"" : "")}{Opacity(opacity)}/>");

        public void Circle(double x, double y, double radius, string fill) =>
            svg.Append(CultureInfo.InvariantCulture, $"<circle cx=\"{x:0.#}\" cy=\"{y:0.#}\" r=\"{radius}\" fill=\"{fill}\"/>");

        public void Line(double x1, double y1, double x2, double y2, double width) =>
            svg.Append(CultureInfo.InvariantCulture, $"<path d=\"M{x1} {y1} L{x2} {y2}\" stroke=\"{dark}\" stroke-width=\"{width}\" stroke-linecap=\"round\"/>");

        

        public void Path(string path, string fill, double opacity = 1, string? stroke = null, double width = 2)
        {
            svg.Append(CultureInfo.InvariantCulture, $"<path d=\"{path}\" fill=\"{fill}\"");
            if (stroke is not null) svg.Append(CultureInfo.InvariantCulture, $" stroke=\"{stroke}\" stroke-width=\"{width}\" stroke-linecap=\"round\"");
            svg.Append(Opacity(opacity)).Append("/>");
        }

        public void Stripes(double x, double y, double width, double height, int count)
        {
            for (var i = 0; i < count; i++) Box(x, y + i * height / count, width, height / count / 3, 1, ground, opacity: 0.55);
        }

        private static string Opacity(double opacity) => opacity < 1 ? string.Create(CultureInfo.InvariantCulture, $" opacity=\"{opacity}\"") : "";
    }
}
