/** A filter that stands in the address, so that it can be sent to somebody. */
import { useSearchParams } from 'react-router';

const dayMs = 24 * 60 * 60 * 1000;

export type AddressFilter<Name extends string> = {
  /** What was typed; empty where nothing was. */
  typed: (name: Name) => string;
  set: (name: Name, value: string) => void;
  clear: () => void;
};

/** @param names what the filter knows; everything else in the address is left alone */
export function useAddressFilter<Name extends string>(names: readonly Name[]): AddressFilter<Name> {
  const [query, setQuery] = useSearchParams();
  return {
    typed: (name) => (names.includes(name) ? (query.get(name) ?? '') : ''),
    set: (name, value) =>
      setQuery(
        (before) => {
          const next = new URLSearchParams(before);
          if (value === '') next.delete(name);
          else next.set(name, value);
          return next;
        },
        { replace: true },
      ),
    clear: () => setQuery({}, { replace: true }),
  };
}

/** Days as they were typed, as the service takes them: `to` is the whole of the day that was named. */
export function between(from: string, to: string): { from?: string; to?: string } {
  return {
    ...(from === '' ? {} : { from: new Date(`${from}T00:00:00`).toISOString() }),
    ...(to === '' ? {} : { to: new Date(Date.parse(`${to}T00:00:00`) + dayMs).toISOString() }),
  };
}
