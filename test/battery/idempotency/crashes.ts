/** Calls that are interrupted: by a lost connection, an ended session, an ended function. Then they are repeated. */
import { setTimeout as sleep } from 'node:timers/promises';
import { problems } from '#shared/contract/errors.ts';
import type { RegisteredEndpoint } from '#shared/contract/module.ts';
import type { HttpAnswer } from '../support/http.ts';
import type { Effects } from '../support/effects.ts';
import type { BatterySite } from '../support/site.ts';
import type { Loss, PostgresProxy } from './postgres-proxy.ts';
import type { Check } from './repeats.ts';
import { codeOf, effectComplaint, isSuccess, kindOf, newTrial, type Trial } from './trial.ts';

const attempts = 40;
const pauseMs = 250;

/** The connection breaks at that very moment. */
export function losing(proxy: PostgresProxy, loss: Loss): Check {
  return async (site, called, one) => {
    const trial = await newTrial(site, called);
    const lost = proxy.lose(loss);
    const answer = await trial.send();
    if (!lost.struck()) return `the battery could not lose ${loss}: the call sent none`;
    const { status, code } = problems.unavailable;
    if (codeOf(answer) !== `${status} ${code}`) return `expected ${status} ${code}, got ${codeOf(answer)}`;
    return finish(trial, one);
  };
}

export type Interruption = (site: BatterySite, called: RegisteredEndpoint) => Promise<void>;

/** The database ends every session of the functions. */
export const endSessions: Interruption = async ({ world }) => {
  await world.admin.query(
    `select pg_terminate_backend(pid) from pg_stat_activity
     where datname = current_database() and usename in ('app_tenant', 'app_platform')`,
  );
};

/** Every instance of the function dies. */
export const endFunction: Interruption = ({ stack, functionOf }, called) =>
  stack.functions.crash(functionOf(called.module, kindOf(called)).name);

/** Something ends at a random moment of the call. */
export function interrupting(interrupt: Interruption, callMs: (operationId: string) => number): Check {
  return async (site, called, one) => {
    const trial = await newTrial(site, called);
    const call = trial.send();
    await sleep(Math.random() * callMs(called.operationId));
    await interrupt(site, called);
    await call;
    return finish(trial, one);
  };
}

/** Repeats a call as a client does, until it knows: it has succeeded, or there is nothing left to do. */
async function finish(trial: Trial, one: Effects): Promise<string | undefined> {
  let answer: HttpAnswer | undefined;
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    answer = await trial.send();
    if (isSuccess(trial, answer) || isDone(trial, answer)) return effectComplaint(trial, one);
    // Sessions end in the gate's store first: who was interrupted then is signed out, and the trail may not say so.
    if (hasSignedOut(trial, answer)) {
      return (await effectComplaint(trial, one)) === undefined ? undefined : effectComplaint(trial, {});
    }
    const isTemporary = answer.status >= 500 || codeOf(answer) === `409 ${problems.inFlight.code}`;
    if (!isTemporary) break;
    await sleep(pauseMs);
  }
  return `repeating it ended with ${answer === undefined ? 'nothing' : codeOf(answer)}`;
}

/** Without a key, what is gone has been removed by the call that was interrupted. */
function isDone({ key }: Trial, answer: HttpAnswer): boolean {
  return key === undefined && codeOf(answer) === `404 ${problems.notFound.code}`;
}

function hasSignedOut({ key }: Trial, answer: HttpAnswer): boolean {
  const { status, code } = problems.sessionEnded;
  return key === undefined && codeOf(answer) === `${status} ${code}`;
}
