// Expressions. Arguments follow a function separated by spaces, each an operator expression; pipes bind weakest.
#nullable enable
using System.Collections.Generic;
using Scriban.Runtime;
using Scriban.Syntax;

namespace Scriban.Parsing;

internal sealed partial class Parser
{
    private ScriptExpression ParseExpression() => ParseExpression(default(ExpressionScope));

    private ScriptExpression ParseExpression(ExpressionScope scope)
    {
        if (!StartsExpression())
        {
            throw Error($"Expected an expression instead of {Shown(_current)}");
        }

        Enter();
        int start = _current.Start;
        FunctionCall? call = null;
        while (true)
        {
            var operand = ParseOperand();
            if (operand is AnonymousFunction)
            {
                _depth--;
                return CloseCall(call, operand, start);
            }

            if (ParseAfterOperand(ref operand, ref call, scope, start))
            {
                _depth--;
                return CloseCall(call, operand, start);
            }
        }
    }

    private ScriptExpression CloseCall(FunctionCall? call, ScriptExpression operand, int start)
    {
        if (call == null)
        {
            return operand;
        }

        call.Arguments.Add(operand);
        return At(call, start);
    }

    /// <summary>Goes on after an operand: true when the expression is complete, false when another argument follows.</summary>
    private bool ParseAfterOperand(ref ScriptExpression operand, ref FunctionCall? call, in ExpressionScope scope, int start)
    {
        while (true)
        {
            ParseSteps(ref operand, call);
            if (scope.PathOnly || scope.AliasOnly)
            {
                return true;
            }

            if (Is(TokenKind.Colon) && !scope.InConditional)
            {
                if (operand is not ScriptVariable name)
                {
                    throw Error("Only a plain name can stand before `:`");
                }

                Advance();
                operand = At(new NamedArgument(name.Name, ParseExpression()), operand.StartOffset);
                return true;
            }

            if (IsAssignment(out var compound))
            {
                operand = ParseAssignment(operand, call, compound, scope);
                return true;
            }

            if (BinaryOperatorHere(out var op, out int precedence) && !(scope.StopsAtOr && op == BinaryOperator.Or))
            {
                if (precedence <= scope.Precedence)
                {
                    return true;
                }

                int signStart = _current.Start;
                Advance();
                var sign = At(new Literal(null), signStart);
                var right = ParseExpression(new ExpressionScope
                {
                    Precedence = precedence,
                    InsideCall = scope.InsideCall || call != null,
                    InConditional = scope.InConditional,
                });
                operand = At(new BinaryExpression(operand, op, right, sign), operand.StartOffset);
                continue;
            }

            if (Is(TokenKind.Question))
            {
                if (scope.Precedence > 0)
                {
                    return true;
                }

                operand = ParseConditional(CloseCall(call, operand, start), start);
                call = null;
                return true;
            }

            if (StartsExpression())
            {
                if (scope.InsideCall)
                {
                    return true;
                }

                switch (ParseArgumentStart(ref operand, ref call, scope, start))
                {
                    case ArgumentStep.NextOperand: return false;
                    case ArgumentStep.Complete: return true;
                    default: continue;
                }
            }

            if (scope.Precedence > 0 || !Is(TokenKind.Pipe))
            {
                operand = scope.IsPipeTarget && scope.Precedence == 0 && call == null ? AsPipeTarget(operand) : operand;
                return true;
            }

            operand = ParsePipe(CloseCall(call, scope.IsPipeTarget && call == null ? AsPipeTarget(operand) : operand, start), start);
            call = null;
            return true;
        }
    }

    private enum ArgumentStep
    {
        NextOperand,
        Continue,
        Complete,
    }

    private ArgumentStep ParseArgumentStart(ref ScriptExpression operand, ref FunctionCall? call, in ExpressionScope scope, int start)
    {
        if (Is(TokenKind.Identifier) && scope.LoopOptions != null)
        {
            while (Is(TokenKind.Identifier))
            {
                scope.LoopOptions.Add(ParseNamedArgument());
            }

            return ArgumentStep.Continue;
        }

        if (Is(TokenKind.OpenParen) && !SpaceBefore())
        {
            operand = ParseExplicitCall(operand);
            return ArgumentStep.Continue;
        }

        if (call == null)
        {
            call = new FunctionCall(operand, isExplicit: false);
        }
        else
        {
            call.Arguments.Add(operand);
        }

        if (Is(TokenKind.Identifier) && PeekToken().Kind == TokenKind.Colon)
        {
            do
            {
                call.Arguments.Add(ParseNamedArgument());
            }
            while (Is(TokenKind.Identifier) && PeekToken().Kind == TokenKind.Colon);

            if (!StartsExpression())
            {
                operand = At(call, start);
                call = null;
                return Is(TokenKind.Pipe) ? ArgumentStep.Continue : ArgumentStep.Complete;
            }
        }

        return ArgumentStep.NextOperand;
    }

    private NamedArgument ParseNamedArgument()
    {
        int start = _current.Start;
        var name = TextOf(_current);
        Advance();
        ScriptExpression? value = null;
        if (Is(TokenKind.Colon))
        {
            Advance();
            value = ParseExpression(new ExpressionScope { PathOnly = true });
        }

        return At(new NamedArgument(name, value), start);
    }

    private ScriptExpression ParseExplicitCall(ScriptExpression target)
    {
        var call = new FunctionCall(target, isExplicit: true);
        Advance();
        while (!Is(TokenKind.CloseParen))
        {
            if (call.Arguments.Count > 0)
            {
                Expect(TokenKind.Comma, "a comma between arguments");
            }

            call.Arguments.Add(ParseExpression());
        }

        Advance();
        return At(call, target.StartOffset);
    }

    private ScriptExpression ParsePipe(ScriptExpression from, int start)
    {
        // A pipe may end a line.
        _ignoreNewLines++;
        Advance();
        _ignoreNewLines--;
        return At(new PipeExpression(from, ParseExpression(new ExpressionScope { IsPipeTarget = true })), start);
    }

    // After a pipe a bare name is a call.
    private ScriptExpression AsPipeTarget(ScriptExpression operand) =>
        operand is IAssignable ? At(new FunctionCall(operand, isExplicit: false), operand.StartOffset) : operand;

    private ScriptExpression ParseConditional(ScriptExpression condition, int start)
    {
        Advance();
        var then = ParseExpression(new ExpressionScope { InConditional = true });
        Expect(TokenKind.Colon, "the `:` of a conditional expression");
        var otherwise = ParseExpression(new ExpressionScope { InConditional = true });
        return At(new ConditionalExpression(condition, then, otherwise), start);
    }

    private ScriptExpression ParseAssignment(ScriptExpression target, FunctionCall? call, BinaryOperator? compound, in ExpressionScope scope)
    {
        if (compound == null && call == null && target is FunctionCall { IsExplicit: true } header && IsFunctionHeader(header))
        {
            return scope.MayAssign ? ParseInlineFunction(header) : throw Error("A function can be defined only as a statement");
        }

        if (!scope.MayAssign || call != null || target is not IAssignable)
        {
            throw Error(target is IAssignable ? "An assignment must be a statement of its own" : $"`{target}` cannot be assigned");
        }

        Advance();
        return At(new AssignExpression(target, compound, ParseExpression()), target.StartOffset);
    }

    private static bool IsFunctionHeader(FunctionCall header) =>
        header.Target is ScriptVariableGlobal && header.Arguments.TrueForAll(argument => argument is ScriptVariableGlobal);

    private ScriptExpression ParseInlineFunction(FunctionCall header)
    {
        Advance();
        var parameters = header.Arguments.ConvertAll(
            argument => new FunctionParameter(((ScriptVariable)argument).Name, null, isOptional: false, takesRest: false));
        var function = new FunctionStatement((ScriptVariable)header.Target, parameters, ParseExpressionStatement());
        return new FunctionDefinition(At(function, header.StartOffset));
    }

    private bool IsAssignment(out BinaryOperator? compound)
    {
        compound = _current.Kind switch
        {
            TokenKind.PlusEqual => BinaryOperator.Add,
            TokenKind.MinusEqual => BinaryOperator.Subtract,
            TokenKind.StarEqual => BinaryOperator.Multiply,
            TokenKind.SlashEqual => BinaryOperator.Divide,
            TokenKind.SlashSlashEqual => BinaryOperator.DivideRound,
            TokenKind.PercentEqual => BinaryOperator.Modulus,
            _ => null,
        };
        return compound != null || Is(TokenKind.Equal);
    }

    private bool BinaryOperatorHere(out BinaryOperator op, out int precedence)
    {
        (op, precedence) = _current.Kind switch
        {
            TokenKind.Coalesce => (BinaryOperator.Coalesce, 20),
            TokenKind.NotCoalesce => (BinaryOperator.NotCoalesce, 20),
            TokenKind.OrOr => (BinaryOperator.Or, 30),
            TokenKind.AndAnd => (BinaryOperator.And, 40),
            TokenKind.EqualEqual => (BinaryOperator.Equal, 70),
            TokenKind.NotEqual => (BinaryOperator.NotEqual, 70),
            TokenKind.Less => (BinaryOperator.Less, 80),
            TokenKind.LessEqual => (BinaryOperator.LessOrEqual, 80),
            TokenKind.Greater => (BinaryOperator.Greater, 80),
            TokenKind.GreaterEqual => (BinaryOperator.GreaterOrEqual, 80),
            TokenKind.Plus => (BinaryOperator.Add, 100),
            TokenKind.Minus => (BinaryOperator.Subtract, 100),
            TokenKind.Star => (BinaryOperator.Multiply, 110),
            TokenKind.Slash => (BinaryOperator.Divide, 110),
            TokenKind.SlashSlash => (BinaryOperator.DivideRound, 110),
            TokenKind.Percent => (BinaryOperator.Modulus, 110),
            TokenKind.ShiftLeft => (BinaryOperator.ShiftLeft, 110),
            TokenKind.ShiftRight => (BinaryOperator.ShiftRight, 110),
            TokenKind.Range => (BinaryOperator.Range, 130),
            TokenKind.RangeExclusive => (BinaryOperator.RangeExclusive, 130),
            _ => (default, 0),
        };
        return precedence > 0;
    }

    /// <summary>What surrounds an expression and limits how far it reaches.</summary>
    private struct ExpressionScope
    {
        /// <summary>Operators that bind no tighter belong to the surrounding expression.</summary>
        public int Precedence;

        /// <summary>What follows without an operator is the next argument of the surrounding call.</summary>
        public bool InsideCall;

        /// <summary>Between `?` and `:` and after it a colon names no argument.</summary>
        public bool InConditional;

        public bool MayAssign;

        /// <summary>The values of `when` are separated by `||`.</summary>
        public bool StopsAtOr;

        /// <summary>Only a literal or a path, without operators.</summary>
        public bool PathOnly;

        public bool AliasOnly;

        public bool IsPipeTarget;

        /// <summary>Receives what follows the sequence of a `for`.</summary>
        public List<NamedArgument>? LoopOptions;
    }

    /// <summary>`name(a) = expression`, on its way from the expression parser to the statement parser.</summary>
    private sealed class FunctionDefinition : ScriptExpression
    {
        public FunctionDefinition(FunctionStatement function) => Function = function;

        public FunctionStatement Function { get; }

        public override object? Evaluate(TemplateContext context) => Function;
    }
}
