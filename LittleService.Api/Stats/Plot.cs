using System.Globalization;
using System.Text;

namespace LittleService.Api.Stats;

/// <summary>The geometry of a plot of bars: one path for all of them, in a box of fixed units that the page scales.</summary>
public sealed class Plot
{
    public const int Width = 720;
    public const int Height = 160;

    private static readonly double[] RoundSteps = [1, 2, 5, 10];

    private Plot(double top, string path) => (Top, Path) = (top, path);

    /// <summary>The value at the upper edge: the largest one, rounded up to 1, 2 or 5 of its magnitude.</summary>
    public double Top { get; }

    /// <summary>The bars, as the <c>d</c> of an SVG path.</summary>
    public string Path { get; }

    /// <summary>Bars of equal width.</summary>
    /// <param name="slots">How many bars there is room for.</param>
    /// <param name="bars">Which slot, from 0, and how high.</param>
    public static Plot Of(int slots, IEnumerable<(int Slot, double Value)> bars)
    {
        var all = bars.Where(bar => bar.Value > 0 && bar.Slot >= 0 && bar.Slot < slots).ToList();
        var top = RoundUp(all.Count == 0 ? 1 : all.Max(bar => bar.Value));
        var step = (double)Width / Math.Max(1, slots);
        var gap = step > 4 ? 1 : 0;
        var path = new StringBuilder();
        foreach (var (slot, value) in all)
        {
            var height = value / top * Height;
            path.Append(CultureInfo.InvariantCulture, $"M{slot * step:0.##} {Height}V{Height - height:0.##}h{step - gap:0.##}V{Height}z");
        }
        return new(top, path.ToString());
    }

    /// <summary>A number for people: 950, 12.5k, 3.1M.</summary>
    public static string Brief(double number) => Math.Abs(number) switch
    {
        >= 1e12 => number.ToString("0.##e0", CultureInfo.InvariantCulture),
        >= 1e9 => (number / 1e9).ToString("0.#G", CultureInfo.InvariantCulture),
        >= 1e6 => (number / 1e6).ToString("0.#M", CultureInfo.InvariantCulture),
        >= 1e4 => (number / 1e3).ToString("0.#k", CultureInfo.InvariantCulture),
        >= 100 or 0 => number.ToString("0", CultureInfo.InvariantCulture),
        _ => number.ToString("0.###", CultureInfo.InvariantCulture),
    };

    private static double RoundUp(double value)
    {
        var magnitude = Math.Pow(10, Math.Floor(Math.Log10(value)));
        return RoundSteps.Select(step => step * magnitude).First(step => step >= value * .999999);
    }
}
