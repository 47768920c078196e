/**
 * What the template cannot know because it is decided when the local runtime starts: where things listen.
 */

/** The account every local resource belongs to. */
export const localAccount = '000000000000';

/** Run-time facts, known before the template is resolved. */
export type Facts = {
  /** The AWS front, e.g. `http://127.0.0.1:4566`; queue URLs are built on it. */
  awsUrl: string;
  /** What stands for `https://<api>.execute-api.<region>.amazonaws.com/<stage>`; no trailing slash. */
  apiUrl: string;
  /** What stands for `https://<domain>.auth.<region>.amazoncognito.com`; no trailing slash. */
  loginUrl: string;
  /** What stands for `https://cognito-idp.<region>.amazonaws.com/<pool id>`; no trailing slash. */
  issuerUrl: string;
  database: { host: string; port: number };
  /** Values of template parameters, by parameter name or by the SSM name that is their default. */
  parameters?: Record<string, string>;
  /**
   * Replaces what a resource answers: by `<logical id>` or `<stack>/<logical id>` for Ref, with `.<attribute>`
   * appended for GetAtt.
   */
  overrides?: Record<string, string>;
};
