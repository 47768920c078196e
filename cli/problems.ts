/** What the service refused, as a sentence for the person at the terminal with what to do next. */
import { type ProblemBody, problemSchema } from '#shared/contract/errors.ts';
import { type ExitCode, exitCodes, Refusal } from './exit.ts';

/** The refusal to tell for an answer that is none. */
export async function refusalOf(answer: Response): Promise<Refusal> {
  const { status } = answer;
  const problem = problemIn(await answer.text());
  const code = problem?.code ?? '';
  return new Refusal(problem === undefined ? `The service answered HTTP ${status}.` : sentence(problem), {
    exitCode: exitCodeOf(status),
    advice: status === 429 ? waiting(code, answer.headers.get('retry-after')) : advice[code],
    facts: [
      `HTTP ${status}${code === '' ? '' : `, ${code}`}`,
      ...(problem?.instance === undefined ? [] : [`request ${problem.instance}`]),
    ],
  });
}

function problemIn(text: string): ProblemBody | undefined {
  try {
    return problemSchema.safeParse(JSON.parse(text)).data;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

const signIn = 'Sign in with: plinth login';

/** By the problem's stable code; a problem without advice speaks for itself. */
const advice: Readonly<Record<string, string>> = {
  'auth.unauthenticated': signIn,
  'auth.session_ended': signIn,
  'auth.key_refused': 'Check the key in PLINTH_API_KEY, or give another with: plinth login --key',
  'auth.forbidden': 'plinth whoami shows your role; an owner of the tenant can change it.',
  'auth.email_unverified': 'Verify your e-mail address in the console first.',
  'tenant.required': 'Choose a tenant with plinth tenants use, or name one with --tenant.',
  'tenant.suspended': 'Only the platform’s staff can resume it.',
  'capability.off': 'A larger plan may include it; the console lists what is on and why.',
  'capability.switched_off': 'plinth kill-switch list shows what is switched off.',
  'dependency.unavailable': 'Try again in a moment.',
  internal: 'Run it again with --verbose and give the request’s id to support.',
};

function sentence({ title, detail, errors = [] }: ProblemBody): string {
  const fields = errors.map(({ path, message }) => `${path} ${message}`).join('; ');
  return [title, detail, fields === '' ? undefined : `${fields}.`].filter(Boolean).join(' ');
}

/** What a limit says of when it is over, as its header does: in seconds. */
function waiting(code: string, retryAfter: string | null): string {
  const more = code === 'limit.usage' ? ' plinth usage shows what is used up.' : '';
  const seconds = Number(retryAfter ?? Number.NaN);
  if (!Number.isFinite(seconds)) return `Try again later.${more}`;
  return `Try again in ${seconds < 120 ? `${seconds} s` : `${Math.ceil(seconds / 60)} min`}.${more}`;
}

function exitCodeOf(status: number): ExitCode {
  switch (status) {
    case 400:
    case 422:
      return exitCodes.usage;
    case 401:
      return exitCodes.signedOut;
    case 403:
      return exitCodes.forbidden;
    case 404:
      return exitCodes.notFound;
    case 429:
      return exitCodes.limited;
    default:
      return exitCodes.failed;
  }
}
