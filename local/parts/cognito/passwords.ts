/** Passwords: the pool's policy, scrypt hashes, and temporary passwords for invited users. */
import { randomBytes, randomInt, scrypt, timingSafeEqual } from 'node:crypto';
import { AwsError } from '../contract.ts';
import type { PoolSettings } from './settings.ts';

type Policy = PoolSettings['passwordPolicy'];

const LOG_COST = 15;
const BLOCK = 8;
const SYMBOLS = /[\^$*.[\]{}()?\-"!@#%&/\\,><':;|_~`+=]|\S +\S/;

/** Refuses a password outside the policy, in Cognito's words. */
export function requirePassword(policy: Policy, password: string): void {
  const refuse = (reason: string): never => {
    throw new AwsError('InvalidPasswordException', `Password did not conform with policy: ${reason}`);
  };
  if (password !== password.trim()) refuse('Password must not begin or end with a space');
  if (password.length < policy.minimumLength) refuse('Password not long enough');
  if (password.length > 256) refuse('Password too long');
  if (policy.requireLowercase && !/[a-z]/.test(password)) refuse('Password must have lowercase characters');
  if (policy.requireUppercase && !/[A-Z]/.test(password)) refuse('Password must have uppercase characters');
  if (policy.requireNumbers && !/[0-9]/.test(password)) refuse('Password must have numeric characters');
  if (policy.requireSymbols && !SYMBOLS.test(password)) refuse('Password must have symbol characters');
}

/** `scrypt$<log2 N>$<r>$<salt>$<hash>` */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16);
  const hash = await derive(password, salt, LOG_COST, BLOCK);
  return ['scrypt', LOG_COST, BLOCK, salt.toString('base64url'), hash.toString('base64url')].join('$');
}

/** Without a stored hash it does the same work and says no, so that timing tells nothing about who exists. */
export async function verifyPassword(stored: string | undefined, password: string): Promise<boolean> {
  const [, cost, block, salt, hash] = (stored ?? '').split('$');
  if (cost === undefined || block === undefined || salt === undefined || hash === undefined) {
    await derive(password, Buffer.alloc(16), LOG_COST, BLOCK);
    return false;
  }
  const expected = Buffer.from(hash, 'base64url');
  const actual = await derive(password, Buffer.from(salt, 'base64url'), Number(cost), Number(block));
  return expected.length === actual.length && timingSafeEqual(expected, actual);
}

/** A random password that satisfies any policy Cognito can express at its length. */
export function temporaryPassword(policy: Policy): string {
  const classes = ['abcdefghjkmnpqrstuvwxyz', 'ABCDEFGHJKMNPQRSTUVWXYZ', '23456789', '!@#%&_+='];
  const pick = (alphabet: string): string => alphabet.charAt(randomInt(alphabet.length));
  const characters = classes.map(pick);
  while (characters.length < Math.max(policy.minimumLength, 12)) characters.push(pick(classes.join('')));
  // Fisher–Yates, so that the first four places do not always show the four classes in order.
  for (let last = characters.length - 1; last > 0; last -= 1) {
    const other = randomInt(last + 1);
    [characters[last], characters[other]] = [characters[other] as string, characters[last] as string];
  }
  return characters.join('');
}

function derive(password: string, salt: Buffer, logCost: number, block: number): Promise<Buffer> {
  const N = 2 ** logCost;
  return new Promise((resolve, reject) => {
    scrypt(
      password.normalize('NFKC'),
      salt,
      32,
      { N, r: block, p: 1, maxmem: 256 * N * block },
      (error, key) => (error === null ? resolve(key) : reject(error)),
    );
  });
}
