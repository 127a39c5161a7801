using System.Globalization;
using System.Linq.Expressions;
using Microsoft.EntityFrameworkCore;
using RunAiRbac.Api.Errors;
using RunAiRbac.Storage;

namespace RunAiRbac.Api.Http;

/// <summary>
/// Makes the fields of a list. Texts compare ordinally by code point, on both databases (PostgreSQL's columns have the collation C; SQLite compares the
/// bytes of UTF-8), and without case: the column must hold folded text, and the value is folded. Values are parameters: nothing in them is a wildcard.
/// </summary>
internal static class ListFields<TRow>
{
    /// <summary>
    /// Folded text. With <paramref name="id"/>, <c>==</c> and <c>!=</c> take that too (a subject is named by its name or by its id); with
    /// <paramref name="words"/>, they take only those.
    /// </summary>
    public static ListField<TRow> Text(
        string name, Expression<Func<TRow, string?>> folded, Expression<Func<TRow, string?>>? id = null, string[]? words = null)
        => new ListField<TRow, string>(name, folded.Then(text => text ?? string.Empty), term =>
        {
            var value = Folding.Fold(term.Value);
            if (words is not null) DemandWord(term, value, words);
            var test = folded.Then(TextTests.Of(term.Operator, value));
            return (id, term.Operator) switch
            {
                (not null, "==") => test.Or(id.Then(text => text == value)),
                (not null, "!=") => test.And(id.Then(text => text != value)),
                _ => test,
            };
        });

    /// <summary>A whole number. The operators for texts look at its digits.</summary>
    public static ListField<TRow> Number(string name, Expression<Func<TRow, int>> number)
        => new ListField<TRow, int>(name, number, term =>
        {
            if (!IsComparison(term.Operator)) return number.Then<TRow, int, string?>(x => x.ToString()).Then(TextTests.Of(term.Operator, term.Value));
            if (!int.TryParse(term.Value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value)) throw Wrong(term, "must be a whole number");
            return number.Then<TRow, int, bool>(term.Operator switch
            {
                "==" => x => x == value,
                "!=" => x => x != value,
                "<=" => x => x <= value,
                _ => x => x >= value,
            });
        });

    /// <summary>A moment in UTC microseconds; values are RFC 3339, and only comparisons are taken.</summary>
    public static ListField<TRow> Date(string name, Expression<Func<TRow, long?>> micros)
        => new ListField<TRow, long>(name, micros.Then(x => x ?? long.MinValue), term =>
        {
            if (!IsComparison(term.Operator)) throw Wrong(term, "is a time: it takes only == != <= >=");
            var value = Times.ReadMicros(term.Value, "filterBy");
            return micros.Then<TRow, long?, bool>(term.Operator switch
            {
                "==" => x => x == value,
                "!=" => x => x != value,
                "<=" => x => x <= value,
                _ => x => x >= value,
            });
        });

    /// <summary>One of some words, as its position among them (-1: none). They are given in ordinal order, so that sorting by position sorts by word.</summary>
    public static ListField<TRow> Choice(string name, string[] words, Expression<Func<TRow, int>> position)
    {
        var folded = words.Select(Folding.Fold).ToArray();
        return new ListField<TRow, int>(name, position, term =>
        {
            var value = Folding.Fold(term.Value);
            DemandWord(term, value, words);
            var matching = Enumerable.Range(-1, words.Length + 1).Where(i => TextTests.Passes(term.Operator, i < 0 ? null : folded[i], value)).ToArray();
            return position.Then(x => EF.Parameter(matching).Contains(x));
        });
    }

    /// <summary>true or false, in any case.</summary>
    public static ListField<TRow> Flag(string name, Expression<Func<TRow, bool?>> flag)
        => Choice(name, ["false", "true"], flag.Then(x => x == null ? -1 : x == true ? 1 : 0));

    /// <summary>Fields that we hold no data of.</summary>
    public static IEnumerable<ListField<TRow>> Empty(IEnumerable<string> names) => names.Select(name => new EmptyListField<TRow>(name));

    private static void DemandWord(ListFilter term, string folded, string[] words)
    {
        if (term.Operator is "==" or "!=" && !words.Any(word => Folding.Fold(word) == folded)) throw Wrong(term, $"must be one of {string.Join(", ", words)}");
    }

    private static bool IsComparison(string op) => op is "==" or "!=" or "<=" or ">=";

    private static ApiException Wrong(ListFilter term, string what)
        => new(Kinds.InvalidRequest, $"`filterBy`: `{term.Field}` {what}.", "filterBy");
}

/// <summary>What the operators mean for texts.</summary>
internal static class TextTests
{
#pragma warning disable CA1307, CA1309, CA1310 // Only these overloads become SQL; there the columns' ordinal collations compare.
    public static Expression<Func<string?, bool>> Of(string op, string value) => op switch
    {
        "==" => x => x == value,
        "!=" => x => x != value,
        "<=" => x => string.Compare(x, value) <= 0,
        ">=" => x => string.Compare(x, value) >= 0,
        "=@" => x => x!.Contains(value),
        "!@" => x => x == null || !x.Contains(value),
        "=^" => x => x!.StartsWith(value),
        "=$" => x => x!.EndsWith(value),
        _ => throw new ArgumentOutOfRangeException(nameof(op), op, "There is no such operator."),
    };
#pragma warning restore CA1307, CA1309, CA1310

    /// <summary>The same in memory, for ASCII words.</summary>
    public static bool Passes(string op, string? text, string value) => op switch
    {
        "!=" => text != value,
        "!@" => text?.Contains(value, StringComparison.Ordinal) != true,
        _ when text is null => false,
        "==" => text == value,
        "<=" => string.CompareOrdinal(text, value) <= 0,
        ">=" => string.CompareOrdinal(text, value) >= 0,
        "=@" => text.Contains(value, StringComparison.Ordinal),
        "=^" => text.StartsWith(value, StringComparison.Ordinal),
        _ => text.EndsWith(value, StringComparison.Ordinal),
    };
}

/// <summary>Builds expressions out of others.</summary>
internal static class Expressions
{
    /// <summary>The second applied to what the first gives.</summary>
    public static Expression<Func<TIn, TOut>> Then<TIn, TMid, TOut>(this Expression<Func<TIn, TMid>> first, Expression<Func<TMid, TOut>> second)
        => Expression.Lambda<Func<TIn, TOut>>(Replace(second, first.Body), first.Parameters);

    public static Expression<Func<T, bool>> Or<T>(this Expression<Func<T, bool>> one, Expression<Func<T, bool>> other)
        => Expression.Lambda<Func<T, bool>>(Expression.OrElse(one.Body, Replace(other, one.Parameters[0])), one.Parameters);

    public static Expression<Func<T, bool>> And<T>(this Expression<Func<T, bool>> one, Expression<Func<T, bool>> other)
        => Expression.Lambda<Func<T, bool>>(Expression.AndAlso(one.Body, Replace(other, one.Parameters[0])), one.Parameters);

    private static Expression Replace(LambdaExpression lambda, Expression argument) => new Replacement(lambda.Parameters[0], argument).Visit(lambda.Body);

    private sealed class Replacement(ParameterExpression parameter, Expression argument) : ExpressionVisitor
    {
        protected override Expression VisitParameter(ParameterExpression node) => node == parameter ? argument : node;
    }
}
