/**
 * Templates build the addresses of the API, the login pages and the token issuer from AWS's host names. Here these
 * answer on this machine, so the addresses are exchanged wherever they appear.
 */
import type { Facts } from './facts.ts';
import type { ResolvedResource } from './cell.ts';

/** What a template for development calls the machine it runs on. Another port may have been free. */
const developmentUrl = 'http://localhost:4000';

/** A function that exchanges addresses in all text below a value. */
export function rewriter(resources: ResolvedResource[], facts: Facts): <T>(value: T) => T {
  const rewrites: [from: RegExp, to: string][] = [
    [whole(developmentUrl), facts.apiUrl],
    ...resources.flatMap((resource) => addressesOf(resource, facts)),
  ];
  const change = (value: unknown): unknown => {
    if (typeof value === 'string')
      return rewrites.reduce((text, [from, to]) => text.replace(from, to), value);
    if (Array.isArray(value)) return value.map(change);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, change(item)]));
  };
  return <T>(value: T) => change(value) as T;
}

function addressesOf(resource: ResolvedResource, facts: Facts): [from: RegExp, to: string][] {
  const { region, properties, ref } = resource;
  if (resource.type === 'AWS::ApiGateway::Stage') {
    const host = `${String(properties.RestApiId)}.execute-api.${region}.amazonaws.com`;
    return [[whole(`https://${host}/${ref}`), facts.apiUrl]];
  }
  if (resource.type === 'AWS::Cognito::UserPoolDomain') {
    return [[whole(`https://${ref}.auth.${region}.amazoncognito.com`), facts.loginUrl]];
  }
  if (resource.type === 'AWS::Cognito::UserPool') {
    return [[whole(`https://cognito-idp.${region}.amazonaws.com/${ref}`), facts.issuerUrl]];
  }
  return [];
}

/** Matches an address, but not a longer name that begins with it. */
function whole(address: string): RegExp {
  return new RegExp(`${address.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}(?![\\w-])`, 'g');
}
