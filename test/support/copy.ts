/** COPY on a plain connection: the driver speaks the protocol and leaves what to do with the lines to its caller. */
import pg, { type Client, type QueryResult } from 'pg';

/** What a COPY moved: the lines that came out, and how many rows the server counted. */
export type Copied = { lines: string[]; count: number };

/**
 * Runs COPY … TO STDOUT, or COPY … FROM STDIN with these lines.
 * @throws the server's error, which leaves the transaction failed like any other
 */
export function copy(client: Client, text: string, input: readonly string[] = []): Promise<Copied> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    const query = new pg.Query({ text }, (error: Error | undefined, result: unknown) => {
      const lines = Buffer.concat(chunks)
        .toString('utf8')
        .split('\n')
        .filter((line) => line !== '');
      // The driver hands over null, not undefined, when nothing is wrong.
      if (error) reject(error);
      else resolve({ lines, count: (result as QueryResult).rowCount ?? 0 });
    });
    Object.assign(query, {
      handleCopyData: ({ chunk }: { chunk: Buffer }) => void chunks.push(chunk),
      handleCopyInResponse: (connection: CopyConnection) => {
        for (const line of input) connection.sendCopyFromChunk(Buffer.from(`${line}\n`));
        connection.endCopyFrom();
      },
    });
    client.query(query);
  });
}

type CopyConnection = { sendCopyFromChunk(chunk: Buffer): void; endCopyFrom(): void };
