/** Telling that something was done, to eyes and to screen readers. */
import { createContext, use } from 'react';

export type Say = (text: string) => void;

export const SayContext = createContext<Say>(() => undefined);

export function useSay(): Say {
  return use(SayContext);
}
