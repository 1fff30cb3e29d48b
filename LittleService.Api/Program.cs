using LittleService.Api.Accounts;
using LittleService.Api.Admin;
using LittleService.Api.Events;
using LittleService.Api.Hello;
using LittleService.Api.Http;
using LittleService.Api.Imports;
using LittleService.Api.Items;
using LittleService.Api.Layout;
using LittleService.Api.Stats;
using LittleService.Api.Webhooks;
using LittleService.Data;
using LittleService.Data.Accounts;
using LittleService.Jobs;
using LittleService.Jobs.Redis;
using LittleService.ServiceDefaults;

var builder = WebApplication.CreateBuilder(args);
var settings = builder.Configuration;
if (args is [HealthVerb.Name, ..]) return await HealthVerb.RunAsync(settings);
if ((settings.AddSecretFiles() ?? TrustedProxies.ConfigurationError(settings) ?? KeyCertificate.ConfigurationError(settings)
    ?? RedisConnections.ConfigurationError(settings, ResourceNames.Redis) ?? ProviderOptions.ConfigurationError(settings)) is { } error)
{
    await Console.Error.WriteLineAsync(error);
    return 1;
}

builder.AddPages();
builder.AddServiceDefaults();
builder.AddData();
builder.AddJobs();
builder.AddHttp();
builder.AddDocs();
builder.AddHello();
builder.AddItems();
builder.AddEvents();
builder.AddStats();
builder.AddImports();
builder.AddWebhooks();
builder.AddAccounts();
builder.AddAdmin();
builder.Services.AddValidation();
builder.Services.ReadKeysAtFirstUse();

var app = builder.Build();
app.UsePageHeaders();
app.UseServiceDefaults();
app.UseHeadRequests();
app.UseOptionsRequests();
app.UseRouting();
app.UseBodyTimeouts();
app.UseDocs();
app.UseAccounts();
app.UseEvents();
app.UseHttp();
app.UseCsrfProtection();

app.MapDefaultEndpoints();
app.MapEvents().AllowAnonymous();
app.MapStats().AllowAnonymous();
app.MapStaticAssets().AllowAnonymous();
app.MapApiKeys();
app.MapPasskeys();
app.MapProviderSignIn();
app.MapItems();
app.MapAdmin();
app.MapImports();
app.MapWebhooks();
app.MapRazorComponents<App>();
await app.RunAsync();
return 0;
