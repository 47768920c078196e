/** Lists that the service gives page by page. */

type Page<Item> = { items: Item[]; nextCursor: string | null };

/** The most rows that one call gives. */
const largestPage = 100;

/**
 * The items of a list, up to that many.
 * @param read reads one page
 */
export async function collect<Item>(
  read: (query: { limit: number; cursor?: string }) => Promise<Page<Item>>,
  most: number,
): Promise<Item[]> {
  const items: Item[] = [];
  let cursor: string | null = null;
  do {
    const limit = Math.min(largestPage, most - items.length);
    const page: Page<Item> = await read({ limit, ...(cursor === null ? {} : { cursor }) });
    items.push(...page.items);
    cursor = page.nextCursor;
  } while (cursor !== null && items.length < most);
  return items;
}
