using Microsoft.Extensions.Options;

namespace ReactiveLink.Hosting.Settings;

/// <summary>Finds everything that is wrong with a hosted link: in its configuration, its endpoints, its options and those of its handlers.</summary>
internal sealed class HostedLinkValidation : IValidateOptions<HostedLinkOptions>
{
    public ValidateOptionsResult Validate(string? name, HostedLinkOptions options)
    {
        List<string> errors = [.. options.Errors];
        if (options.Link is null)
        {
            errors.Add("Link is null; leave it at its default, or change that with `with`.");
        }
        else
        {
            Link(options, errors);
            Handlers(options, errors);
        }

        return errors.Count == 0
            ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail(errors.Select(error => $"{LinkName.Display(name)}: {error}"));
    }

    private static void Link(HostedLinkOptions options, List<string> errors)
    {
        var local = Endpoint(nameof(options.Listen), options.Listen, errors);
        var remote = Endpoint(nameof(options.Connect), options.Connect, errors);
        if (options.Listen is null && options.Connect is null && options.Transport is null)
        {
            errors.Add("Neither Listen nor Connect is set; set Listen to receive, Connect to be a client of one remote endpoint.");
        }

        if (options.Transport is not null && (options.Listen ?? options.Connect) is not null)
        {
            errors.Add("There are an endpoint and a transport of your own; leave one out.");
        }

        var link = options.Link;
        if (link.Transport is not null)
        {
            // An endpoint that is wrong was told already.
            link = link with { Transport = link.Transport with { Local = local ?? (remote is null ? EndpointText.Parse("127.0.0.1:0") : null), Remote = remote } };
        }

        Collect(link.Validate, errors);
    }

    private static void Handlers(HostedLinkOptions options, List<string> errors)
    {
        foreach (var handler in options.Handlers)
        {
            // What is wrong in the sections is told once, below.
            Collect(() => options.RouteOf(handler, []).Validate(), errors, $"The handler of '{handler.Type}': ");
        }

        foreach (var section in options.HandlerSections)
        {
            if (options.Handlers.Exists(handler => HostedLinkOptions.IsOf(section, handler)))
            {
                LinkSettings.Route(section, new RouteOptions(), errors);
            }
            else
            {
                var types = options.Handlers.Select(handler => handler.Type.Name).Distinct(StringComparer.Ordinal);
                errors.Add($"{section.Path} is of no handler; there are handlers of {string.Join(", ", types.DefaultIfEmpty("no type"))}.");
            }
        }
    }

    private static EndpointText? Endpoint(string key, string? text, List<string> errors)
    {
        if (text is null)
        {
            return null;
        }

        if (!EndpointText.TryParse(text, out var endpoint, out var error))
        {
            errors.Add($"{key}: {error}");
        }

        return endpoint;
    }

    private static void Collect(Action validate, List<string> errors, string prefix = "")
    {
        try
        {
            validate();
        }
        catch (ArgumentException exception)
        {
            // The parameter is not what the user wrote.
            errors.Add(prefix + exception.Message.Replace(" (Parameter 'options')", "", StringComparison.Ordinal));
        }
    }
}
