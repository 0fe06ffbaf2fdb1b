// Scopes: a stack of global objects (built-ins, model, `with`, functions) and a stack of local ones, each with its loops' variables.
#nullable enable
using System;
using System.Collections.Generic;
using Scriban.Runtime;
using Scriban.Syntax;

namespace Scriban;

partial class TemplateContext
{
    private readonly List<Scope> _globals = new();
    private readonly List<Scope> _locals = new();

    /// <summary>The object that new names are written to.</summary>
    public IScriptObject? CurrentGlobal => _globals.Count == 0 ? null : _globals[_globals.Count - 1].Values;

    public int GlobalCount => _globals.Count;

    private Scope InnermostLocal => _locals[_locals.Count - 1];

    /// <summary>Makes an object the innermost scope, with fresh local variables.</summary>
    public void PushGlobal(IScriptObject scriptObject)
    {
        PushGlobalOnly(scriptObject ?? throw new ArgumentNullException(nameof(scriptObject)));
        PushLocal();
    }

    public IScriptObject PopGlobal()
    {
        if (_globals.Count == 1)
        {
            throw new InvalidOperationException("PopGlobal without PushGlobal");
        }

        PopLocal();
        return PopGlobalOnly();
    }

    public void PushLocal() => _locals.Add(new Scope(new ScriptObject()));

    public void PopLocal() => _locals.RemoveAt(_locals.Count - 1);

    public object? GetValue(ScriptVariable variable)
    {
        object? value;
        if (variable.Scope == ScriptVariableScope.Local)
        {
            if (InnermostLocal.TryGet(this, variable, out value))
            {
                return value;
            }
        }
        else
        {
            for (int i = _globals.Count - 1; i >= 0; i--)
            {
                if (_globals[i].TryGet(this, variable, out value))
                {
                    return value;
                }
            }
        }

        if (TryGetVariable != null && TryGetVariable(this, variable.Span, variable, out value))
        {
            return value;
        }

        if (StrictVariables && variable != ScriptVariable.Arguments)
        {
            throw new ScriptRuntimeException(variable.Span, $"There is no variable or function `{variable.Name}`");
        }

        return null;
    }

    /// <summary>Sets a variable where it exists, otherwise in the innermost scope.</summary>
    public void SetValue(ScriptVariable variable, object? value, bool asReadOnly = false)
    {
        if (!StoreForWriting(variable).TrySetValue(this, variable.Span, variable.Name, value, asReadOnly))
        {
            throw new ScriptRuntimeException(variable.Span, $"`{variable.Name}` is read-only");
        }
    }

    public void SetValue(ScriptVariable variable, object? value, bool asReadOnly, bool force)
    {
        if (force)
        {
            DeleteValue(variable);
        }

        SetValue(variable, value, asReadOnly);
    }

    public void DeleteValue(ScriptVariable variable) => StoreForWriting(variable).Remove(variable.Name);

    public void SetReadOnly(ScriptVariable variable, bool isReadOnly = true) =>
        StoreForWriting(variable).SetReadOnly(variable.Name, isReadOnly);

    internal void PushGlobalOnly(IScriptObject scriptObject) => _globals.Add(new Scope(scriptObject));

    internal IScriptObject PopGlobalOnly()
    {
        var values = _globals[_globals.Count - 1].Values;
        _globals.RemoveAt(_globals.Count - 1);
        return values;
    }

    internal void SetLoopVariable(ScriptVariable variable, object? value)
    {
        var scope = variable.Scope == ScriptVariableScope.Local ? InnermostLocal : _globals[_globals.Count - 1];
        scope.Loops![scope.Loops.Count - 1].SetValue(variable.Name, value, false);
    }

    private void PushLoopScope()
    {
        _globals[_globals.Count - 1].PushLoop();
        InnermostLocal.PushLoop();
    }

    private void PopLoopScope()
    {
        _globals[_globals.Count - 1].PopLoop();
        InnermostLocal.PopLoop();
    }

    private IScriptObject StoreForWriting(ScriptVariable variable)
    {
        if (variable.Scope == ScriptVariableScope.Local)
        {
            return InnermostLocal.Values;
        }

        IScriptObject? holder = null;
        for (int i = _globals.Count - 1; i >= 0; i--)
        {
            var values = _globals[i].Values;
            if (!values.CanWrite(variable.Name))
            {
                throw new ScriptRuntimeException(
                    variable.Span, $"`{variable.Name}` is {(values == BuiltinObject ? "built in and " : string.Empty)}read-only");
            }

            holder ??= values.Contains(variable.Name) ? values : null;
        }

        return holder ?? CurrentGlobal!;
    }

    private sealed class Scope
    {
        public Scope(IScriptObject values) => Values = values;

        public IScriptObject Values { get; }

        public List<ScriptObject>? Loops { get; private set; }

        public void PushLoop() => (Loops ??= new List<ScriptObject>()).Add(new ScriptObject());

        public void PopLoop() => Loops!.RemoveAt(Loops.Count - 1);

        public bool TryGet(TemplateContext context, ScriptVariable variable, out object? value)
        {
            for (int i = (Loops?.Count ?? 0) - 1; i >= 0; i--)
            {
                if (Loops![i].TryGetValue(context, default, variable.Name, out value))
                {
                    return true;
                }
            }

            return Values.TryGetValue(context, default, variable.Name, out value);
        }
    }
}
