using ReactiveLink.Concurrency.Checking;

namespace ReactiveLink.Concurrency.Parts;

/// <summary>How a request ended, as its task tells.</summary>
internal enum RequestFate
{
    None,
    Waits,
    Answered,
    Error,
    TimedOut,
    Cancelled,
    NotSent,
    Closed,
    Refused,
    CameTooLate,
}

/// <summary>A row of requests, each with its fate: who has one waits no more.</summary>
internal sealed class RequestsModel(int capacity, int requests) : Model
{
    private readonly RequestFate[] _fates = new RequestFate[requests];
    private readonly bool[] _cancelled = new bool[requests];
    private bool _closed;
    private int _unexpected;

    public override Model Copy()
    {
        var copy = new RequestsModel(capacity, requests) { _closed = _closed, _unexpected = _unexpected };
        _fates.CopyTo(copy._fates, 0);
        _cancelled.CopyTo(copy._cancelled, 0);
        return copy;
    }

    public override bool TryApply(Effect effect)
    {
        switch (effect.Name)
        {
            case "Ask":
                _fates[effect.A] = _closed ? RequestFate.CameTooLate : Count(RequestFate.Waits) == capacity ? RequestFate.Refused : RequestFate.Waits;
                return _fates[effect.A] == (RequestFate)effect.Result;
            case "Take":
                if (effect.Result == 0 || !TryEnd(effect.A, effect.B == 1 ? RequestFate.Error : RequestFate.Answered))
                {
                    _unexpected++;
                }

                return true;
            case "NotSent":
                return TryEnd(effect.A, RequestFate.NotSent) == (effect.Result == 1);
            case "Cancel":
                _cancelled[effect.A] = true;
                return true;
            case "Leave":
                // Of the others, who ends it has an effect of its own, and that was before the task ended.
                return (RequestFate)effect.Result switch
                {
                    RequestFate.TimedOut => TryEnd(effect.A, RequestFate.TimedOut),
                    RequestFate.Cancelled => _cancelled[effect.A] && TryEnd(effect.A, RequestFate.Cancelled),
                    var fate => _fates[effect.A] == fate,
                };
            case "Close":
                _closed = true;
                for (var request = 0; request < requests; request++)
                {
                    TryEnd(request, RequestFate.Closed);
                }

                return true;
            case "Look":
                return effect.Results.SequenceEqual(Statistics());
            default:
                // Fate
                return _fates[effect.A] == (RequestFate)effect.Result;
        }
    }

    public override void WriteKey(List<int> key)
    {
        key.Add(_closed ? 1 : 0);
        key.Add(_unexpected);
        for (var request = 0; request < requests; request++)
        {
            key.Add(((int)_fates[request] * 2) + (_cancelled[request] ? 1 : 0));
        }
    }

    private int[] Statistics()
    {
        var ended = _fates.Count(fate => fate is not (RequestFate.None or RequestFate.Waits or RequestFate.Refused or RequestFate.CameTooLate));
        return
        [
            ended + Count(RequestFate.Waits),
            Count(RequestFate.Answered),
            Count(RequestFate.Error) + Count(RequestFate.NotSent) + Count(RequestFate.Closed),
            Count(RequestFate.TimedOut),
            Count(RequestFate.Cancelled),
            Count(RequestFate.Waits),
            Count(RequestFate.Refused),
            _unexpected,
        ];
    }

    private bool TryEnd(int request, RequestFate fate)
    {
        if (_fates[request] != RequestFate.Waits)
        {
            return false;
        }

        _fates[request] = fate;
        return true;
    }

    private int Count(RequestFate fate) => _fates.Count(one => one == fate);
}
