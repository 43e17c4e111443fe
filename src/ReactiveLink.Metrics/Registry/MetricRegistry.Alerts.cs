using System.Collections.Immutable;
using ReactiveLink.Metrics.Registry;

namespace ReactiveLink.Metrics;

/// <content>The alerts of all rules in one stream.</content>
public sealed partial class MetricRegistry
{
    private readonly MetricHub<AlertTransition> _alerts;
    private ImmutableArray<RuleSubscription> _rules = [];

    /// <summary>The transitions of every rule added. Hot; each subscriber is isolated. Completes with the registry.</summary>
    public IObservable<AlertTransition> Alerts => _alerts;

    /// <summary>How many rules there are.</summary>
    public int AlertRules
    {
        get
        {
            lock (_gate)
            {
                return _rules.Length;
            }
        }
    }

    /// <summary>
    /// Adds a rule: any stream of transitions, as from <c>metric.Summaries(every).AlertWhen(...)</c>. It is subscribed to at once.
    /// <list type="table">
    /// <listheader><term>the rule</term><description>what follows</description></listheader>
    /// <item><term>a transition</term><description><see cref="Alerts"/></description></item>
    /// <item><term>error</term><description><see cref="Errors"/>; the rule is removed, the others go on</description></item>
    /// <item><term>completion, as when its metric is unregistered</term><description>the rule is removed</description></item>
    /// </list>
    /// </summary>
    /// <param name="rule">The rule.</param>
    /// <returns>Dispose it to remove the rule.</returns>
    /// <exception cref="InvalidOperationException">There are <see cref="MetricRegistryOptions.MaximumAlertRules"/> already.</exception>
    /// <exception cref="ObjectDisposedException">The registry is disposed.</exception>
    public IDisposable AddAlert(IObservable<AlertTransition> rule)
    {
        ArgumentNullException.ThrowIfNull(rule);
        var subscription = new RuleSubscription(this);
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (_rules.Length >= Options.MaximumAlertRules)
            {
                throw new InvalidOperationException($"The registry has {_rules.Length} alert rules, as many as it may: dispose one, or set MaximumAlertRules.");
            }

            _rules = _rules.Add(subscription);
        }

        subscription.Attach(rule);
        return subscription;
    }

    private void CompleteAlerts()
    {
        ImmutableArray<RuleSubscription> rules;
        lock (_gate)
        {
            rules = _rules;
            _rules = [];
        }

        foreach (var rule in rules)
        {
            rule.Dispose();
        }

        _alerts.Complete();
    }

    private sealed class RuleSubscription(MetricRegistry registry) : IObserver<AlertTransition>, IDisposable
    {
        private readonly System.Reactive.Disposables.SingleAssignmentDisposable _source = new();

        public void Attach(IObservable<AlertTransition> rule)
        {
            try
            {
                _source.Disposable = rule.Subscribe(this);
            }
            catch
            {
                Dispose();
                throw;
            }
        }

        public void OnNext(AlertTransition value) => registry._alerts.OnNext(value);

        public void OnError(Exception error)
        {
            Dispose();
            registry._errors.OnNext(error);
        }

        public void OnCompleted() => Dispose();

        public void Dispose()
        {
            lock (registry._gate)
            {
                registry._rules = registry._rules.Remove(this);
            }

            _source.Dispose();
        }
    }
}
