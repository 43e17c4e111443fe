namespace ReactiveLink.Samples;

/// <summary>What the user gave is wrong; the message is one line for him.</summary>
internal sealed class CommandLineException(string message) : Exception(message);
