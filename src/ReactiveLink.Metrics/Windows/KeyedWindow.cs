using System.Runtime.InteropServices;

namespace ReactiveLink.Metrics;

/// <summary>The window of one key.</summary>
/// <typeparam name="TKey">The keys' type.</typeparam>
/// <param name="Key">The key; the type's default for the overflow series.</param>
/// <param name="Window">What its values come to.</param>
/// <param name="IsOverflow">True for the series that all keys beyond the cap share.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct KeyedWindow<TKey>(TKey? Key, WindowSummary Window, bool IsOverflow = false);
