/** Works through many cases, a few at a time: the machine under test is this one. */

/** Calls `work` for every item, at most so many at once; the first failure ends it. */
export async function atMost<T>(
  count: number,
  items: Iterable<T>,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const left = items[Symbol.iterator]();
  const worker = async (): Promise<void> => {
    for (let next = left.next(); next.done !== true; next = left.next()) await work(next.value);
  };
  await Promise.all(Array.from({ length: count }, worker));
}
