/** Whose look the console has: of the tenant that is looked at, else of the house. Known outside of all pages, as the frame around them has it too. */
import { useSyncExternalStore } from 'react';

export type Brand = { name: string; color?: string | undefined; logo?: string | undefined };

export const house: Brand = { name: 'Plinth' };

let shown = house;
const watchers = new Set<() => void>();

export function showBrand(brand: Brand): void {
  if (JSON.stringify(brand) === JSON.stringify(shown)) return;
  shown = brand;
  for (const tell of watchers) tell();
}

export function useShownBrand(): Brand {
  return useSyncExternalStore(watch, () => shown);
}

function watch(tell: () => void): () => void {
  watchers.add(tell);
  return () => void watchers.delete(tell);
}
