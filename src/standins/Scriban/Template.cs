// A parsed template. It holds no rendering state, so one instance may be rendered by several threads at once.
#nullable enable
using System;
using Scriban.Parsing;
using Scriban.Runtime;
using Scriban.Syntax;

namespace Scriban;

partial class Template
{
    private Template(string? sourceFilePath, ParserOptions parserOptions, LexerOptions lexerOptions)
    {
        SourceFilePath = sourceFilePath;
        ParserOptions = parserOptions;
        LexerOptions = lexerOptions;
    }

    public string? SourceFilePath { get; }

    public ParserOptions ParserOptions { get; }

    public LexerOptions LexerOptions { get; }

    /// <summary>The tree, or null when the template has errors.</summary>
    public ScriptPage? Page { get; private set; }

    public bool HasErrors => Messages.HasErrors;

    /// <summary>What is wrong with the template: its first mistake, with its position.</summary>
    public LogMessageBag Messages { get; } = new();

    /// <summary>Parses a template; mistakes are found in <see cref="Messages"/>, not thrown.</summary>
    public static Template Parse(
        string text, string? sourceFilePath = null, ParserOptions? parserOptions = null, LexerOptions? lexerOptions = null)
    {
        var template = new Template(sourceFilePath, parserOptions ?? default, lexerOptions ?? default);
        var source = new SourceText(text ?? string.Empty, sourceFilePath);
        var mode = template.LexerOptions.Mode;
        try
        {
            var tokens = new Lexer(source.Text, mode).Tokenize();
            template.Page = new Parser(source, tokens, template.ParserOptions, mode).ParsePage();
        }
        catch (SyntaxError error)
        {
            template.Messages.Add(new LogMessage(ParserMessageType.Error, source.Span(error.Start, error.End), error.Message));
        }

        return template;
    }

    /// <summary>The value of code written without braces.</summary>
    public static object? Evaluate(string expression, TemplateContext context) =>
        Parse(expression, lexerOptions: new LexerOptions { Mode = ScriptMode.ScriptOnly }).Evaluate(context);

    /// <summary>The value of the template's last statement; nothing is written.</summary>
    /// <exception cref="InvalidOperationException">The template has errors.</exception>
    public object? Evaluate(TemplateContext context)
    {
        bool enableOutput = context.EnableOutput;
        context.EnableOutput = false;
        try
        {
            return Run(context);
        }
        finally
        {
            context.EnableOutput = enableOutput;
        }
    }

    /// <summary>Renders into the context's output and returns, and empties, what stands there.</summary>
    /// <exception cref="InvalidOperationException">The template has errors.</exception>
    /// <exception cref="ScriptRuntimeException">Rendering failed; the message starts with the position.</exception>
    public string Render(TemplateContext context)
    {
        var result = Run(context);
        if (result != null && context.EnableOutput)
        {
            context.Write(Page!.Span, result);
        }

        var text = context.Output.ToString()!;
        if (context.Output is StringBuilderOutput output)
        {
            output.Builder.Clear();
        }

        return text;
    }

    /// <summary>Renders with the members of an object, dictionary or template object as global names.</summary>
    public string Render(object? model = null, MemberRenamerDelegate? memberRenamer = null, MemberFilterDelegate? memberFilter = null)
    {
        var globals = new ScriptObject();
        globals.Import(model, memberFilter, memberRenamer);
        var context = new TemplateContext { MemberRenamer = memberRenamer, MemberFilter = memberFilter };
        context.PushGlobal(globals);
        return Render(context);
    }

    private object? Run(TemplateContext context)
    {
        if (context == null)
        {
            throw new ArgumentNullException(nameof(context));
        }

        if (Page == null)
        {
            throw new InvalidOperationException($"The template has errors:\n{Messages}");
        }

        if (SourceFilePath == null)
        {
            return Page.Evaluate(context);
        }

        context.PushSourceFile(SourceFilePath);
        try
        {
            return Page.Evaluate(context);
        }
        finally
        {
            context.PopSourceFile();
        }
    }
}
