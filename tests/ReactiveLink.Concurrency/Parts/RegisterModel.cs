using ReactiveLink.Concurrency.Checking;

namespace ReactiveLink.Concurrency.Parts;

/// <summary>What one thread writes and others read: a row of values.</summary>
internal sealed class RegisterModel(IReadOnlyList<int[]> values, int index = 0) : Model
{
    private int _index = index;

    public override Model Copy() => new RegisterModel(values, _index);

    public override bool TryApply(Effect effect)
    {
        switch (effect.Name)
        {
            case "Write":
                _index++;
                return true;
            case "Has":
                return effect.Result == (values[_index].Length == 0 ? 0 : 1);
            default:
                return values[_index].AsSpan().SequenceEqual([.. effect.Results]);
        }
    }

    public override void WriteKey(List<int> key) => key.Add(_index);
}
