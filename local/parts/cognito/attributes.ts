/** User attributes: Cognito's list shape, and which of them a caller may write. */
import { AwsError } from '../contract.ts';
import { normalizeEmail } from './users.ts';

const STANDARD = new Set([
  'address',
  'birthdate',
  'email',
  'email_verified',
  'family_name',
  'gender',
  'given_name',
  'locale',
  'middle_name',
  'name',
  'nickname',
  'phone_number',
  'phone_number_verified',
  'picture',
  'preferred_username',
  'profile',
  'updated_at',
  'website',
  'zoneinfo',
]);
const VERIFIED = new Set(['email_verified', 'phone_number_verified']);
const EMAIL = /^[^\s@"<>()[\],;:\\]{1,64}@[^\s@.]+(\.[^\s@.]+)+$/;

/** `[{ Name, Value }]` as a record; a `custom:` attribute is accepted, an unknown standard one is not. */
export function readAttributes(list: unknown, by: 'user' | 'admin'): Record<string, string> {
  if (list === undefined) return {};
  if (!Array.isArray(list)) throw new AwsError('InvalidParameterException', 'UserAttributes must be a list');
  const attributes: Record<string, string> = {};
  for (const entry of list as { Name?: unknown; Value?: unknown }[]) {
    const { Name: name, Value: value = '' } = entry;
    if (typeof name !== 'string' || typeof value !== 'string' || value.length > 2048) {
      throw new AwsError('InvalidParameterException', 'Attributes did not conform to the schema');
    }
    if (name === 'sub')
      throw new AwsError('InvalidParameterException', 'Cannot modify an already provided sub');
    if (!STANDARD.has(name) && !/^custom:[\w.-]{1,20}$/.test(name)) {
      throw new AwsError(
        'InvalidParameterException',
        `Attributes did not conform to the schema: Type for attribute {${name}} could not be determined`,
      );
    }
    if (by === 'user' && VERIFIED.has(name)) {
      throw new AwsError('NotAuthorizedException', 'A client attempted to write unauthorized attribute');
    }
    attributes[name] = value;
  }
  return attributes;
}

export function listAttributes(attributes: Record<string, string>): { Name: string; Value: string }[] {
  return Object.entries(attributes).map(([Name, Value]) => ({ Name, Value }));
}

/** The normalized address, or InvalidParameterException. */
export function requireEmail(value: string, message = 'Username should be an email.'): string {
  const email = normalizeEmail(value);
  if (email.length > 254 || !EMAIL.test(email)) throw new AwsError('InvalidParameterException', message);
  return email;
}

/** `a***@e***`, as Cognito shows where a code went. */
export function maskEmail(email: string): string {
  const [name = '', domain = ''] = email.split('@');
  return `${name.charAt(0)}***@${domain.charAt(0)}***`;
}
