namespace ReactiveLink.Mutations;

/// <summary>A fault to put into the source.</summary>
/// <param name="Name">What it is.</param>
/// <param name="Suite">The suite that must notice it.</param>
/// <param name="File">The file, from the repository's root.</param>
/// <param name="Old">The right text, which occurs once.</param>
/// <param name="New">The wrong one.</param>
internal sealed record Mutation(string Name, string Suite, string File, string Old, string New)
{
    /// <summary>Whether it is clear where it goes: the right text is there once.</summary>
    public bool FitsInto(string source)
    {
        var at = source.IndexOf(Old, StringComparison.Ordinal);
        return at >= 0 && source.IndexOf(Old, at + 1, StringComparison.Ordinal) < 0;
    }

    public string PutInto(string source) => source.Replace(Old, New, StringComparison.Ordinal);

    /// <summary>What to say where it does not fit.</summary>
    public string Misfit() => $"{Name}: the text to replace does not occur exactly once in {File}:\n{Old}";
}
