namespace ReactiveLink.Tool.Output;

/// <summary>How many characters a terminal shows.</summary>
internal readonly record struct TerminalSize(int Columns, int Rows)
{
    /// <summary>What most terminals begin with.</summary>
    public static readonly TerminalSize Usual = new(80, 24);

    /// <summary>The size of this process's terminal now.</summary>
    public static TerminalSize OfProcess()
    {
        try
        {
            return Console.WindowWidth > 0 && Console.WindowHeight > 0 ? new(Console.WindowWidth, Console.WindowHeight) : Usual;
        }
        catch (IOException)
        {
            return Usual;
        }
    }
}
