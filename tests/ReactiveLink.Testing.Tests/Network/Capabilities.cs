namespace ReactiveLink.Tests.Transport;

/// <summary>The contract's attribute, for a machine that lacks nothing: the network is our own.</summary>
public sealed class CapableFactAttribute : FactAttribute;

/// <summary>As above.</summary>
public sealed class CapableTheoryAttribute : TheoryAttribute;
