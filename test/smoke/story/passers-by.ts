/** People who belong to nothing: as many as it takes to call more than one person may in a minute. */
import { newPerson, type Person } from '../people.ts';
import type { Stack } from '../stack.ts';
import { hasMail } from './arrival.ts';

/** Somebody may make sixty calls a minute; each of them makes fewer. */
const callsOfOne = 50;

/**
 * Whose turn it is to make so many calls: the same person until their calls are used up, then a new one. Where nobody
 * can sign up it is always the one who is given.
 */
export function passersBy(stack: Stack, otherwise: Person): (calls: number) => Promise<Person> {
  let present: Person | undefined;
  let left = 0;
  return async (calls) => {
    if (!hasMail(stack)) return otherwise;
    if (present === undefined || left < calls) {
      present = await newPerson(stack, 'Passer-by');
      left = callsOfOne;
    }
    left -= calls;
    return present;
  };
}
