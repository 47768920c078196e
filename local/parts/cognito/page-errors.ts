/** Cognito's errors in words for people, next to the field they concern. */
import type { FormError } from '#local/pages/login/pages.ts';
import type { AwsError } from '../contract.ts';
import type { PoolSettings } from './settings.ts';

const BY_CODE: Record<string, FormError> = {
  CodeMismatchException: { field: 'code', message: 'This code is not right or no longer valid.' },
  EnableSoftwareTokenMFAException: {
    field: 'code',
    message: 'This code is not right. Check that the clock of your device is right.',
  },
  ExpiredCodeException: { field: 'code', message: 'This code was used before. Wait for the next one.' },
  InvalidParameterException: { field: 'email', message: 'Enter a valid e-mail address.' },
  LimitExceededException: { field: 'form', message: 'Too many requests. Please try again in an hour.' },
};

export function pageError({ code, message }: AwsError): FormError {
  if (code === 'InvalidPasswordException') {
    return {
      field: 'password',
      message: `${message.replace('Password did not conform with policy: ', '')}.`,
    };
  }
  if (code === 'NotAuthorizedException') {
    if (message === 'Password attempts exceeded') {
      return { field: 'form', message: 'Too many tries. Please wait a moment before the next one.' };
    }
    if (message === 'Incorrect username or password.') {
      return { field: 'password', message: 'E-mail or password is not right.' };
    }
  }
  if (code === 'UserLambdaValidationException') {
    return { field: 'form', message: message.replace(/^\w+ failed with error /, '') };
  }
  return BY_CODE[code] ?? { field: 'form', message };
}

/** The password policy as one sentence. */
export function passwordRule(policy: PoolSettings['passwordPolicy']): string {
  const classes = [
    policy.requireLowercase ? 'a lower-case letter' : '',
    policy.requireUppercase ? 'an upper-case letter' : '',
    policy.requireNumbers ? 'a digit' : '',
    policy.requireSymbols ? 'a symbol' : '',
  ].filter((entry) => entry !== '');
  const last = classes.pop();
  const list = classes.length > 0 ? `${classes.join(', ')} and ${last}` : last;
  return `At least ${policy.minimumLength} characters${list === undefined ? '' : `, with ${list}`}.`;
}
