/** Reading the JSON bodies of API calls. */
import { AwsError } from '../contract.ts';

export type Body = Record<string, unknown>;

export function required(body: Body, name: string): string {
  const value = body[name];
  if (typeof value !== 'string' || value === '') {
    const field = name.charAt(0).toLowerCase() + name.slice(1);
    throw new AwsError(
      'InvalidParameterException',
      `1 validation error detected: Value at '${field}' failed to satisfy constraint: Member must not be null`,
    );
  }
  return value;
}

export function optional(body: Body, name: string): string | undefined {
  const value = body[name];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

export function record(body: Body, name: string): Record<string, unknown> {
  const value = body[name];
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
