using System.Text;
using System.Text.Unicode;

namespace LittleService.Data.Imports;

/// <summary>
/// Reads RFC 4180 records from UTF-8, with memory independent of the size of the file and its lines. A record that cannot be read is
/// reported by its line, and reading goes on behind it. A quote that is not closed as it should be costs the line in which it opens and no
/// other. Lines may end in LF, CRLF or CR; blank ones are skipped.
/// </summary>
/// <param name="source">The bytes, in pieces of any size.</param>
/// <param name="position">Where in the file the source begins: 0, or the end of a record.</param>
/// <param name="line">The line on which it begins.</param>
/// <param name="delimiter">The delimiter.</param>
public sealed class CsvReader(IAsyncEnumerator<ReadOnlyMemory<byte>> source, long position = 0, int line = 1, char delimiter = ',')
{
    /// <summary>The most bytes a record may hold, and the most columns.</summary>
    public const int LongestRecord = 64 * 1024;
    public const int MostFields = 100;

    private readonly byte _delimiter = (byte)delimiter;
    private readonly byte[] _text = new byte[LongestRecord];
    private readonly List<int> _ends = [];
    private readonly CsvRewind _rewind = new(LongestRecord);
    private ReadOnlyMemory<byte> _piece;
    private int _at;
    private int _length;
    private State _state;
    private string? _error;
    private long _position = position;
    private int _line = line;
    private bool _quoted;
    private byte _last;

    private static ReadOnlySpan<byte> ByteOrderMark => "\uFEFF"u8;

    private bool IsBlank => _ends.Count == 1 && _length == 0 && _error is null && !_quoted;

    private enum State
    {
        FieldStart,
        Plain,
        Quoted,
        QuoteInQuoted,
        Return,
    }

    /// <summary>The next record, or null after the last.</summary>
    public async ValueTask<CsvRecord?> ReadAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var begin = _line;
            (_length, _error, _quoted, _state, _last) = (0, null, false, State.FieldStart, 0);
            _ends.Clear();
            _rewind.Forget();
            var more = await FindEndAsync();
            if (!more && _state == State.FieldStart && _ends.Count == 0 && _length == 0) return null;
            if (!more) EndOfFile();
            if (!IsBlank) return new(begin, _line, _position, Fields(), _error);
        }
    }

    // False where the file ended first.
    private async ValueTask<bool> FindEndAsync()
    {
        while (true)
        {
            // Bytes that are read again come first.
            while (!_rewind.IsAtEnd)
                if (TakeNext(_rewind.Next)) return true;
            while (_at < _piece.Length && _rewind.IsAtEnd)
                if (TakeNext(_piece.Span[_at])) return true;
            if (!_rewind.IsAtEnd) continue;
            if (!await source.MoveNextAsync()) return false;
            (_piece, _at) = (source.Current, 0);
        }
    }

    // True at the end of the record.
    private bool TakeNext(byte next)
    {
        // CR alone ends a line too, which only the byte after it shows.
        if (_state == State.Return && next != '\n') return EndLine();
        if (_rewind.IsFull && _state is State.Quoted or State.QuoteInQuoted) return GiveUpQuote();
        if (_rewind.IsAtEnd) _at++;
        else _rewind.Skip();
        _position++;
        if (_state == State.Return) return EndLine();
        _rewind.Keep(next);
        var end = Take(next);
        _last = next;
        return end;
    }

    private bool Take(byte next)
    {
        if (_state == State.Quoted) return TakeQuoted(next);
        if (next == _delimiter) EndField();
        else if (next is (byte)'\n' or (byte)'\r')
        {
            EndField();
            if (next == '\r') _state = State.Return;
            return next == '\n' && EndLine();
        }
        else return TakePlain(next);

        return false;
    }

    private bool TakeQuoted(byte next)
    {
        if (next == '"')
        {
            _state = State.QuoteInQuoted;
            return false;
        }

        // Too long within its first line: only that line is lost.
        if (_length == LongestRecord && !_rewind.IsMarked)
        {
            Keep(next);
            _state = State.Plain;
            return Take(next);
        }

        if (next == '\r' || (next == '\n' && _last != '\r')) _line++;
        if (next is (byte)'\r' or (byte)'\n') _rewind.Mark(_position, _line);
        Keep(next);
        return false;
    }

    private bool TakePlain(byte next)
    {
        if (next == '"' && _state == State.FieldStart) (_state, _quoted) = (State.Quoted, true);
        else if (next == '"' && _state == State.QuoteInQuoted)
        {
            _state = State.Quoted;
            Keep(next);
        }
        else
        {
            if (_state == State.QuoteInQuoted && _rewind is { IsMarked: true, IsFull: false }) return GiveUpQuote();
            if (_state == State.QuoteInQuoted) _error ??= "text follows a closing quote";
            else if (next == '"') _error ??= "a quote stands inside of a field that is not quoted";
            _state = State.Plain;
            Keep(next);
            // The byte order mark is not part of the first field.
            if (_position == ByteOrderMark.Length && _text.AsSpan(0, _length).SequenceEqual(ByteOrderMark))
                (_length, _state) = (0, State.FieldStart);
        }

        return false;
    }

    // The record ends with the line in which the quote opened; what came after it is read again.
    private bool GiveUpQuote()
    {
        _error = "a quote opens here and is not closed as it should be";
        (_position, _line) = _rewind.Begin();
        return true;
    }

    private void Keep(byte next)
    {
        if (_length < LongestRecord) _text[_length++] = next;
        else _error ??= $"the row is longer than {LongestRecord / 1024} KB";
    }

    private void EndField()
    {
        if (_ends.Count < MostFields) _ends.Add(_length);
        else _error ??= $"the row has more than {MostFields} columns";
        _state = State.FieldStart;
    }

    private bool EndLine()
    {
        _line++;
        return true;
    }

    private void EndOfFile()
    {
        if (_state == State.Quoted && _rewind.IsMarked) GiveUpQuote();
        else if (_state == State.Quoted) _error ??= "a quote that opens here is never closed";
        if (_state == State.Return) EndLine();
        else if (_error is null) EndField();
    }

    private string[] Fields()
    {
        if (_error is null && !Utf8.IsValid(_text.AsSpan(0, _length))) _error = "the row is not valid UTF-8; save the file as CSV UTF-8";
        if (_error is not null) return [];
        var fields = new string[_ends.Count];
        for (var i = 0; i < fields.Length; i++)
        {
            var begin = i == 0 ? 0 : _ends[i - 1];
            fields[i] = Encoding.UTF8.GetString(_text, begin, _ends[i] - begin);
        }

        return fields;
    }
}
