using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using static Microsoft.CodeAnalysis.CSharp.SyntaxFactory;

namespace ReactiveLink.Concurrency.Instrumenter;

/// <summary>Puts points between statements, and parts the reading from the writing in <c>_count++</c>.</summary>
internal sealed class PointRewriter(string file, HashSet<string> splittable) : CSharpSyntaxRewriter
{
    private const string Control = "global::ReactiveLink.Concurrency.Control.Interleave";

    public override SyntaxNode? VisitBlock(BlockSyntax node)
    {
        var visited = (BlockSyntax)base.VisitBlock(node)!;
        return visited.WithStatements(WithPoints(node.Statements, visited.Statements));
    }

    public override SyntaxNode? VisitSwitchSection(SwitchSectionSyntax node)
    {
        var visited = (SwitchSectionSyntax)base.VisitSwitchSection(node)!;
        return visited.WithStatements(WithPoints(node.Statements, visited.Statements));
    }

    public override SyntaxNode? VisitLockStatement(LockStatementSyntax node)
    {
        var visited = (LockStatementSyntax)base.VisitLockStatement(node)!;
        return ParseStatement($"using ({Control}.Hold({visited.Expression}, \"{Where(node)}\")) {visited.Statement.ToFullString()}");
    }

    public override SyntaxNode? VisitInvocationExpression(InvocationExpressionSyntax node)
    {
        // What waits for a callback under way when it is disposed: the controller must know.
        var visited = (InvocationExpressionSyntax)base.VisitInvocationExpression(node)!;
        var registers = node.Expression is MemberAccessExpressionSyntax { Name.Identifier.Text: "Register" or "UnsafeRegister", Expression: IdentifierNameSyntax token }
            && token.Identifier.Text.Contains("cancel", StringComparison.OrdinalIgnoreCase);
        return registers ? ParseExpression($"new CancellationTokenRegistration({visited})").WithTriviaFrom(node) : visited;
    }

    public override SyntaxNode? VisitExpressionStatement(ExpressionStatementSyntax node)
    {
        var split = node.Expression switch
        {
            PostfixUnaryExpressionSyntax { Operand: IdentifierNameSyntax field } step when IsSplittable(field) => Split(field, step.OperatorToken.Text[..1], "1"),
            AssignmentExpressionSyntax { Left: IdentifierNameSyntax field } change when IsSplittable(field)
                && change.Kind() is SyntaxKind.AddAssignmentExpression or SyntaxKind.SubtractAssignmentExpression =>
                Split(field, change.OperatorToken.Text[..1], change.Right.ToString()),
            _ => null,
        };
        return split is null ? base.VisitExpressionStatement(node) : ParseStatement(split).WithTriviaFrom(node);
    }

    public override SyntaxNode? VisitMethodDeclaration(MethodDeclarationSyntax node)
    {
        var visited = (MethodDeclarationSyntax)base.VisitMethodDeclaration(node)!;
        if (visited.ExpressionBody is not { } body || !TouchesShared(node.ExpressionBody!))
        {
            return visited;
        }

        var isAsync = node.Modifiers.Any(SyntaxKind.AsyncKeyword);
        var returns = node.ReturnType is not PredefinedTypeSyntax { Keyword.RawKind: (int)SyntaxKind.VoidKeyword }
            && !(isAsync && node.ReturnType is IdentifierNameSyntax { Identifier.Text: "Task" or "ValueTask" });
        return visited.WithExpressionBody(null).WithSemicolonToken(default).WithBody(Body(node, body, returns));
    }

    public override SyntaxNode? VisitPropertyDeclaration(PropertyDeclarationSyntax node)
    {
        var visited = (PropertyDeclarationSyntax)base.VisitPropertyDeclaration(node)!;
        if (visited.ExpressionBody is not { } body || !TouchesShared(node.ExpressionBody!))
        {
            return visited;
        }

        var getter = AccessorDeclaration(SyntaxKind.GetAccessorDeclaration, Body(node, body, returns: true));
        return visited.WithExpressionBody(null).WithSemicolonToken(default).WithAccessorList(AccessorList(SingletonList(getter)));
    }

    public override SyntaxNode? VisitAccessorDeclaration(AccessorDeclarationSyntax node)
    {
        var visited = (AccessorDeclarationSyntax)base.VisitAccessorDeclaration(node)!;
        return visited.ExpressionBody is not { } body || !TouchesShared(node.ExpressionBody!)
            ? visited
            : visited.WithExpressionBody(null).WithSemicolonToken(default).WithBody(Body(node, body, node.IsKind(SyntaxKind.GetAccessorDeclaration)));
    }

    private static bool TouchesShared(SyntaxNode node) =>
        node.DescendantNodesAndSelf(child => child is not (BlockSyntax or LocalFunctionStatementSyntax)).Any(child =>
            child is MemberAccessExpressionSyntax or InvocationExpressionSyntax or ElementAccessExpressionSyntax or MemberBindingExpressionSyntax
            || (child is IdentifierNameSyntax { Identifier.Text: var name } && name.StartsWith('_')));

    private static bool IsThrow(ArrowExpressionClauseSyntax body) => body.Expression is ThrowExpressionSyntax;

    private SyntaxList<StatementSyntax> WithPoints(SyntaxList<StatementSyntax> originals, SyntaxList<StatementSyntax> visited)
    {
        var result = new List<StatementSyntax>(visited.Count * 2);
        for (var i = 0; i < visited.Count; i++)
        {
            // A lock has its own point.
            if (originals[i] is not (LocalFunctionStatementSyntax or LockStatementSyntax or BlockSyntax or LabeledStatementSyntax) && TouchesShared(originals[i]))
            {
                result.Add(Point(originals[i]));
            }

            result.Add(visited[i]);
        }

        return List(result);
    }

    private BlockSyntax Body(SyntaxNode original, ArrowExpressionClauseSyntax body, bool returns)
    {
        StatementSyntax statement = IsThrow(body)
            ? ThrowStatement(((ThrowExpressionSyntax)body.Expression).Expression.WithLeadingTrivia(Space))
            : returns ? ReturnStatement(body.Expression.WithLeadingTrivia(Space)) : ExpressionStatement(body.Expression);
        return Block(Point(original), statement).WithTrailingTrivia(CarriageReturnLineFeed);
    }

    private StatementSyntax Point(SyntaxNode node) => ParseStatement($"{Control}.Point(\"{Where(node)}\");\n");

    private string Where(SyntaxNode node) => $"{file}:{node.GetLocation().GetLineSpan().StartLinePosition.Line + 1}";

    private bool IsSplittable(IdentifierNameSyntax name) => splittable.Contains(name.Identifier.Text);

    private string Split(IdentifierNameSyntax field, string operation, string change) =>
        $"{field} = {Control}.Stale({field}, \"{Where(field)}\") {operation} ({change});";
}
