/** Reads a raw MIME message as far as a mailbox shows it: addresses, subject, the HTML and the text. */

export type Message = {
  from: string;
  to: string[];
  cc: string[];
  bcc: string[];
  replyTo: string[];
  subject: string;
  html: string;
  text: string;
};

export function parseMime(raw: Buffer): Message {
  // Latin-1 keeps every byte, so that parts can be decoded in their own charset.
  const part = splitPart(raw.toString('latin1'));
  const header = (name: string) => decodeWords(part.headers.get(name) ?? '');
  const bodies = collectBodies(part, { html: '', text: '' });
  return {
    from: header('from'),
    to: addresses(header('to')),
    cc: addresses(header('cc')),
    bcc: addresses(header('bcc')),
    replyTo: addresses(header('reply-to')),
    subject: header('subject'),
    ...bodies,
  };
}

type Part = { headers: Map<string, string>; body: string };
type Bodies = { html: string; text: string };

function splitPart(source: string): Part {
  const [head = '', ...rest] = source.replaceAll('\r\n', '\n').split('\n\n');
  const headers = new Map<string, string>();
  // A line that begins with white space continues the header before it.
  for (const line of head
    .replace(/^\n/, '')
    .replace(/\n[ \t]+/g, ' ')
    .split('\n')) {
    const colon = line.indexOf(':');
    if (colon > 0) headers.set(line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim());
  }
  return { headers, body: rest.join('\n\n') };
}

function collectBodies(part: Part, found: Bodies): Bodies {
  const type = part.headers.get('content-type') ?? 'text/plain';
  const boundary = /boundary="?([^";]+)"?/i.exec(type)?.[1];
  if (/^multipart\//i.test(type) && boundary !== undefined) {
    return part.body
      .split(`--${boundary}`)
      .slice(1)
      .filter((piece) => !piece.startsWith('--'))
      .reduce((bodies, piece) => collectBodies(splitPart(piece.replace(/^\n/, '')), bodies), found);
  }
  if (/^attachment/i.test(part.headers.get('content-disposition') ?? '')) return found;
  const content = decodeBody(part, /charset="?([^";]+)"?/i.exec(type)?.[1] ?? 'utf-8');
  if (/^text\/html/i.test(type) && found.html === '') return { ...found, html: content };
  if (/^text\/plain/i.test(type) && found.text === '') return { ...found, text: content };
  return found;
}

function decodeBody({ headers, body }: Part, charset: string): string {
  switch ((headers.get('content-transfer-encoding') ?? '').toLowerCase()) {
    case 'base64':
      return decode(Buffer.from(body, 'base64'), charset);
    case 'quoted-printable':
      return decode(quotedPrintable(body.replace(/=\n/g, '')), charset);
    default:
      return decode(Buffer.from(body, 'latin1'), charset);
  }
}

/** `=?utf-8?B?…?=` and `=?utf-8?Q?…?=`; white space between two such words is not part of the text. */
function decodeWords(value: string): string {
  // Headers may also be plain UTF-8, which was read byte by byte.
  return Buffer.from(value, 'latin1')
    .toString()
    .replace(/(\?=)\s+(=\?)/g, '$1$2')
    .replace(/=\?([^?]+)\?([bq])\?([^?]*)\?=/gi, (_, charset: string, kind: string, encoded: string) =>
      decode(
        kind.toLowerCase() === 'b'
          ? Buffer.from(encoded, 'base64')
          : quotedPrintable(encoded.replaceAll('_', ' ')),
        charset,
      ),
    );
}

function quotedPrintable(value: string): Buffer {
  const bytes = value.replace(/=([\da-f]{2})/gi, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
  return Buffer.from(bytes, 'latin1');
}

function decode(bytes: Buffer, charset: string): string {
  try {
    return new TextDecoder(charset).decode(bytes);
  } catch (error) {
    // An unknown charset is shown as it is rather than lost.
    if (error instanceof RangeError) return bytes.toString('latin1');
    throw error;
  }
}

/** Splits a header of addresses at the commas that are not inside quotes. */
function addresses(header: string): string[] {
  return header
    .split(/,(?=(?:[^"]*"[^"]*")*[^"]*$)/)
    .map((one) => one.trim())
    .filter((one) => one !== '');
}
