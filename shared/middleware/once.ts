/** What this instance has done already and need not do again: bounded, and forgotten where it failed. */

/** Remembers names; the oldest are forgotten when there are too many. */
export type Once = {
  /**
   * Does something unless it was done, or is being done, under this name.
   * @param work tells whether it succeeded; what did not is tried again by whoever comes next
   */
  once: (name: string, work: () => Promise<boolean>) => Promise<void>;
};

const mostRemembered = 5_000;

/** An empty memory. */
export function remembering(): Once {
  const done = new Set<string>();
  return {
    once: async (name, work) => {
      if (done.has(name)) return;
      done.add(name);
      const oldest = done.size > mostRemembered ? done.values().next().value : undefined;
      if (oldest !== undefined) done.delete(oldest);
      const succeeded = await work().catch(() => false);
      if (!succeeded) done.delete(name);
    },
  };
}
