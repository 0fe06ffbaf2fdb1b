// `for` and `while` with their loop variables, `break` and `continue`.
#nullable enable
using System.Collections;
using System.Collections.Generic;
using System.Linq;
using Scriban.Parsing;
using Scriban.Runtime;

namespace Scriban.Syntax;

internal abstract class LoopStatement : ScriptStatement
{
    public override object? Evaluate(TemplateContext context)
    {
        context.EnterLoop();
        try
        {
            return Run(context);
        }
        finally
        {
            context.ExitLoop();
            if (context.FlowState != FlowState.Return)
            {
                context.FlowState = FlowState.None;
            }
        }
    }

    protected abstract object? Run(TemplateContext context);

    /// <summary>Whether to go on after the body ran; forgets a `break` or `continue`.</summary>
    protected static bool GoesOn(TemplateContext context)
    {
        var flow = context.FlowState;
        if (flow == FlowState.Return)
        {
            return false;
        }

        context.FlowState = FlowState.None;
        return flow != FlowState.Break;
    }
}

internal sealed class ForStatement : LoopStatement
{
    private readonly ScriptExpression _variable;
    private readonly ScriptExpression _items;
    private readonly List<NamedArgument> _options;
    private readonly ScriptBlockStatement _body;
    private readonly ScriptBlockStatement? _else;

    public ForStatement(
        ScriptExpression variable, ScriptExpression items, List<NamedArgument> options, ScriptBlockStatement body, ScriptBlockStatement? otherwise)
    {
        _variable = variable;
        _items = items;
        _options = options;
        _body = body;
        _else = otherwise;
    }

    protected override object? Run(TemplateContext context)
    {
        var source = _items.Evaluate(context);
        if (source == null)
        {
            return null;
        }

        if (source is not IEnumerable items)
        {
            throw new ScriptRuntimeException(_items.Span, $"`for` cannot go through `{_items}`, which is {context.GetTypeName(source)}");
        }

        items = Restrict(context, items);
        var state = new LoopState(items);
        context.SetLoopVariable(ScriptVariable.ForObject, state);
        if (!state.MoveNext())
        {
            return _else?.Evaluate(context);
        }

        object? result = null;
        do
        {
            context.StepLoop(this);
            if (_variable is ScriptVariable simple)
            {
                context.SetLoopVariable(simple, state.Current);
            }
            else
            {
                ((IAssignable)_variable).Write(context, state.Current);
            }

            result = _body.Evaluate(context);
        }
        while (GoesOn(context) && state.MoveNext());
        return result;
    }

    private IEnumerable Restrict(TemplateContext context, IEnumerable items)
    {
        if (_options.Count == 0)
        {
            return items;
        }

        int offset = 0;
        int limit = 0;
        bool reversed = false;
        foreach (var option in _options)
        {
            switch (option.Name)
            {
                case "offset":
                    offset = context.ToInt(option.Span, option.Evaluate(context));
                    break;
                case "limit":
                    limit = context.ToInt(option.Span, option.Evaluate(context));
                    break;
                case "reversed":
                    reversed = true;
                    break;
                default:
                    throw new ScriptRuntimeException(option.Span, $"`for` has no option `{option.Name}`; it has offset, limit and reversed");
            }
        }

        var typed = items.Cast<object?>();
        typed = offset > 0 ? typed.Skip(offset) : typed;
        typed = reversed ? typed.Reverse() : typed;
        return limit > 0 ? typed.Take(limit) : typed;
    }
}

internal sealed class WhileStatement : LoopStatement
{
    private readonly ScriptExpression _condition;
    private readonly ScriptBlockStatement _body;

    public WhileStatement(ScriptExpression condition, ScriptBlockStatement body)
    {
        _condition = condition;
        _body = body;
    }

    protected override object? Run(TemplateContext context)
    {
        object? result = null;
        var state = new LoopState(null);
        context.SetLoopVariable(ScriptVariable.WhileObject, state);
        context.StepLoop(this);
        while (context.ToBool(_condition.Span, _condition.Evaluate(context)))
        {
            state.MoveNext();
            result = _body.Evaluate(context);
            if (!GoesOn(context))
            {
                break;
            }

            context.StepLoop(this);
        }

        return result;
    }
}

internal sealed class BreakStatement : ScriptStatement
{
    private readonly FlowState _flow;

    public BreakStatement(FlowState flow) => _flow = flow;

    public override object? Evaluate(TemplateContext context)
    {
        if (!context.IsInLoop)
        {
            throw new ScriptRuntimeException(Span, $"`{this}` stands outside of any loop");
        }

        context.FlowState = _flow;
        return null;
    }
}

/// <summary>What `for` and `while` name inside their bodies: <c>for.index</c>, <c>for.last</c> and so on.</summary>
internal sealed class LoopState : IScriptObject
{
    private readonly IEnumerable? _items;
    private readonly IEnumerator? _iterator;
    private int _index = -1;
    private int _length = -1;
    private object? _previous;
    private bool _peeked;
    private bool _hasNext;

    public LoopState(IEnumerable? items)
    {
        _items = items;
        _iterator = items?.GetEnumerator();
    }

    public object? Current { get; private set; }

    public int Count => 0;

    public bool IsReadOnly { get; set; }

    public bool MoveNext()
    {
        if (_iterator != null)
        {
            if (!HasNext())
            {
                return false;
            }

            _previous = Current;
            Current = _iterator.Current;
            _peeked = false;
        }

        _index++;
        return true;
    }

    public bool TryGetValue(TemplateContext? context, SourceSpan span, string member, out object? value)
    {
        value = member switch
        {
            "index" => _index,
            "first" => Boxed.Of(_index == 0),
            "even" => Boxed.Of((_index & 1) == 0),
            "odd" => Boxed.Of((_index & 1) == 1),
            "last" when _items != null => Boxed.Of(!HasNext()),
            "changed" when _items != null => Boxed.Of(_index == 0 || !Equals(_previous, Current)),
            "length" when _items != null => Length,
            "rindex" when _items != null => Length - _index - 1,
            _ => null,
        };
        return value != null;
    }

    public bool Contains(string member) => TryGetValue(null, default, member, out _);

    public IEnumerable<string> GetMembers() => Enumerable.Empty<string>();

    public bool CanWrite(string member) => false;

    public bool TrySetValue(TemplateContext? context, SourceSpan span, string member, object? value, bool readOnly) => false;

    public bool Remove(string member) => false;

    public void SetReadOnly(string member, bool readOnly)
    {
    }

    public IScriptObject Clone(bool deep) => (IScriptObject)MemberwiseClone();

    private int Length => _length >= 0
        ? _length
        : _length = _items is ICollection collection ? collection.Count : _items!.Cast<object?>().Count();

    // Looking ahead moves the iterator, so the current element is kept apart from it.
    private bool HasNext()
    {
        if (!_peeked)
        {
            _hasNext = _iterator!.MoveNext();
            _peeked = true;
        }

        return _hasNext;
    }
}
