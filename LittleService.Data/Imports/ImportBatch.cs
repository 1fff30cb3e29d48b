namespace LittleService.Data.Imports;

/// <summary>Rows that are written together, and where the file goes on after them.</summary>
/// <param name="reported">How many refused rows are reported already.</param>
public sealed class ImportBatch(int reported)
{
    private const int MostRows = 1000;

    public List<ImportRow> Rows { get; } = new(MostRows);

    /// <summary>The first refused rows; the others are only counted.</summary>
    public List<ImportError> Errors { get; } = [];

    public int Refused { get; private set; }

    public long Position { get; private set; }

    public int Line { get; private set; }

    public bool IsFull => Rows.Count + Refused >= MostRows;

    public void Add(ImportColumns columns, CsvRecord record)
    {
        (Position, Line) = (record.End, record.NextLine);
        if (ImportColumns.IsEmpty(record)) return;
        if (columns.Parse(record, out var problem) is { } row)
        {
            Rows.Add(new(record.Line, row));
            return;
        }

        Refused++;
        if (reported + Errors.Count < ImportStore.MostErrors) Errors.Add(new(record.Line, problem!));
    }

    /// <summary>Counts what another batch refused.</summary>
    public void AddRefused(ImportBatch batch)
    {
        Refused += batch.Refused;
        Errors.AddRange(batch.Errors);
    }
}
