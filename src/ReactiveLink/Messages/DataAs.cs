using System.Diagnostics.CodeAnalysis;
using System.Reactive;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using ReactiveLink.Messages;

namespace ReactiveLink;

/// <content>The typed data of messages.</content>
public static partial class MessageObservable
{
    /// <summary>
    /// Reads the data of each message as a <typeparamref name="T"/>.
    /// <list type="table">
    /// <listheader><term>input</term><description>output, fault</description></listheader>
    /// <item><term>a message whose data is a T, whatever its verdict</term><description>the typed message; one object for all subscribers, decoded once</description></item>
    /// <item><term>its data is not a T, or is JSON's null and T can be null</term>
    /// <description>nothing; one <see cref="FaultReason.DecodeFailed"/> to <paramref name="faults"/> with the exception; the stream goes on</description></item>
    /// <item><term><paramref name="faults"/> throws</term><description>it is not called again by this subscription; the stream goes on</description></item>
    /// <item><term>error, completion</term><description>passed on; <paramref name="faults"/> is not ended</description></item>
    /// </list>
    /// Keeps no state. A fault's time is the message's <see cref="Message.ReceivedAt"/>.
    /// </summary>
    /// <typeparam name="T">The type to read.</typeparam>
    /// <param name="source">The messages.</param>
    /// <param name="typeInfo">How to read it, from a <see cref="System.Text.Json.Serialization.JsonSerializerContext"/>.</param>
    /// <param name="faults">Where faults go, on the source's thread; null to ignore them.</param>
    /// <returns>A stream as hot or cold as its source.</returns>
    public static IObservable<Message<T>> DataAs<T>(
        this IObservable<Message> source, JsonTypeInfo<T> typeInfo, IObserver<Fault>? faults = null)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(typeInfo);
        return new DataAsObservable<T>(source, typeInfo, faults);
    }

    /// <summary>As <see cref="DataAs{T}(IObservable{Message}, JsonTypeInfo{T}, IObserver{Fault}?)"/>, by reflection.</summary>
    /// <typeparam name="T">The type to read.</typeparam>
    /// <param name="source">The messages.</param>
    /// <param name="options">
    /// How to read it. Unless given: names in camel case, matched without regard to case; numbers only from numbers; at most 64 levels deep.
    /// </param>
    /// <param name="faults">Where faults go, on the source's thread; null to ignore them.</param>
    /// <returns>A stream as hot or cold as its source.</returns>
    [RequiresUnreferencedCode(Message.ReflectionWarning)]
    [RequiresDynamicCode(Message.ReflectionWarning)]
    public static IObservable<Message<T>> DataAs<T>(
        this IObservable<Message> source, JsonSerializerOptions? options = null, IObserver<Fault>? faults = null)
    {
        ArgumentNullException.ThrowIfNull(source);
        return new DataAsObservable<T>(source, JsonDefaults.TypeInfo<T>(options ?? JsonDefaults.Options), faults);
    }
}

internal sealed class DataAsObservable<T>(IObservable<Message> source, JsonTypeInfo<T> typeInfo, IObserver<Fault>? faults)
    : ObservableBase<Message<T>>
{
    private const string NotOfType = "the data is not of the type asked for";

    protected override IDisposable SubscribeCore(IObserver<Message<T>> observer) => source.Subscribe(new Sink(observer, typeInfo, faults));

    private sealed class Sink(IObserver<Message<T>> observer, JsonTypeInfo<T> typeInfo, IObserver<Fault>? faults) : IObserver<Message>
    {
        private IObserver<Fault>? _faults = faults;

        public void OnNext(Message value)
        {
            var message = value.Read(typeInfo, out var failure);
            if (message is null)
            {
                Report(new Fault(FaultReason.DecodeFailed, value.ReceivedAt, value.Peer, Exception: failure, Detail: NotOfType));
                return;
            }

            observer.OnNext(message);
        }

        public void OnError(Exception error) => observer.OnError(error);

        public void OnCompleted() => observer.OnCompleted();

        private void Report(in Fault fault)
        {
            try
            {
                _faults?.OnNext(fault);
            }
            catch (Exception)
            {
                // The observer of faults loses its place, like any subscriber that throws; there is nobody left to tell.
                _faults = null;
            }
        }
    }
}
