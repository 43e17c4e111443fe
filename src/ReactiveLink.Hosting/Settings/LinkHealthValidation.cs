using Microsoft.Extensions.Options;

namespace ReactiveLink.Hosting.Settings;

internal sealed class LinkHealthValidation : IValidateOptions<LinkHealthOptions>
{
    public ValidateOptionsResult Validate(string? name, LinkHealthOptions options)
    {
        var errors = options.FindErrors().Select(error => $"{LinkName.Display(name)}, health: {error}").ToList();
        return errors.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(errors);
    }
}
