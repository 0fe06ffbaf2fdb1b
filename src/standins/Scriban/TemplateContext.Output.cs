// Writing, with automatic indentation, and includes.
#nullable enable
using System;
using System.Collections.Generic;
using Scriban.Parsing;
using Scriban.Runtime;
using Scriban.Syntax;

namespace Scriban;

partial class TemplateContext
{
    private readonly Stack<IScriptOutput> _outputs = new();
    private bool _atLineStart;

    public IScriptOutput Output => _outputs.Peek();

    /// <summary>What is put before each line while code runs that stands behind white space only.</summary>
    public string? CurrentIndent { get; set; }

    public void PushOutput() => PushOutput(new StringBuilderOutput());

    public void PushOutput(IScriptOutput output) => _outputs.Push(output);

    public IScriptOutput PopOutput() =>
        _outputs.Count > 1 ? _outputs.Pop() : throw new InvalidOperationException("PopOutput without PushOutput");

    public virtual TemplateContext Write(SourceSpan span, object? textAsObject)
    {
        if (textAsObject != null)
        {
            Write(ObjectToString(textAsObject));
        }

        return this;
    }

    public TemplateContext WriteLine() => Write(NewLine);

    public TemplateContext Write(string? text) => text == null ? this : Write(text, 0, text.Length);

    public TemplateContext Write(string? text, int startIndex, int count)
    {
        if (text == null || count == 0)
        {
            return this;
        }

        if (string.IsNullOrEmpty(CurrentIndent))
        {
            _atLineStart = text[startIndex + count - 1] == '\n';
            Output.Write(text, startIndex, count);
            return this;
        }

        int end = startIndex + count;
        while (startIndex < end)
        {
            int newLine = text.IndexOf('\n', startIndex, end - startIndex);
            int lineEnd = newLine < 0 ? end : newLine + 1;
            bool isEmpty = newLine == startIndex || (newLine == startIndex + 1 && text[startIndex] == '\r');
            if (_atLineStart && (IndentOnEmptyLines || !isEmpty))
            {
                Output.Write(CurrentIndent!, 0, CurrentIndent!.Length);
            }

            _atLineStart = newLine >= 0;
            Output.Write(text, startIndex, lineEnd - startIndex);
            startIndex = lineEnd;
        }

        return this;
    }

    /// <summary>The path of an included template.</summary>
    public virtual string GetTemplatePathFromName(string templateName, ScriptNode callerContext)
    {
        if (string.IsNullOrEmpty(templateName))
        {
            throw new ScriptRuntimeException(callerContext.Span, "`include` needs the name of a template");
        }

        if (TemplateLoader == null)
        {
            throw new ScriptRuntimeException(callerContext.Span, $"`{templateName}` cannot be included: the context has no TemplateLoader");
        }

        return Guarded(callerContext, $"The template `{templateName}` was not found", () => TemplateLoader.GetPath(this, callerContext.Span, templateName));
    }

    /// <summary>Loads and parses an included template once.</summary>
    public Template GetOrCreateTemplate(string templatePath, ScriptNode callerContext)
    {
        if (CachedTemplates.TryGetValue(templatePath, out var template))
        {
            return template;
        }

        var text = Guarded(callerContext, $"The template `{templatePath}` could not be loaded", () => TemplateLoader!.Load(this, callerContext.Span, templatePath));
        template = Template.Parse(text, templatePath, TemplateLoaderParserOptions, TemplateLoaderLexerOptions);
        if (template.HasErrors)
        {
            throw new ScriptParserRuntimeException(callerContext.Span, $"The template `{templatePath}` has errors:", template.Messages);
        }

        return CachedTemplates[templatePath] = template;
    }

    /// <summary>Renders an included template with its arguments in `$`; it writes global names into the caller's scope.</summary>
    public string RenderTemplate(Template template, ScriptArray arguments, ScriptNode callerContext)
    {
        EnterRecursive(callerContext);
        var indent = CurrentIndent;
        var outerArguments = GetValue(ScriptVariable.Arguments);
        CurrentIndent = null;
        PushOutput();
        try
        {
            SetValue(ScriptVariable.Arguments, arguments, true, true);
            _atLineStart &= indent == null;
            var text = template.Render(this);
            _atLineStart &= indent == null;
            return text;
        }
        finally
        {
            PopOutput();
            CurrentIndent = indent;
            ExitRecursive(callerContext);
            DeleteValue(ScriptVariable.Arguments);
            if (outerArguments != null)
            {
                SetValue(ScriptVariable.Arguments, outerArguments, true);
            }
        }
    }

    private static string Guarded(ScriptNode caller, string failure, Func<string> get)
    {
        try
        {
            return get() ?? throw new ScriptRuntimeException(caller.Span, failure);
        }
        catch (Exception error) when (error is not ScriptRuntimeException)
        {
            throw new ScriptRuntimeException(caller.Span, $"{failure}: {error.Message}", error);
        }
    }
}
