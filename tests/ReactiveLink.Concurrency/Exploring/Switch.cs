namespace ReactiveLink.Concurrency.Exploring;

/// <summary>A turn handed from one thread to another.</summary>
internal readonly record struct Switch(int Time, int From, string Where, int To);
