using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace ReactiveLink.Fuzz;

/// <summary>What a target did is not what it documents.</summary>
internal sealed class FuzzException(string message) : Exception(message)
{
    /// <summary>Throws unless the condition holds; the message is the condition itself.</summary>
    public static void Require([DoesNotReturnIf(false)] bool holds, [CallerArgumentExpression(nameof(holds))] string condition = "")
    {
        if (!holds)
        {
            throw new FuzzException("Does not hold: " + condition);
        }
    }

    /// <summary>Throws with the values unless both are equal.</summary>
    public static void Equal<T>(T expected, T actual, [CallerArgumentExpression(nameof(actual))] string what = "")
    {
        if (!EqualityComparer<T>.Default.Equals(expected, actual))
        {
            throw new FuzzException($"{what} is {actual}, not {expected}.");
        }
    }
}
