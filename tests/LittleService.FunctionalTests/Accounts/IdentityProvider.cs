using System.Collections.Concurrent;
using System.Security.Claims;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.Tokens;
using OpenIddict.Abstractions;
using OpenIddict.Server;
using static OpenIddict.Abstractions.OpenIddictConstants;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace LittleService.FunctionalTests.Accounts;

/// <summary>An identity provider at which one person is signed in: OpenIddict's server, told what to put into its tokens.</summary>
internal sealed class IdentityProvider : IAsyncDisposable
{
    public const string ClientId = "littleservice";
    public const string ClientSecret = "secret-of-the-service-at-its-provider";

    // Made once: the ephemeral keys of the library have 4,096 bits, which takes seconds.
    private static readonly SymmetricSecurityKey EncryptionKey = new(RandomNumberGenerator.GetBytes(32));
    private static readonly RsaSecurityKey SigningKey = new(RSA.Create(2048));

    private readonly ConcurrentDictionary<string, bool> _usedCodes = [];
    private readonly WebApplication _app;

    public IdentityProvider()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddOpenIddict().AddServer(Configure);
        _app = builder.Build();
        _app.UseAuthentication();
    }

    public string Address { get; private set; } = "";

    /// <summary>Who is signed in there.</summary>
    public string Subject { get; set; } = Guid.NewGuid().ToString();

    public string UserName { get; set; } = $"person-{Guid.NewGuid():N}";

    public string[] Groups { get; set; } = ["staff"];

    /// <summary>For whom the id tokens are, where not for the service.</summary>
    public string? Audience { get; set; }

    /// <summary>How long id tokens are good for.</summary>
    public TimeSpan Lifetime { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>How often somebody signed out.</summary>
    public int SignedOut { get; private set; }

    /// <summary>The address that a browser was sent to last.</summary>
    public string? RedirectUri { get; private set; }

    public async Task<IdentityProvider> StartAsync()
    {
        await _app.StartAsync();
        Address = _app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        return this;
    }

    public Task StopAsync() => _app.StopAsync();

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private void Configure(OpenIddictServerBuilder server)
    {
        server.SetAuthorizationEndpointUris("authorize").SetTokenEndpointUris("token").SetEndSessionEndpointUris("end-session");
        server.AllowAuthorizationCodeFlow().RequireProofKeyForCodeExchange();
        server.RegisterScopes(Scopes.OpenId, Scopes.Profile);
        server.AddEncryptionKey(EncryptionKey).AddSigningKey(SigningKey);
        // Without a database: what it would look up there is decided here.
        server.EnableDegradedMode();
        server.UseAspNetCore().DisableTransportSecurityRequirement();
        server.AddEventHandler<ValidateAuthorizationRequestContext>(handler => handler.UseInlineHandler(context =>
        {
            if (context.ClientId != ClientId) context.Reject(Errors.InvalidClient, null, null);
            return default;
        }));
        server.AddEventHandler<ValidateTokenRequestContext>(handler => handler.UseInlineHandler(context =>
        {
            if ((context.ClientId, context.ClientSecret) != (ClientId, ClientSecret)) context.Reject(Errors.InvalidClient, null, null);
            else if (!_usedCodes.TryAdd(context.Request.Code ?? "", true)) context.Reject(Errors.InvalidGrant, null, null);
            return default;
        }));
        server.AddEventHandler<HandleAuthorizationRequestContext>(handler => handler.UseInlineHandler(context =>
        {
            RedirectUri = context.Request.RedirectUri;
            context.SignIn(Person());
            return default;
        }));
        server.AddEventHandler<ValidateEndSessionRequestContext>(handler => handler.UseInlineHandler(_ => default));
        server.AddEventHandler<HandleEndSessionRequestContext>(handler => handler.UseInlineHandler(context =>
        {
            if (context.Request.IdTokenHint is not null) SignedOut++;
            context.SignOut();
            return default;
        }));
        server.AddEventHandler<ProcessSignInContext>(handler => handler
            .UseInlineHandler(context =>
            {
                Change(context.IdentityTokenPrincipal);
                return default;
            })
            .SetOrder(OpenIddictServerHandlers.PrepareIdentityTokenPrincipal.Descriptor.Order + 1));
    }

    private ClaimsPrincipal Person()
    {
        var person = new ClaimsIdentity("provider", Claims.Name, Claims.Role);
        person.SetClaim(Claims.Subject, Subject).SetClaim(Claims.PreferredUsername, UserName);
        person.SetClaims("groups", [.. Groups]);
        person.SetScopes(Scopes.OpenId, Scopes.Profile);
        person.SetDestinations(static _ => [Destinations.IdentityToken]);
        return new(person);
    }

    private void Change(ClaimsPrincipal? token)
    {
        if (token is null) return;
        if (Audience is not null) token.SetAudiences(Audience);
        token.SetCreationDate(DateTimeOffset.UtcNow + Lifetime - TimeSpan.FromMinutes(5));
        token.SetExpirationDate(DateTimeOffset.UtcNow + Lifetime);
    }
}
