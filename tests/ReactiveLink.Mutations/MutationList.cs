using System.Text.Json;

namespace ReactiveLink.Mutations;

/// <summary>The suites by name, and the faults.</summary>
internal sealed record MutationList(IReadOnlyDictionary<string, Suite> Suites, IReadOnlyList<Mutation> Mutations)
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web);

    public static MutationList Read(string path) =>
        JsonSerializer.Deserialize<MutationList>(File.ReadAllText(path), Options) ?? throw new InvalidDataException($"{path} is empty.");
}
