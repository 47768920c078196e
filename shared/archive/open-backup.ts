/**
 * `npm run open-backup -- <file> < key`: writes what is in a backup to standard output, as lines of JSON. The key comes
 * with the download, in hexadecimal digits, and is read from standard input, where no list of processes shows it. Nothing
 * is written of what was not found authentic; when it ends with an error, the file is not what it should be.
 */
import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { text } from 'node:stream/consumers';
import { type ArchiveRecord, readArchive } from './read.ts';

const [file, ...more] = process.argv.slice(2);
if (file === undefined || more.length > 0) {
  process.stderr.write('Usage: npm run open-backup -- <file> < key\n');
  process.exit(1);
}

const key = Buffer.from((await text(process.stdin)).trim(), 'hex');
if (key.length !== 32) {
  process.stderr.write('The key has 64 hexadecimal digits.\n');
  process.exit(1);
}

try {
  for await (const lines of linesOf(readArchive(createReadStream(file), () => key))) {
    if (!process.stdout.write(lines)) await once(process.stdout, 'drain');
  }
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}

async function* linesOf(records: AsyncIterable<ArchiveRecord>): AsyncGenerator<string> {
  for await (const record of records) {
    if (record.kind === 'rows') yield `${record.rows.join('\n')}\n`;
    else if (record.kind === 'header') yield `${JSON.stringify(record.header)}\n`;
    else if (record.kind === 'table') yield `${JSON.stringify(record.table)}\n`;
    else if (record.kind === 'end') yield `${JSON.stringify(record.end)}\n`;
    else yield `${JSON.stringify({ contents: record.contents })}\n`;
  }
}
