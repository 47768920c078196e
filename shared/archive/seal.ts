/**
 * Seals a stream in frames, each encrypted and authenticated by itself, so that neither writing nor reading needs more
 * memory than a frame. A frame knows its place and whether it is the last: none can be left out, moved or added.
 *
 *     frame = length (4 bytes, big-endian; the highest bit marks the last frame), ciphertext, tag (16 bytes)
 *
 * AES-256-GCM; the nonce is the frame's number, which is safe because a key seals one archive only. Authenticated with
 * each frame: the hash of the prelude and whether it is the last.
 */
import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from 'node:crypto';
import { ArchiveError } from './format.ts';

const frameBytes = 1024 * 1024;
const tagBytes = 16;
const lastFrame = 0x8000_0000;
const cipher = 'aes-256-gcm';

/** A fresh salt for one archive, in base64. */
export function newSalt(): string {
  return randomBytes(32).toString('base64');
}

/** The key of one archive: from the deployment's secret, and of no use for any other archive. */
export function archiveKey(secret: string, { salt, tenant, backup }: KeyParts): Buffer {
  const about = `plinth-backup/1 ${tenant} ${backup}`;
  return Buffer.from(hkdfSync('sha256', secret, Buffer.from(salt, 'base64'), about, 32));
}

/** What a key depends on beside the secret. */
export type KeyParts = { salt: string; tenant: string; backup: string };

/** The frames of a stream. */
export async function* sealed(
  plain: AsyncIterable<Uint8Array>,
  key: Buffer,
  prelude: Uint8Array,
): AsyncGenerator<Buffer> {
  const seal = sealer(key, prelude);
  let waiting: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of plain) {
    waiting.push(chunk);
    size += chunk.length;
    if (size <= frameBytes) continue;
    let rest = Buffer.concat(waiting, size);
    // The last frame is marked, so one is always kept back.
    while (rest.length > frameBytes) {
      yield seal(rest.subarray(0, frameBytes), false);
      rest = rest.subarray(frameBytes);
    }
    waiting = [rest];
    size = rest.length;
  }
  yield seal(Buffer.concat(waiting, size), true);
}

/**
 * What was sealed, frame by frame, each only after it was found authentic.
 * @throws ArchiveError `not_authentic` for another key or a changed byte, `cut_off` where the last frame is missing
 */
export async function* opened(
  frames: AsyncIterable<Uint8Array>,
  key: Buffer,
  prelude: Uint8Array,
): AsyncGenerator<Buffer> {
  const open = opener(key, prelude);
  let buffered: Buffer = Buffer.alloc(0);
  let ended = false;
  for await (const chunk of frames) {
    buffered = buffered.length === 0 ? Buffer.from(chunk) : Buffer.concat([buffered, chunk]);
    while (buffered.length >= 4) {
      const mark = buffered.readUInt32BE();
      const length = mark & ~lastFrame & 0x7fff_ffff;
      if (length > frameBytes + tagBytes || length < tagBytes || ended) {
        throw new ArchiveError('not_authentic', 'There is no such frame in a backup.');
      }
      if (buffered.length < 4 + length) break;
      ended = mark >= lastFrame;
      yield open(buffered.subarray(4, 4 + length), ended);
      buffered = buffered.subarray(4 + length);
    }
  }
  if (!ended || buffered.length > 0) {
    throw new ArchiveError('cut_off', 'The backup ends before its last frame.');
  }
}

function sealer(key: Buffer, prelude: Uint8Array) {
  const about = createHash('sha256').update(prelude).digest();
  let number = 0;
  return (plain: Buffer, isLast: boolean): Buffer => {
    const sealing = createCipheriv(cipher, key, nonceOf(number++));
    sealing.setAAD(Buffer.concat([about, Buffer.from([isLast ? 1 : 0])]));
    const text = Buffer.concat([sealing.update(plain), sealing.final(), sealing.getAuthTag()]);
    const mark = Buffer.alloc(4);
    mark.writeUInt32BE((text.length | (isLast ? lastFrame : 0)) >>> 0);
    return Buffer.concat([mark, text]);
  };
}

function opener(key: Buffer, prelude: Uint8Array) {
  const about = createHash('sha256').update(prelude).digest();
  let number = 0;
  return (frame: Buffer, isLast: boolean): Buffer => {
    const opening = createDecipheriv(cipher, key, nonceOf(number++), { authTagLength: tagBytes });
    opening.setAAD(Buffer.concat([about, Buffer.from([isLast ? 1 : 0])]));
    opening.setAuthTag(frame.subarray(-tagBytes));
    try {
      return Buffer.concat([opening.update(frame.subarray(0, -tagBytes)), opening.final()]);
    } catch (error) {
      throw new ArchiveError('not_authentic', 'The backup was changed, or this is not its key.', error);
    }
  };
}

function nonceOf(number: number): Buffer {
  const nonce = Buffer.alloc(12);
  nonce.writeBigUInt64BE(BigInt(number), 4);
  return nonce;
}
