using System.Net.Sockets;
using System.Reactive.Disposables;

namespace ReactiveLink.Testing;

/// <content>A lost socket, bound again by the same rules as a real one's.</content>
public sealed partial class VirtualTransport
{
    private TimeSpan _rebindDelay;
    private bool _lost;

    /// <summary>Under the network's lock.</summary>
    internal void Unbound() => IsBound = false;

    /// <summary>Under no lock: the host has crashed.</summary>
    internal void SocketLost()
    {
        lock (_inbox)
        {
            Discard();
        }

        SetLost(lost: true);
        NoticeLoss();
    }

    /// <summary>A started transport notices that its socket is gone.</summary>
    private void NoticeLoss()
    {
        lock (_inbox)
        {
            if (!_started || _closing)
            {
                return;
            }
        }

        var fault = new Fault(FaultReason.SocketError, Scheduler.Now, Exception: new SocketException((int)SocketError.NetworkDown), Detail: "receive");
        lock (_stateGate)
        {
            if (!_lost || _state != ConnectionState.Connected)
            {
                return;
            }

            // Together, so that states are told in the order in which they come about.
            _state = ConnectionState.Reconnecting;
            Enqueue(fault, ConnectionState.Reconnecting);
        }

        lock (_ledger)
        {
            _ledger.SocketErrors++;
        }

        Scheduler.Schedule(this, TimeSpan.Zero, static (_, self) =>
        {
            self.Drain();
            self.ScheduleRebind();
            return Disposable.Empty;
        });
    }

    private void ScheduleRebind()
    {
        TimeSpan delay;
        lock (_stateGate)
        {
            delay = _rebindDelay;
            var doubled = delay + delay;
            _rebindDelay = doubled < Binding.Options.MaximumRebindDelay ? doubled : Binding.Options.MaximumRebindDelay;
        }

        _rebind.Disposable = Scheduler.Schedule(this, delay, static (_, self) =>
        {
            self.TryRebind();
            return Disposable.Empty;
        });
    }

    private void TryRebind()
    {
        SocketError? error;
        lock (Host.Network.Gate)
        {
            if (IsDisposed)
            {
                return;
            }

            // Lowered first: a crash from here on raises it again, and is noticed below.
            SetLost(lost: false);
            error = Host.Bind(this);
        }

        if (error is { } why)
        {
            SetLost(lost: true);
            Enqueue(new Fault(FaultReason.SocketError, Scheduler.Now, Exception: VirtualBinding.CannotBind(LocalEndpoint, why), Detail: "rebind"), state: null);
            Drain();
            ScheduleRebind();
            return;
        }

        if (!TryConnect())
        {
            // Lost again meanwhile.
            ScheduleRebind();
            return;
        }

        lock (_ledger)
        {
            _ledger.Rebinds++;
        }

        Drain();
    }

    private bool TryConnect()
    {
        lock (_stateGate)
        {
            if (_lost || _state == ConnectionState.Closed)
            {
                return false;
            }

            _state = ConnectionState.Connected;
            Enqueue(fault: null, ConnectionState.Connected);
            return true;
        }
    }

    private void SetLost(bool lost)
    {
        lock (_stateGate)
        {
            _lost = lost;
        }
    }
}
