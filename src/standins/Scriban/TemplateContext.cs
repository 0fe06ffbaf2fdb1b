// The state of a rendering and its settings. A context belongs to one thread at a time.
#nullable enable
using System;
using System.Collections.Generic;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Threading;
using Scriban.Functions;
using Scriban.Parsing;
using Scriban.Runtime;
using Scriban.Syntax;

namespace Scriban;

partial class TemplateContext : IFormatProvider
{
    private readonly List<ScriptExpression> _piped = new();
    private readonly Stack<string> _sourceFiles = new();
    private readonly Stack<ScriptBlockStatement> _offeredBlocks = new();
    private int _pipeFloor;
    private int _callDepth;
    private int _loopDepth;
    private int _loopSteps;

    public TemplateContext()
        : this(null)
    {
    }

    public TemplateContext(ScriptObject? builtin)
    {
        BuiltinObject = builtin ?? new BuiltinFunctions();
        _outputs.Push(new StringBuilderOutput());
#pragma warning disable RS1035 // Only a default, as in the package; a generator sets NewLine itself.
        NewLine = Environment.NewLine;
#pragma warning restore RS1035
        PushGlobal(BuiltinObject);
    }

    public delegate bool TryGetMemberDelegate(TemplateContext context, SourceSpan span, object target, string member, out object? value);

    public delegate bool TryGetVariableDelegate(TemplateContext context, SourceSpan span, ScriptVariable variable, out object? value);

    /// <summary>Where `include` finds templates; without it `include` fails.</summary>
    public ITemplateLoader? TemplateLoader { get; set; }

    public ParserOptions TemplateLoaderParserOptions { get; set; }

    public LexerOptions TemplateLoaderLexerOptions { get; set; }

    /// <summary>Included templates by path.</summary>
    public Dictionary<string, Template> CachedTemplates { get; } = new();

    /// <summary>Gives .NET members their names in templates; null is <see cref="StandardMemberRenamer"/>.</summary>
    public MemberRenamerDelegate? MemberRenamer { get; set; } = StandardMemberRenamer.Default;

    public MemberFilterDelegate? MemberFilter { get; set; }

    public TryGetMemberDelegate? TryGetMember { get; set; }

    public TryGetVariableDelegate? TryGetVariable { get; set; }

    public string NewLine { get; set; }

    /// <summary>Indents all lines of a value like the code that writes it.</summary>
    public bool AutoIndent { get; set; } = true;

    public bool IndentOnEmptyLines { get; set; } = true;

    public bool EnableOutput { get; set; } = true;

    /// <summary>An unknown variable is an error instead of null.</summary>
    public bool StrictVariables { get; set; }

    /// <summary>An unknown member is null instead of an error.</summary>
    public bool EnableRelaxedMemberAccess { get; set; } = true;

    /// <summary>A member or an element of null is null instead of an error.</summary>
    public bool EnableRelaxedTargetAccess { get; set; }

    public bool EnableRelaxedFunctionAccess { get; set; }

    /// <summary>An element outside of a list is null instead of an error.</summary>
    public bool EnableRelaxedIndexerAccess { get; set; } = true;

    public bool EnableNullIndexer { get; set; }

    /// <summary>The most steps of a loop; 0 is no limit.</summary>
    public int LoopLimit { get; set; } = 1000;

    /// <summary>The deepest nesting of calls and includes; 0 is no limit.</summary>
    public int RecursiveLimit { get; set; } = 100;

    public CancellationToken CancellationToken { get; set; }

    public ScriptObject BuiltinObject { get; }

    public Dictionary<object, object?> Tags { get; } = new();

    public CultureInfo CurrentCulture => CultureInfo.InvariantCulture;

    public string? CurrentSourceFile => _sourceFiles.Count == 0 ? null : _sourceFiles.Peek();

    public ScriptNode? CurrentNode { get; internal set; }

    public SourceSpan CurrentSpan => CurrentNode?.Span ?? default;

    internal FlowState FlowState { get; set; }

    internal Stack<object?> CaseValues { get; } = new();

    internal bool IsInLoop => _loopDepth > 0;

    internal int PipedCount => _piped.Count - _pipeFloor;

    public object? GetFormat(Type? formatType) => formatType == null ? null : CurrentCulture.GetFormat(formatType);

    /// <exception cref="ScriptAbortException">The rendering was cancelled.</exception>
    public void CheckAbort()
    {
        if (CancellationToken.IsCancellationRequested)
        {
            throw new ScriptAbortException(CurrentSpan, CancellationToken);
        }
    }

    public void PushSourceFile(string sourceFile) => _sourceFiles.Push(sourceFile);

    public string PopSourceFile() => _sourceFiles.Pop();

    public void EnterRecursive(ScriptNode node)
    {
        try
        {
            RuntimeHelpers.EnsureSufficientExecutionStack();
        }
        catch (InsufficientExecutionStackException error)
        {
            throw new ScriptRuntimeException(node.Span, "The calls are nested too deeply for the stack", error);
        }

        _callDepth++;
        if (RecursiveLimit != 0 && _callDepth > RecursiveLimit)
        {
            _callDepth--;
            throw new ScriptRuntimeException(node.Span, $"`{node}` is nested deeper than the limit of {RecursiveLimit}");
        }
    }

    public void ExitRecursive(ScriptNode node) => _callDepth--;

    internal void EnterLoop()
    {
        _loopDepth++;
        _loopSteps = 0;
        PushLoopScope();
    }

    internal void ExitLoop()
    {
        PopLoopScope();
        _loopDepth--;
        _loopSteps = 0;
    }

    internal void StepLoop(ScriptNode loop)
    {
        if (++_loopSteps > LoopLimit && LoopLimit != 0)
        {
            throw new ScriptRuntimeException(loop.Span, $"The loop takes more than the allowed {LoopLimit} steps");
        }
    }

    internal void PushPiped(ScriptExpression from) => _piped.Add(from);

    internal ScriptExpression PopPiped()
    {
        var from = _piped[_piped.Count - 1];
        _piped.RemoveAt(_piped.Count - 1);
        return from;
    }

    internal void TrimPiped(int count)
    {
        if (PipedCount > count)
        {
            _piped.RemoveRange(_pipeFloor + count, PipedCount - count);
        }
    }

    /// <summary>Hides what is piped so far until the result is disposed.</summary>
    internal PipeScope IsolatePipes()
    {
        var scope = new PipeScope(this, _pipeFloor);
        _pipeFloor = _piped.Count;
        return scope;
    }

    /// <summary>Passes a block to the next function that is called.</summary>
    internal void OfferBlock(ScriptBlockStatement block) => _offeredBlocks.Push(block);

    internal ScriptBlockStatement? TakeBlock() => _offeredBlocks.Count > 0 ? _offeredBlocks.Pop() : null;

    internal readonly struct PipeScope : IDisposable
    {
        private readonly TemplateContext _context;
        private readonly int _floor;

        public PipeScope(TemplateContext context, int floor)
        {
            _context = context;
            _floor = floor;
        }

        public void Dispose() => _context._pipeFloor = _floor;
    }
}
