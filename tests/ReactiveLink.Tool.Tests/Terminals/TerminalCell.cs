using System.Text;

namespace ReactiveLink.Tool.Tests.Terminals;

/// <summary>One place of a terminal.</summary>
/// <param name="Text">A character; nothing in the second place of a wide one.</param>
/// <param name="Color">Of the 16 basic colours, or null for the default.</param>
/// <param name="Bold">Whether it is bold.</param>
internal readonly record struct TerminalCell(Rune? Text, int? Color, bool Bold)
{
    public static readonly TerminalCell Blank = new(new Rune(' '), null, Bold: false);
}
