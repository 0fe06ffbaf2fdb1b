// A page of HTML that is also well-formed XML: elements are built as a tree, so nothing can be left open or unescaped.
using System.Xml.Linq;

namespace Detection.Runtime;

/// <summary>Elements of a page. Everything stands in the file itself: style, pictures, curves.</summary>
internal static class HtmlPage
{
    public static readonly XNamespace Html = "http://www.w3.org/1999/xhtml";

    public static readonly XNamespace Svg = "http://www.w3.org/2000/svg";

    private const string Style = """
        :root { color-scheme: light; --ink: #1c2430; --soft: #5d6b7c; --line: #dde3ea; --back: #f5f7f9; --accent: #2463c5; }
        * { box-sizing: border-box; }
        body { margin: 0; background: var(--back); color: var(--ink); font: 16px/1.5 system-ui, "Segoe UI", Roboto, "Helvetica Neue", sans-serif; }
        main { max-width: 70rem; margin: 0 auto; padding: 2rem 1.25rem 4rem; }
        h1 { font-size: 1.9rem; margin: 0 0 .2rem; }
        h2 { font-size: 1.2rem; margin: 0 0 .8rem; }
        p { margin: .3rem 0 .8rem; }
        .soft { color: var(--soft); }
        section { background: #fff; border: 1px solid var(--line); border-radius: .6rem; padding: 1.2rem 1.4rem; margin-top: 1.2rem; }
        .figures { display: flex; flex-wrap: wrap; gap: .8rem 2.6rem; margin-top: 1.2rem; }
        .figures div { min-width: 6rem; }
        .figures b { display: block; font-size: 1.7rem; font-weight: 650; font-variant-numeric: tabular-nums; }
        .figures span { color: var(--soft); font-size: .9rem; }
        table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
        th, td { text-align: left; padding: .35rem .7rem .35rem 0; border-bottom: 1px solid var(--line); vertical-align: top; }
        th { font-weight: 600; color: var(--soft); }
        .number { text-align: right; }
        .bar { display: inline-block; height: .7rem; border-radius: .2rem; }
        .swatch { display: inline-block; width: .8rem; height: .8rem; border-radius: .2rem; margin-right: .5rem; }
        .wide svg { width: 100%; height: auto; display: block; }
        .gallery { display: grid; grid-template-columns: repeat(auto-fill, minmax(19rem, 1fr)); gap: 1rem; }
        .gallery.small { grid-template-columns: repeat(auto-fill, minmax(10.5rem, 1fr)); align-items: end; }
        .steps { display: grid; grid-template-columns: repeat(auto-fit, minmax(9rem, 1fr)); gap: .8rem; align-items: start; }
        .charts { display: grid; grid-template-columns: repeat(auto-fill, minmax(21rem, 1fr)); gap: 1rem; margin-top: .8rem; }
        img { max-width: 100%; height: auto; display: block; }
        .scroll { overflow-x: auto; }
        .stack { display: inline-flex; width: 9rem; height: .8rem; border-radius: .2rem; overflow: hidden; }
        .tag { color: #fff; border-radius: .2rem; padding: 0 .35rem; margin-right: .4rem; }
        figure { margin: 0; }
        figure svg { width: 100%; height: auto; display: block; border-radius: .35rem; }
        figcaption { color: var(--soft); font-size: .85rem; overflow-wrap: anywhere; }
        .facts { columns: 2 22rem; column-gap: 3rem; margin: 0; }
        .facts div { display: flex; gap: 1rem; justify-content: space-between; break-inside: avoid; border-bottom: 1px solid var(--line); padding: .25rem 0; }
        .facts dt { color: var(--soft); }
        .facts dd { margin: 0; text-align: right; overflow-wrap: anywhere; }
        li { overflow-wrap: anywhere; }
        """;

    /// <summary>An HTML element; one without content still gets an end tag, which browsers want.</summary>
    public static XElement Element(string name, params object?[] content) => new(Html + name, content is [] ? "" : content);

    /// <summary>An HTML element of a class.</summary>
    public static XElement Styled(string name, string style, params object?[] content) =>
        new(Html + name, new XAttribute("class", style), content is [] ? "" : content);

    /// <summary>An SVG element.</summary>
    public static XElement Shape(string name, params object?[] content) => new(Svg + name, content);

    /// <summary>A part of the page under a heading.</summary>
    public static XElement Section(string title, params object?[] content) => Element("section", Element("h2", title), content);

    /// <summary>Names with values.</summary>
    public static XElement Facts(IEnumerable<(string Name, string Value)> facts) =>
        Styled("dl", "facts", facts.Select(fact => Element("div", Element("dt", fact.Name), Element("dd", fact.Value))));

    /// <summary>The whole file.</summary>
    public static string Text(string title, params object?[] content)
    {
        var page = Element(
            "html",
            new XAttribute("lang", "en"),
            Element(
                "head",
                new XElement(Html + "meta", new XAttribute("charset", "utf-8")),
                new XElement(Html + "meta", new XAttribute("name", "viewport"), new XAttribute("content", "width=device-width, initial-scale=1")),
                Element("title", title),
                Element("style", Style)),
            Element("body", Element("main", content)));
        return "<!DOCTYPE html>\n" + page.ToString(SaveOptions.DisableFormatting) + "\n";
    }
}
