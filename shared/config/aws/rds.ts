/**
 * Calls of Amazon RDS in its query protocol: the few that make, describe and delete a copy of the database cluster. They
 * are signed by the SDK's own signer, which the client of another service lends: a client of RDS would be larger than
 * everything that it is needed for.
 */
import { awsClientOptions } from '../aws-client.ts';
import { settings } from '../environment.ts';
import { SecretsManagerClient } from './secrets-manager.ts';
import { readXml, type XmlElement } from './xml.ts';

/** RDS refused; `code` is its own, such as `DBClusterNotFoundFault`. */
export class RdsError extends Error {
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.name = 'RdsError';
    this.code = code;
  }
}

/**
 * Calls an action and returns its result.
 * @param parameters in the flat names of the protocol: `Tags.Tag.1.Key`
 * @throws RdsError when RDS refuses
 */
export async function callRds(
  action: string,
  parameters: Readonly<Record<string, string>>,
): Promise<XmlElement> {
  const url = new URL(settings.rdsUrl());
  const body = new URLSearchParams({ Action: action, Version: '2014-10-31', ...parameters }).toString();
  const signer = await lender().config.signer();
  const { headers } = await signer.sign(
    {
      ...{ method: 'POST', protocol: url.protocol, hostname: url.hostname, path: '/', query: {}, body },
      ...(url.port === '' ? {} : { port: Number(url.port) }),
      headers: { host: url.host, 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' },
    },
    { signingService: 'rds', signingRegion: settings.region() },
  );
  const { host: _host, ...sent } = headers;
  const response = await fetch(url, {
    ...{ method: 'POST', headers: sent, body },
    signal: AbortSignal.timeout(timeoutMs),
  });
  const answer = readXml(await response.text());
  if (response.ok) return answer.child(`${action}Response`).child(`${action}Result`);
  const error = answer.child('ErrorResponse').child('Error');
  throw new RdsError(error.child('Code').text, error.child('Message').text);
}

const timeoutMs = 20_000;
let lending: SecretsManagerClient | undefined;

function lender(): SecretsManagerClient {
  return (lending ??= new SecretsManagerClient(awsClientOptions()));
}
