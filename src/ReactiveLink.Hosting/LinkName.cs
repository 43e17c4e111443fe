namespace ReactiveLink.Hosting;

/// <summary>That there is a link of this name; empty for the default link.</summary>
internal sealed record LinkName(string Name)
{
    public static string Display(string? name) => string.IsNullOrEmpty(name) ? "The default link" : $"Link '{name}'";

    /// <summary>The name in logs and health data.</summary>
    public static string Short(string name) => name.Length == 0 ? "default" : name;
}
