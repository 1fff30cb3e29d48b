namespace LittleService.Rehearsal;

/// <summary>Where the service runs in a rehearsal, behind a proxy with TLS, and how a life in production is played to it there.</summary>
internal interface IStage : IAsyncDisposable
{
    /// <summary>The target of <c>script/rehearse</c>.</summary>
    string Name { get; }

    /// <summary>What it is made of, in a sentence.</summary>
    string Description { get; }

    Uri Address { get; }

    /// <summary>The hash of the proxy's certificate, which nobody else has signed.</summary>
    string CertificateHash { get; }

    /// <summary>Returns when two apis and a worker of this release are ready behind the proxy.</summary>
    Task StartAsync(Release release);

    /// <summary>This release in the place of the one that runs; where <paramref name="migrate"/>, after its migrations.</summary>
    Task DeployAsync(Release release, bool migrate);

    /// <summary>Another instance in the place of each, one after the other.</summary>
    Task RestartAsync();

    Task ScaleAsync(int apis, int workers);

    /// <summary>Begins to roll out an api that cannot reach its database, and says what became of it.</summary>
    Task<string> TryBadAsync();

    /// <summary>Kills an api, then a worker, and returns when others have taken their places.</summary>
    Task KillAsync();

    Task RestartPostgresAsync();

    /// <summary>Has an api leave while others serve.</summary>
    Task<DrainOrder> SeeDrainAsync();

    /// <summary>The first column of what this statement returns.</summary>
    Task<IReadOnlyList<string>> QueryAsync(string sql);
}
