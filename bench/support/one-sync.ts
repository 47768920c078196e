/**
 * Several statements under one Sync: PostgreSQL runs them as one implicit transaction without BEGIN and COMMIT.
 * The kernel does not do this; a bench shows what it would be worth.
 */
import type { Connection, PoolClient } from 'pg';
import type { Statement } from '#shared/contract/context.ts';

/** Runs statements as one implicit transaction in one round trip, on a connection that is not pipelined. */
export function underOneSync(connection: PoolClient, statements: readonly Statement[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const submit = (wire: Connection) => {
      wire.stream.cork();
      for (const { text, values } of statements) {
        wire.parse({ text, name: '', types: [] }, true);
        wire.bind({ values: values.map(toWire) }, true);
        wire.execute({ rows: '0' }, true);
      }
      wire.sync();
      wire.stream.uncork();
    };
    const ignore = () => undefined;
    connection.query({
      submit,
      handleRowDescription: ignore,
      handleDataRow: ignore,
      handleCommandComplete: ignore,
      handleEmptyQuery: ignore,
      handlePortalSuspended: ignore,
      handleError: reject,
      handleReadyForQuery: resolve,
    } as never);
  });
}

/** What the bench sends: texts, numbers and nulls. */
function toWire(value: unknown): string | null {
  return typeof value === 'string' || typeof value === 'number' ? `${value}` : null;
}
