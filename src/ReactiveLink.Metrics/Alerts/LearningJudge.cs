namespace ReactiveLink.Metrics.Alerts;

/// <summary>Compares a value with what it has learned from those before, once they are enough.</summary>
internal abstract class LearningJudge(int warmUp) : AlertJudge
{
    /// <summary>How many values are learned.</summary>
    protected int Count { get; set; }

    public sealed override AlertReading Judge(double value, long now) => Judge(value, isKnown: Count >= warmUp);

    /// <summary>Compares the value if enough is known, and learns it.</summary>
    protected abstract AlertReading Judge(double value, bool isKnown);
}
