using System.Reactive;

namespace ReactiveLink.Testing;

/// <summary>A notification and when it came.</summary>
/// <typeparam name="T">The items' type.</typeparam>
/// <param name="At">When, by the recorder's scheduler.</param>
/// <param name="Notification">What.</param>
public readonly record struct RecordedNotification<T>(DateTimeOffset At, Notification<T> Notification);
