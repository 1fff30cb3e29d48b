using LittleService.ServiceDefaults;

namespace LittleService.AppHost.Deployment.Targets;

/// <summary>
/// The cluster that kubectl points to: an overlay of deploy/kubernetes with the images and secrets of this deployment, applied by
/// <c>kubectl apply -k</c>.
/// </summary>
internal sealed class KubernetesTarget(DeploymentSettings settings) : IDeploymentTarget
{
    private const string Secret = "littleservice";

    // Of everything in deploy/kubernetes.
    private const string PartOf = "app.kubernetes.io/part-of";
    private static readonly TimeSpan Glance = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    private static readonly string Overlay = Path.Combine("kubernetes", "deployed");

    public bool MountsSecretFiles => false;

    // Kustomize reads no file outside of its overlay.
    public string SecretsFolder => Path.Combine(Overlay, "secrets");

    public async Task CheckAsync(CancellationToken cancellationToken)
    {
        var cluster = await Shell.RunAsync(Glance, "kubectl", ["get", "--raw", "/readyz"], cancellationToken);
        if (!cluster.Succeeded)
            throw new DeploymentException(
                $"No cluster answers (kubectl {cluster.Fault}): install kubectl, or point KUBECONFIG to a cluster.");
    }

    public async Task<string> ApplyAsync(DeploymentFiles files, CancellationToken cancellationToken)
    {
        var overlay = await WriteOverlayAsync(files, cancellationToken);
        await EnsureNamespaceAsync(cancellationToken);
        // A job cannot be changed.
        await KubectlAsync(["delete", "job", "migrate", "-n", settings.Name, "--ignore-not-found"], cancellationToken);
        await KubectlAsync(["apply", "-k", overlay], cancellationToken);
        foreach (var deployment in (string[])[ResourceNames.Worker, ResourceNames.Api])
            await KubectlAsync(["rollout", "status", $"deployment/{deployment}", "-n", settings.Name, "--timeout=9m"], cancellationToken);
        return $"namespace {settings.Name} of the cluster: kubectl get all -n {settings.Name}";
    }

    public async Task<string> RemoveAsync(DeploymentFiles files, CancellationToken cancellationToken)
    {
        // By kind: with the namespace, the claims of volumes would go, and the data with them.
        await KubectlAsync(["delete", "deployment,statefulset,job,service,ingress,poddisruptionbudget,horizontalpodautoscaler,"
            + "networkpolicy,configmap,secret,serviceaccount", "-l", $"{PartOf}={Secret}", "-n", settings.Name, "--wait=true"],
            cancellationToken);
        return $"the service in the namespace {settings.Name}; left are its volumes (kubectl get pvc -n {settings.Name})";
    }

    private async Task EnsureNamespaceAsync(CancellationToken cancellationToken)
    {
        if (!(await Shell.RunAsync(Patience, "kubectl", ["get", "namespace", settings.Name], cancellationToken)).Succeeded)
            await KubectlAsync(["create", "namespace", settings.Name], cancellationToken);
    }

    private async Task<string> WriteOverlayAsync(DeploymentFiles files, CancellationToken cancellationToken)
    {
        var folder = files.PathOf(Overlay);
        await File.WriteAllTextAsync(Path.Combine(folder, "kustomization.yaml"), $"""
            apiVersion: kustomize.config.k8s.io/v1beta1
            kind: Kustomization
            namespace: {settings.Name}
            resources: [../overlays/{(settings.HasServersOfItsOwn ? "with-servers" : "external-servers")}]
            images:
              - {ImageOf(files, ResourceNames.Api)}
              - {ImageOf(files, ResourceNames.Worker)}
            secretGenerator:
              - name: {Secret}
                options: {$"{{disableNameSuffixHash: true, labels: {{{PartOf}: {Secret}}}}}"}
                files: [{string.Join(", ", Directory.EnumerateFiles(files.Secrets).Select(file => $"secrets/{Path.GetFileName(file)}"))}]
            """, cancellationToken);
        return folder;
    }

    private static string ImageOf(DeploymentFiles files, string name)
    {
        var image = files.Variables[$"{name.ToUpperInvariant()}_IMAGE"];
        var colon = image.LastIndexOf(':');
        return $"{{name: littleservice/{name}, newName: \"{image[..colon]}\", newTag: \"{image[(colon + 1)..]}\"}}";
    }

    private static async Task KubectlAsync(string[] arguments, CancellationToken cancellationToken)
    {
        var result = await Shell.RunAsync(Patience, "kubectl", arguments, cancellationToken);
        if (!result.Succeeded)
        {
            var reason = result.Errors.Length > 0 ? result.Errors.Split('\n')[^1] : result.Fault;
            throw new DeploymentException($"kubectl {arguments[0]} failed: {reason}");
        }
    }
}
