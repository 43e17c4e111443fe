using System.Collections.Immutable;
using System.Net.Sockets;
using ReactiveLink.Tool.Listening;
using ReactiveLink.Tool.Sending;

namespace ReactiveLink.Tool;

/// <summary>Opens transports and links; what goes wrong becomes one line that says what to do.</summary>
internal static class LinkOpening
{
    public static IDatagramTransport OpenListener(string endpoint, ImmutableArray<MulticastGroup> groups, ToolEnvironment environment) =>
        Open(endpoint, () => environment.OpenTransport(new UdpTransportOptions
        {
            Local = EndpointText.Parse(endpoint),
            MulticastGroups = groups,

            // Every program of a machine that joins a group gets its datagrams.
            ReuseAddress = groups.Length != 0,
            Scheduler = environment.Scheduler,
        }));

    public static IDatagramTransport OpenSender(string endpoint, ToolEnvironment environment) =>
        Open(endpoint, () => environment.OpenTransport(new UdpTransportOptions
        {
            Remote = EndpointText.Parse(endpoint),
            Broadcast = true,
            Scheduler = environment.Scheduler,
        }));

    public static UdpLink Listen(ListenSettings settings, ToolEnvironment environment) =>
        Open(settings.Endpoint, () => UdpLink.Over(
            OpenListener(settings.Endpoint, settings.Groups, environment),
            new LinkOptions
            {
                Frame = settings.Frame,
                Codec = settings.Codec,

                // Messages, faults and datagrams are all subscribed to before the first datagram: none is told of on one stream and missed on another.
                AutoStart = false,
            }));

    public static UdpLink Connect(SendSettings settings, ToolEnvironment environment) =>
        Open(settings.Endpoint, () => UdpLink.Over(
            OpenSender(settings.Endpoint, environment),
            new LinkOptions
            {
                Frame = settings.Frame,
                Codec = settings.Codec,
                Source = settings.Source,
            }));

    private static T Open<T>(string endpoint, Func<T> open)
    {
        try
        {
            return open();
        }
        catch (FormatException exception)
        {
            throw ToolException.Usage(exception.Message, exception);
        }
        catch (ArgumentException exception)
        {
            // Without "(Parameter '...')": the user gave no parameter.
            var message = exception.ParamName is { } name ? exception.Message.Replace($" (Parameter '{name}')", "", StringComparison.Ordinal) : exception.Message;
            throw ToolException.Usage(message, exception);
        }
        catch (LinkOpenException exception)
        {
            throw ToolException.Usage(
                exception.SocketError == SocketError.AddressAlreadyInUse
                    ? $"{endpoint} is already in use: stop the program that listens there, or choose another port (0 for any free one)."
                    : exception.Message,
                exception);
        }
    }
}
