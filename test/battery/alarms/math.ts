/** The metric math that the alarms use: numbers, ids of metrics, `+ - * /` and parentheses. Anything else is refused. */

/** What an expression comes to, given each metric's value; undefined where one has none, or by a division by zero. */
export type Expression = (valueOf: (id: string) => number | undefined) => number | undefined;

/** @throws Error for what is not understood */
export function parseMath(text: string): Expression {
  const tokens = tokensOf(text);
  let next = 0;
  const take = (...wanted: string[]): string | undefined =>
    wanted.includes(tokens[next] ?? '') ? tokens[next++] : undefined;

  const primary = (): Expression => {
    if (take('(') !== undefined) {
      const inside = sum();
      if (take(')') === undefined) throw new Error(`A parenthesis is not closed in "${text}".`);
      return inside;
    }
    const token = tokens[next++] ?? '';
    if (/^\d/.test(token)) return () => Number(token);
    if (!/^[a-z]/.test(token) || tokens[next] === '(')
      throw new Error(`"${text}" is not understood at "${token}".`);
    return (valueOf) => valueOf(token);
  };
  const product = (): Expression => chain(primary, '*', '/');
  const sum = (): Expression => chain(product, '+', '-');
  const chain = (operand: () => Expression, ...operators: string[]): Expression => {
    let left = operand();
    for (let operator = take(...operators); operator !== undefined; operator = take(...operators)) {
      left = combine(operator, left, operand());
    }
    return left;
  };

  const whole = sum();
  if (next < tokens.length) throw new Error(`"${text}" is not understood at "${tokens[next] ?? ''}".`);
  return whole;
}

function combine(operator: string, left: Expression, right: Expression): Expression {
  return (valueOf) => {
    const [one, other] = [left(valueOf), right(valueOf)];
    if (one === undefined || other === undefined) return undefined;
    if (operator === '+') return one + other;
    if (operator === '-') return one - other;
    if (operator === '*') return one * other;
    return other === 0 ? undefined : one / other;
  };
}

function tokensOf(text: string): string[] {
  const tokens = text.match(/[a-z]\w*|\d+(?:\.\d+)?|\S/g) ?? [];
  return tokens;
}
