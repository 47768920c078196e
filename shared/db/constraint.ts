/** Turns a database constraint into the failure that the caller should see. */
import { fail, type ProblemType } from '../contract/errors.ts';

/** Runs a statement; the violation of this constraint becomes that problem. */
export async function failOn<T>(
  constraint: string,
  declared: ProblemType,
  statement: () => Promise<T>,
): Promise<T> {
  try {
    return await statement();
  } catch (error) {
    if (violatedConstraint(error) === constraint) throw fail(declared, { cause: error });
    throw error;
  }
}

/** The violated constraint's name, or undefined for any other error. */
export function violatedConstraint(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error) || !('constraint' in error)) return undefined;
  const isViolation = typeof error.code === 'string' && error.code.startsWith('23');
  return isViolation && typeof error.constraint === 'string' ? error.constraint : undefined;
}
