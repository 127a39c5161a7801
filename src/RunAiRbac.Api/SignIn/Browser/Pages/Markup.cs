using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Encodings.Web;

namespace RunAiRbac.Api.SignIn.Browser.Pages;

/// <summary>HTML. Only what is written in the code is taken as it is; every text put into it is encoded, so that none can become markup.</summary>
[InterpolatedStringHandler]
internal readonly struct Markup
{
    private readonly StringBuilder _text;

    public Markup(int literalLength, int formattedCount) => _text = new StringBuilder(literalLength + (formattedCount * 16));

    public static Markup Nothing => new(0, 0);

    public void AppendLiteral(string literal) => _text.Append(literal);

    public void AppendFormatted(string? text) => _text.Append(HtmlEncoder.Default.Encode(text ?? string.Empty));

    public void AppendFormatted(int number) => _text.Append(number);

    public void AppendFormatted(Markup inner) => _text.Append(inner._text);

    public void AppendFormatted(IEnumerable<Markup> inner)
    {
        foreach (var one in inner) _text.Append(one._text);
    }

    public override string ToString() => _text.ToString();
}
