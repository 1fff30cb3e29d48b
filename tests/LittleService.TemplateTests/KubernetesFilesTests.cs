using System.Text.Json;
using k8s;
using k8s.Models;

namespace LittleService.TemplateTests;

/// <summary>deploy/kubernetes/ is made of what a current cluster knows, and deploys the graph that the app host publishes.</summary>
public sealed class KubernetesFilesTests
{
    private const string Folder = "deploy/kubernetes/";
    private static readonly JsonElement Manifest = JsonDocument.Parse(Repository.Read("LittleService.AppHost/aspire-manifest.json")).RootElement.GetProperty("resources");

    // Kustomize's own files, and those of an extension, are no kinds of Kubernetes.
    public static TheoryData<string> Files() => new(Repository.With(".yaml").Where(IsOfKubernetes));

    [Theory]
    [MemberData(nameof(Files))]
    public void EveryFieldIsOneOfTheCurrentApi(string file) => Assert.NotEmpty(Objects(file));

    [Fact]
    public void EveryFileIsPartOfAKustomization() =>
        Assert.All(Repository.With(".yaml").Where(file => file.StartsWith(Folder, StringComparison.Ordinal) && !file.EndsWith("/kustomization.yaml", StringComparison.Ordinal)), file =>
            Assert.Contains(Path.GetFileName(file), Repository.Read($"{Path.GetDirectoryName(file)}/kustomization.yaml"), StringComparison.Ordinal));

    [Fact]
    public void EveryContainerAndProjectOfTheGraphIsAWorkloadOfItsNameAndImage()
    {
        var expected = Manifest.EnumerateObject().Where(IsWorkload).Select(resource =>
            (resource.Name, resource.Value.TryGetProperty("image", out var image) ? image.GetString()! : $"littleservice/{resource.Name}"));

        Assert.Equal(expected.Order(), Pods().Where(pod => pod.Name != "migrate").Select(pod => (pod.Name, Assert.Single(pod.Spec.Containers).Image)).Order());
    }

    [Fact]
    public void EveryVariableOfTheGraphIsASettingASecretOrAVariable()
    {
        var settings = All<V1ConfigMap>().Single().Data;
        foreach (var resource in Manifest.EnumerateObject().Where(IsWorkload))
        {
            var spec = Pods().Single(pod => pod.Name == resource.Name).Spec;
            var secrets = spec.Volumes.SelectMany(volume => volume.Projected?.Sources.SelectMany(source => source.Secret.Items) ?? volume.Secret?.Items ?? []).Select(item => item.Key);
            var known = (spec.Containers[0].Env ?? []).Select(variable => variable.Name.Replace("_FILE", "", StringComparison.Ordinal)).Concat(secrets).Concat(settings.Keys).Append("REDIS_PASSWORD").ToList();
            var wanted = resource.Value.GetProperty("env").EnumerateObject().Select(variable => variable.Name)
                .Where(name => !name.StartsWith("DB_", StringComparison.Ordinal) && (!name.StartsWith("REDIS_", StringComparison.Ordinal) || resource.Name == "redis"));
            Assert.All(wanted, name => Assert.Contains(name, known));
        }
    }

    [Fact]
    public void EveryPodIsAsLittleAsItCanBe() =>
        Assert.All(Pods(), pod =>
        {
            Assert.True(pod.Spec.SecurityContext.RunAsNonRoot);
            Assert.Equal("RuntimeDefault", pod.Spec.SecurityContext.SeccompProfile.Type);
            Assert.False(pod.Spec.AutomountServiceAccountToken);
            var container = Assert.Single(pod.Spec.Containers);
            Assert.True(container.SecurityContext.ReadOnlyRootFilesystem);
            Assert.False(container.SecurityContext.AllowPrivilegeEscalation);
            Assert.Equal(["ALL"], container.SecurityContext.Capabilities.Drop);
            Assert.NotNull(container.Resources.Limits["memory"]);
        });

    [Fact]
    public void SelectorsAndPortsMeetTheirPods()
    {
        var labels = Pods().ToDictionary(pod => pod.Name, pod => pod.Spec.Containers[0].Ports?.ToDictionary(port => port.Name, port => port.ContainerPort));
        Assert.All(All<V1Deployment>(), one => Assert.Equal(one.Spec.Selector.MatchLabels, one.Spec.Template.Metadata.Labels));
        Assert.All(All<V1StatefulSet>(), one => Assert.Equal(one.Spec.Selector.MatchLabels, one.Spec.Template.Metadata.Labels));
        Assert.All(All<V1Service>(), service => Assert.Contains(service.Spec.Ports[0].TargetPort.Value, labels[service.Spec.Selector["app.kubernetes.io/name"]]!.Keys));
        Assert.All(All<V1PodDisruptionBudget>(), budget => Assert.Contains(budget.Spec.Selector.MatchLabels["app.kubernetes.io/name"], labels.Keys));
        Assert.Equal(labels["api"]!["http"].ToString(System.Globalization.CultureInfo.InvariantCulture), All<V1ConfigMap>().Single().Data["HTTP_PORTS"]);
    }

    private static IEnumerable<(string Name, V1PodSpec Spec)> Pods() =>
    [
        .. All<V1Deployment>().Select(one => (one.Metadata.Name, one.Spec.Template.Spec)),
        .. All<V1StatefulSet>().Select(one => (one.Metadata.Name, one.Spec.Template.Spec)),
        .. All<V1Job>().Select(one => (one.Metadata.Name, one.Spec.Template.Spec)),
    ];

    private static List<T> All<T>() => [.. Repository.With(".yaml").Where(IsOfKubernetes).SelectMany(Objects).OfType<T>()];

    private static List<object> Objects(string file) => KubernetesYaml.LoadAllFromString(Repository.Read(file), null, strict: true);

    private static bool IsOfKubernetes(string file) => file.StartsWith(Folder, StringComparison.Ordinal)
        && !file.EndsWith("/kustomization.yaml", StringComparison.Ordinal) && !file.Contains("/keda/", StringComparison.Ordinal);

    private static bool IsWorkload(JsonProperty resource) => resource.Value.GetProperty("type").GetString() is "container.v0" or "project.v0";
}
