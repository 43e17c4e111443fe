using System.Diagnostics;

namespace ReactiveLink.Benchmarks;

/// <summary>The C programs of <c>native/</c>, compiled beside this program when a C compiler is there.</summary>
internal static class NativeTools
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "native");

    /// <summary>The 263-byte JSON envelope that contestants which decode messages are sent.</summary>
    public static string Envelope { get; } = Path.Combine(Folder, "envelope.json");

    /// <summary>The path of a compiled program, or null (said on stderr) where it cannot be had.</summary>
    public static string? Compile(string name)
    {
        string? compiler = OperatingSystem.IsLinux() ? FindCompiler() : null;
        if (compiler is null)
        {
            Console.Error.WriteLine($"No C compiler for Linux (cc, gcc, clang) in PATH: going on without the C program '{name}'.");
            return null;
        }

        string source = Path.Combine(Folder, name + ".c"), program = Path.Combine(Folder, name);
        if (File.GetLastWriteTimeUtc(program) > File.GetLastWriteTimeUtc(source))
        {
            return program;
        }

        using var process = Process.Start(compiler, ["-O2", "-Wall", "-o", program, source, "-pthread"]);
        process.WaitForExit();
        return process.ExitCode == 0 ? program : throw new BenchmarkException($"{compiler} did not compile {source}.");
    }

    private static string? FindCompiler() =>
        (from name in new[] { "cc", "gcc", "clang" }
         from folder in (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
         let path = Path.Combine(folder, name)
         where File.Exists(path)
         select path).FirstOrDefault();
}
