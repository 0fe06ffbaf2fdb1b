// Statements by their first word.
#nullable enable
using System.Collections.Generic;
using Scriban.Syntax;

namespace Scriban.Parsing;

internal sealed partial class Parser
{
    private ScriptStatement ParseStatement()
    {
        int start = _current.Start;
        if (Is(TokenKind.Identifier))
        {
            bool isPath = PeekToken().Kind == TokenKind.Dot;
            switch (TextOf(_current))
            {
                case "if": return ParseIf();
                case "case": return ParseCase();
                case "for" when !isPath: return ParseFor();
                case "while" when !isPath: return ParseWhile();
                case "break": return ParseWordStatement(new BreakStatement(FlowState.Break));
                case "continue": return ParseWordStatement(new BreakStatement(FlowState.Continue));
                case "func": return ParseFunction(isAnonymous: false);
                case "ret": return ParseReturn();
                case "capture": return ParseCapture();
                case "with": return ParseWith();
                case "wrap": return ParseWrap();
                case "import": return ParseImport();
                case "readonly": return ParseReadOnly();
                case "tablerow": throw Error("`tablerow` is not part of this subset of Scriban");
            }
        }

        return ParseExpressionStatement();
    }

    private ScriptStatement ParseExpressionStatement()
    {
        int start = _current.Start;
        var expression = ParseExpression(new ExpressionScope { MayAssign = true });
        if (expression is FunctionDefinition definition)
        {
            return definition.Function;
        }

        ExpectEndOfStatement();
        return At(new ExpressionStatement(expression), start);
    }

    private ScriptStatement ParseWordStatement(ScriptStatement statement)
    {
        int start = _current.Start;
        Advance();
        At(statement, start);
        ExpectEndOfStatement();
        return statement;
    }

    private ScriptBlockStatement ParseBody(BlockKind kind)
    {
        ExpectEndOfStatement();
        return ParseBlock(kind);
    }

    private void ParseEnd(bool expectEndOfStatement = true)
    {
        if (!IsWord("end"))
        {
            throw Error($"Expected `end` instead of {Shown(_current)}");
        }

        Advance();
        if (expectEndOfStatement)
        {
            ExpectEndOfStatement();
        }
    }

    private ScriptStatement ParseIf()
    {
        int start = _current.Start;
        Advance();
        var condition = ParseExpression();
        var then = ParseBody(BlockKind.Branching);
        return At(new IfStatement(condition, then, ParseElse()), start);
    }

    /// <summary>Reads what follows a branch up to and with its `end`.</summary>
    private ScriptStatement? ParseElse()
    {
        if (!IsWord("else"))
        {
            ParseEnd();
            return null;
        }

        Advance();
        if (IsWord("if"))
        {
            return ParseIf();
        }

        var body = ParseBody(BlockKind.Plain);
        ParseEnd();
        return body;
    }

    private ScriptStatement ParseCase()
    {
        int start = _current.Start;
        Advance();
        var value = ParseExpression();
        ExpectEndOfStatement();
        var body = ParseBlock(BlockKind.Case);
        if (body.Statements.Count == 0 || body.Statements[body.Statements.Count - 1] is not WhenStatement)
        {
            ParseEnd();
        }

        return At(new CaseStatement(value, body), start);
    }

    private WhenStatement ParseWhen()
    {
        int start = _current.Start;
        Advance();
        var values = new List<ScriptExpression>();
        while (StartsExpression())
        {
            values.Add(ParseExpression(new ExpressionScope { StopsAtOr = true }));
            if (Is(TokenKind.Comma) || Is(TokenKind.OrOr))
            {
                Advance();
            }
        }

        if (values.Count == 0)
        {
            throw Error("`when` needs a value");
        }

        var body = ParseBody(BlockKind.When);
        ScriptStatement? next = IsWord("when") ? ParseWhen() : ParseElse();
        return At(new WhenStatement(values, body, next), start);
    }

    private ScriptStatement ParseFor()
    {
        int start = _current.Start;
        Advance();
        var variable = ParseExpression(new ExpressionScope { PathOnly = true });
        if (variable is not IAssignable)
        {
            throw Error("`for` needs a variable");
        }

        if (!IsWord("in"))
        {
            throw Error($"Expected `in` instead of {Shown(_current)}");
        }

        Advance();
        var options = new List<NamedArgument>();
        var items = ParseExpression(new ExpressionScope { LoopOptions = options });
        var body = ParseBody(BlockKind.Branching);
        ScriptBlockStatement? otherwise = ParseElse() switch
        {
            null => null,
            ScriptBlockStatement block => block,
            _ => throw Error("The `else` of a `for` takes no condition"),
        };
        return At(new ForStatement(variable, items, options, body, otherwise), start);
    }

    private ScriptStatement ParseWhile()
    {
        int start = _current.Start;
        Advance();
        var condition = ParseExpression();
        var body = ParseBody(BlockKind.Plain);
        ParseEnd();
        return At(new WhileStatement(condition, body), start);
    }

    private ScriptStatement ParseReturn()
    {
        int start = _current.Start;
        Advance();
        var value = StartsExpression() ? ParseExpression() : null;
        ExpectEndOfStatement();
        return At(new ReturnStatement(value), start);
    }

    private ScriptStatement ParseCapture()
    {
        int start = _current.Start;
        Advance();
        var target = ParseExpression();
        if (target is not IAssignable)
        {
            throw Error("`capture` needs a variable");
        }

        var body = ParseBody(BlockKind.Plain);
        ParseEnd();
        return At(new CaptureStatement(target, body), start);
    }

    private ScriptStatement ParseWith()
    {
        int start = _current.Start;
        Advance();
        var target = ParseExpression();
        var body = ParseBody(BlockKind.Plain);
        ParseEnd();
        return At(new WithStatement(target, body), start);
    }

    private ScriptStatement ParseWrap()
    {
        int start = _current.Start;
        Advance();
        var target = ParseExpression();
        var body = ParseBody(BlockKind.Plain);
        ParseEnd();
        return At(new WrapStatement(target, body), start);
    }

    private ScriptStatement ParseImport()
    {
        int start = _current.Start;
        Advance();
        var source = ParseExpression();
        ExpectEndOfStatement();
        return At(new ImportStatement(source), start);
    }

    private ScriptStatement ParseReadOnly()
    {
        int start = _current.Start;
        Advance();
        var variable = ParsePlainVariable();
        ExpectEndOfStatement();
        return At(new ReadOnlyStatement(variable), start);
    }

    private ScriptVariable ParsePlainVariable()
    {
        if (_current.IsName && ParseName() is ScriptVariable variable)
        {
            return variable;
        }

        throw Error($"Expected a variable instead of {Shown(_current)}");
    }

    private FunctionStatement ParseFunction(bool isAnonymous)
    {
        int start = _current.Start;
        Advance();
        var name = isAnonymous ? null : ParsePlainVariable();
        var parameters = Is(TokenKind.OpenParen) ? ParseParameters() : null;
        ExpectEndOfStatement();
        var body = ParseBlock(BlockKind.Plain);
        ParseEnd(expectEndOfStatement: !isAnonymous);
        return At(new FunctionStatement(name, parameters, body), start);
    }

    private List<FunctionParameter> ParseParameters()
    {
        Advance();
        var parameters = new List<FunctionParameter>();
        bool mustBeOptional = false;
        bool closed = false;
        while (!Is(TokenKind.CloseParen))
        {
            if (parameters.Count > 0)
            {
                Expect(TokenKind.Comma, "a comma between parameters");
            }

            if (closed)
            {
                throw Error("Nothing can follow the parameter that takes the rest");
            }

            var name = ParsePlainVariable();
            if (name.Scope != ScriptVariableScope.Global)
            {
                throw Error(_previous, "A parameter's name has no dollar");
            }

            parameters.Add(ParseParameter(name.Name, ref mustBeOptional, ref closed));
        }

        Advance();
        return parameters;
    }

    private FunctionParameter ParseParameter(string name, ref bool mustBeOptional, ref bool closed)
    {
        if (Is(TokenKind.Ellipsis))
        {
            Advance();
            closed = true;
            return new FunctionParameter(name, null, isOptional: false, takesRest: true);
        }

        if (Is(TokenKind.Equal))
        {
            Advance();
            mustBeOptional = true;
            return ParseExpression() is Literal literal
                ? new FunctionParameter(name, literal.Value, isOptional: literal.Value != null, takesRest: false)
                : throw Error(_previous, "A default value must be a literal");
        }

        return mustBeOptional
            ? throw Error(_previous, "A parameter without default cannot follow one with a default")
            : new FunctionParameter(name, null, isOptional: false, takesRest: false);
    }
}
