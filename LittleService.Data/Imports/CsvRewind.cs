namespace LittleService.Data.Imports;

/// <summary>
/// What a record holds behind its first line, so that it can be read again where a quote in that line turns out not to be closed. It is
/// read twice at most: a line that opens a quote of its own would have closed the first one.
/// </summary>
/// <param name="longest">So much is kept.</param>
internal sealed class CsvRewind(int longest)
{
    private byte[] _kept = [];
    private byte[] _again = [];
    private int _next;
    private int _length;
    private (long Position, int Line) _mark;

    /// <summary>Whether the record has more lines than one, as far as it was read.</summary>
    public bool IsMarked { get; private set; }

    /// <summary>Whether there is no room for more of it, so that it cannot be read again from its second line on.</summary>
    public bool IsFull => _length == longest;

    /// <summary>Whether all that is to be read again has been.</summary>
    public bool IsAtEnd => _next == _again.Length;

    public byte Next => _again[_next];

    public void Skip() => _next++;

    /// <summary>The record begins.</summary>
    public void Forget() => (_length, IsMarked) = (0, false);

    /// <summary>
    /// A line within the record ends at this position. Behind the first, what comes is kept; the LF of a CRLF belongs to its line.
    /// </summary>
    public void Mark(long position, int line)
    {
        if (IsMarked && _length > 1) return;
        (_mark, _length, IsMarked) = ((position, line), 0, true);
        if (_kept.Length == 0) _kept = new byte[longest];
    }

    public void Keep(byte next)
    {
        if (IsMarked && !IsFull) _kept[_length++] = next;
    }

    /// <summary>What was kept is read again, before what was left of an earlier time. Gives where it begins.</summary>
    public (long Position, int Line) Begin()
    {
        _again = [.. _kept.AsSpan(0, _length), .. _again.AsSpan(_next)];
        _next = 0;
        return _mark;
    }
}
