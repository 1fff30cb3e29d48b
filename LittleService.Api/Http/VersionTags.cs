using System.Globalization;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace LittleService.Api.Http;

/// <summary>Entity tags that carry the version of a row, and the conditions of requests made of them.</summary>
public static class VersionTags
{
    /// <summary>
    /// The tag of a version. A <paramref name="variant"/> tells responses of one version apart that differ in what the service itself adds
    /// to them; a change need not name it.
    /// </summary>
    public static string Of(int version, string variant = "") => $"\"{version}{variant}\"";

    /// <summary>Whether the caller has what the tag stands for already.</summary>
    public static bool HasTag(this HttpRequest request, string tag) =>
        !StringValues.IsNullOrEmpty(request.Headers.IfNoneMatch)
        && EntityTagHeaderValue.TryParseList(request.Headers.IfNoneMatch, out var known)
        && known.Any(each => each.Tag == "*" || each.Compare(new EntityTagHeaderValue(tag), useStrongComparison: false));

    /// <summary>The versions that <c>If-Match</c> names: null for <c>*</c>, which is any; none where it names no tag of ours.</summary>
    public static int[]? Versions(string ifMatch)
    {
        if (!EntityTagHeaderValue.TryParseStrictList([ifMatch], out var tags)) return [];
        if (tags.Any(tag => tag.Tag == "*")) return null;
        return [.. tags.Where(tag => !tag.IsWeak).Select(Version).OfType<int>()];
    }

    /// <summary>What is wrong with an <c>If-Match</c> that can match no version at all, or null.</summary>
    public static string? ProblemOf(string ifMatch)
    {
        if (Versions(ifMatch) is null or { Length: > 0 }) return null;
        if (!EntityTagHeaderValue.TryParseStrictList([ifMatch], out var tags))
            return "If-Match is no list of tags, as in \"3\", and not *.";
        return tags.Any(tag => tag.IsWeak)
            ? "If-Match names a weak tag (W/…), which matches no version: RFC 9110, 13.1.1. "
                + "Proxies that compress make strong tags weak: see what the API says of proxies."
            : "If-Match names no tag of this service. A proxy may have changed it: see what the API says of proxies.";
    }

    private static int? Version(EntityTagHeaderValue tag) =>
        int.TryParse(tag.Tag.AsSpan().Trim('"').TrimEnd("abcdefghijklmnopqrstuvwxyz"), NumberStyles.None, CultureInfo.InvariantCulture,
            out var version) ? version : null;
}
