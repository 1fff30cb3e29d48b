using System.Globalization;

namespace LittleService.Api.Stats;

/// <summary>A bar of a <see cref="Plot"/>, in the units of its box.</summary>
/// <param name="X">Its left edge.</param>
/// <param name="Y">Its upper edge.</param>
/// <param name="Width">Its width.</param>
/// <param name="Title">The exact value and what it stands for, shown on hover.</param>
public readonly record struct Bar(double X, double Y, double Width, string Title);

/// <summary>The geometry of a bar plot, in a box of fixed units that the page scales.</summary>
public sealed class Plot
{
    public const int Width = 720;
    public const int Height = 160;

    private static readonly double[] RoundSteps = [1, 2, 5, 10];

    private Plot(double top, IReadOnlyList<Bar> bars) => (Top, Bars) = (top, bars);

    /// <summary>The value at the upper edge: the largest one, rounded up to 1, 2 or 5 of its magnitude.</summary>
    public double Top { get; }

    /// <summary>The bars that are higher than zero.</summary>
    public IReadOnlyList<Bar> Bars { get; }

    /// <summary>The labelled values of the vertical axis, from the top down. Whole numbers, since it counts.</summary>
    public IReadOnlyList<double> Ticks => Top >= 2 && double.IsInteger(Top / 2) ? [Top, Top / 2, 0] : [Top, 0];

    /// <summary>Bars of equal width.</summary>
    /// <param name="slots">How many bars there is room for.</param>
    /// <param name="bars">Which slot, from 0, how high, and what it stands for.</param>
    public static Plot Of(int slots, IEnumerable<(int Slot, double Value, string Label)> bars)
    {
        var all = bars.Where(bar => bar.Value > 0 && bar.Slot >= 0 && bar.Slot < slots).ToList();
        var top = RoundUp(all.Count == 0 ? 1 : all.Max(bar => bar.Value));
        var step = (double)Width / Math.Max(1, slots);
        var gap = step > 4 ? 1 : 0;
        return new(top, all.ConvertAll(bar => new Bar(
            Round(bar.Slot * step), Round(Height - (bar.Value / top * Height)), Round(step - gap),
            string.Create(CultureInfo.InvariantCulture, $"{bar.Label}: {bar.Value:#,0.###}"))));
    }

    /// <summary>Where a value of the vertical axis lies.</summary>
    public double Y(double value) => Round(Height - (value / Top * Height));

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

    private static double Round(double units) => Math.Round(units, 2);

    private static double RoundUp(double value)
    {
        var magnitude = Math.Pow(10, Math.Floor(Math.Log10(value)));
        return RoundSteps.Select(step => step * magnitude).First(step => step >= value * .999999);
    }
}
