namespace Aspire.Npgsql;

/// <summary>Settings of the data source, read from <c>Aspire:Npgsql</c> and <c>Aspire:Npgsql:&lt;connection name&gt;</c>.</summary>
public class NpgsqlSettings
{
    /// <summary>The connection string; that of the section <c>ConnectionStrings</c> wins over the settings' own.</summary>
    public string? ConnectionString { get; set; }

    /// <summary>Leaves out the health check <c>PostgreSql</c>.</summary>
    public bool DisableHealthChecks { get; set; }

    /// <summary>The package's own wiring of traces; here ServiceDefaults listens to Npgsql's source, whatever this says.</summary>
    public bool DisableTracing { get; set; }

    /// <summary>The package's own wiring of metrics; here ServiceDefaults listens to Npgsql's meter, whatever this says.</summary>
    public bool DisableMetrics { get; set; }
}
