namespace ReactiveLink.Metrics;

/// <summary>From which side a value comes to a threshold.</summary>
public enum AlertDirection
{
    /// <summary>From below: at or above the threshold is too much.</summary>
    Rising,

    /// <summary>From above: at or below the threshold is too little.</summary>
    Falling,
}
