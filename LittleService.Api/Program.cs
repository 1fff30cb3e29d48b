using LittleService.Api.Layout;
using LittleService.Data;
using LittleService.Jobs;
using LittleService.ServiceDefaults;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults();
builder.AddData();
builder.AddJobs();
builder.Services.AddValidation();
builder.Services.AddRazorComponents();

var app = builder.Build();
app.UseServiceDefaults();
app.UseSecurityHeaders();
app.UseAntiforgery();

app.MapHealthEndpoints();
app.MapStaticAssets();
app.MapRazorComponents<App>();

await app.RunAsync();
