using System.Text;
using ReactiveLink.Concurrency.Checking;
using ReactiveLink.Concurrency.Control;
using ReactiveLink.Concurrency.Exploring;
using ReactiveLink.Links;
using ReactiveLink.Tests.Support;

namespace ReactiveLink.Concurrency.Parts;

/// <summary>
/// The requests that wait for answers: answered in time, too late, by others, timed out, cancelled, not sent, closed. Each ends once, as its task and the counts say alike;
/// no more wait than may; and what ended leaves neither a place nor a timer nor a registration behind.
/// </summary>
internal sealed class RequestsScenario : Scenario
{
    private const int MaximumRequests = 16;

    private readonly RequestTable _table;
    private readonly int _capacity;
    private readonly bool _anybody;
    private readonly string?[] _ids = new string?[MaximumRequests];
    private readonly PendingRequest?[] _requests = new PendingRequest?[MaximumRequests];
    private readonly CancellationTokenSource[] _cancellations = new CancellationTokenSource[MaximumRequests];
    private int _asked;

    public RequestsScenario(Controller controller, Random random, bool small)
        : base(controller, random)
    {
        _capacity = random.Next(1, 4);
        _anybody = random.Next(4) == 0;
        _table = new RequestTable(_capacity, _anybody);
        var closes = random.Next(3) == 0;
        Clients(2, small ? 2 : 4, small ? 2 : 3, _ => random.Next(10) switch
        {
            < 4 => Ask(_asked++, timesOut: random.Next(2) == 0, isCancellable: random.Next(3) != 0, isSent: random.Next(5) != 0),
            < 7 when _asked > 0 => Answer(random.Next(_asked), isRight: random.Next(4) != 0, isError: random.Next(4) == 0),
            7 when _asked > 0 => Cancel(random.Next(_asked)),
            8 when closes => Close,
            9 => Look,
            _ => Ask(_asked++, timesOut: true, isCancellable: true, isSent: true),
        });
        for (var request = 0; request < _asked; request++)
        {
            _cancellations[request] = new CancellationTokenSource();
        }
    }

    public override Model Model => new RequestsModel(_capacity, _asked);

    protected override int PoolThreads => 1;

    public override void Finish()
    {
        Close();
        Poll();
        Require(Scheduler.Set == 0, "Every request has ended, and a timer is still set.");

        // Nothing is registered any more: this changes no outcome.
        Array.ForEach(_cancellations[.._asked], cancellation => cancellation.Cancel());
        for (var request = 0; request < _asked; request++)
        {
            if (_requests[request] is { } made)
            {
                Require(made.Task.IsCompleted, $"Request {request} waits although the link has closed.");
                Finally("Fate", request, (int)FateOf(made.Task));
            }
        }

        Look();
    }

    private static RequestFate FateOf(Task<Message> task) => task switch
    {
        { IsCompleted: false } => RequestFate.Waits,
        { IsCanceled: true } => RequestFate.Cancelled,
        { IsFaulted: true } => task.Exception!.InnerException switch
        {
            TimeoutException => RequestFate.TimedOut,
            RequestFailedException => RequestFate.Error,
            ObjectDisposedException => RequestFate.Closed,
            _ => RequestFate.NotSent,
        },
        _ => RequestFate.Answered,
    };

    private Action Ask(int number, bool timesOut, bool isCancellable, bool isSent) => () =>
    {
        var ask = Begin("Ask", number);
        try
        {
            _requests[number] = _table.TryAdd(Wire.Remote);
            ask.Result = (int)(_requests[number] is null ? RequestFate.Refused : RequestFate.Waits);
        }
        catch (ObjectDisposedException)
        {
            ask.Result = (int)RequestFate.CameTooLate;
        }

        End(ask);
        if (_requests[number] is not { } request)
        {
            return;
        }

        // What takes it out by itself does so between here and when the task has ended.
        var leave = Begin("Leave", number, after: ask);
        EndWhen(leave, () => request.Task.IsCompleted, ended => ended.Result = (int)FateOf(request.Task));
        request.Arm(Scheduler, timesOut ? TimeSpan.FromSeconds(1) : Timeout.InfiniteTimeSpan, isCancellable ? _cancellations[number].Token : CancellationToken.None);
        _ids[number] = request.Id;
        Interleave.Point("a send");
        if (!isSent)
        {
            Call("NotSent", number, 0, () =>
            {
                var isOurs = _table.TryRemove(request, RequestEnd.Failed);
                if (isOurs)
                {
                    request.Fail(new InvalidOperationException("not sent"));
                }

                return isOurs ? 1 : 0;
            });
        }
    };

    private Action Answer(int number, bool isRight, bool isError) => () =>
    {
        if (_ids[number] is { } id)
        {
            var message = Reply(id, isRight ? Wire.Remote : Wire.OtherRemote, isError);
            var take = Begin("Take", number, isError ? 1 : 0);
            Require(_table.TryTake(message), "An answer with an id of this link's was taken for a message.");
            End(take);
            take.Result = isRight || _anybody ? 1 : 0;
        }
    };

    private static Message Reply(string id, UdpEndpoint from, bool isError)
    {
        var type = isError ? MessageType.Error : MessageType.Data;
        var json = Encoding.UTF8.GetBytes($$$"""{"metadata":{"message_id":"a","message_type":"{{{type.Name}}}","source":"a","correlation_id":"{{{id}}}"},"data":null}""");
        var frame = new Sequenced<Frame>(new Frame(new Datagram(json, from, DateTimeOffset.UnixEpoch, TimeSpan.Zero), json, 0), 0, Verdict.InOrder, Peer: null);
        return MessageCodecs.Json.TryDecode(frame, out var message, out var error) ? message! : throw new InvalidOperationException(error);
    }

    private Action Cancel(int number) => () => Call("Cancel", number, 0, () =>
    {
        _cancellations[number].Cancel();
        return 0;
    });

    private void Close() => Call("Close", 0, 0, () =>
    {
        _table.Close(new ObjectDisposedException("the link"));
        return 0;
    });

    private void Look()
    {
        var look = Begin("Look");
        var now = _table.GetStatistics();
        End(look);
        Require(now.Pending <= _capacity, "More requests wait than may.");
        look.Results = [(int)now.Made, (int)now.Answered, (int)now.Failed, (int)now.TimedOut, (int)now.Cancelled, now.Pending, (int)now.Refused, (int)now.Unexpected];
    }
}
