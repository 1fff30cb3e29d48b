using LittleService.Api;
using LittleService.Api.Accounts;
using LittleService.Api.Admin;
using LittleService.Api.Events;
using LittleService.Api.Http;
using LittleService.Api.Imports;
using LittleService.Api.Items;
using LittleService.Api.Layout;
using LittleService.Api.Stats;
using LittleService.Api.Webhooks;
using LittleService.Data;
using LittleService.Jobs;
using LittleService.ServiceDefaults;

var builder = WebApplication.CreateBuilder(args);
builder.AddPages();
builder.AddServiceDefaults();
builder.AddData(ApiConnections.Tune);
builder.AddHttp();
builder.AddDocs();
builder.AddJobs();
builder.AddEvents();
builder.AddStats();
builder.Services.AddValidation();
builder.AddAccounts();
builder.AddItems();
builder.AddImports();
builder.AddWebhooks();

var app = builder.Build();
app.UseServiceDefaults();
app.UseDocs();
app.UseAccounts();
app.UsePageViews();
app.UseHttp();
app.UseForms();

app.MapHealthEndpoints();
app.MapEvents().AllowAnonymous();
app.MapStats().AllowAnonymous();
app.MapStaticAssets().AllowAnonymous();
app.MapKeys();
app.MapItems();
app.MapAdmin();
app.MapImports();
app.MapWebhooks();
app.MapRazorComponents<App>();

await app.RunAsync();
