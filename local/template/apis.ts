/**
 * The REST APIs of a cell: the OpenAPI body that API Gateway would import, with its integrations resolved.
 */
import { ofType, type Cell } from './cell.ts';
import { propertiesOf } from './properties.ts';

/** A REST API and the stage it is deployed to. */
export type RestApi = {
  id: string;
  name: string;
  stage: string;
  stageVariables?: Record<string, string>;
  /** OpenAPI 3.0 with API Gateway's extensions. */
  body: Record<string, unknown>;
};

/** Every REST API with a body in the template; gateway responses beside it are merged into it. */
export function restApis(cell: Cell): RestApi[] {
  const stages = ofType(cell, 'AWS::ApiGateway::Stage');
  return ofType(cell, 'AWS::ApiGateway::RestApi').map((resource) => {
    const properties = propertiesOf(resource);
    const body = properties.object('Body')?.raw;
    if (body === undefined) {
      throw new Error(
        `${resource.stack}/${resource.logicalId}: only an API with an inline body is supported`,
      );
    }
    const stage = stages.find((candidate) => candidate.properties.RestApiId === resource.ref);
    const variables = stage === undefined ? undefined : propertiesOf(stage).object('Variables')?.raw;
    const info = body.info as { title?: string } | undefined;
    return {
      id: resource.ref,
      name: properties.text('Name') ?? info?.title ?? resource.logicalId,
      stage: stage?.ref ?? 'local',
      body: withExtras(cell, resource.ref, body, properties.texts('BinaryMediaTypes')),
      ...(variables === undefined ? {} : { stageVariables: variables as Record<string, string> }),
    };
  });
}

function withExtras(
  cell: Cell,
  apiId: string,
  body: Record<string, unknown>,
  binary: string[],
): Record<string, unknown> {
  const beside = ofType(cell, 'AWS::ApiGateway::GatewayResponse')
    .map(propertiesOf)
    .filter((response) => response.text('RestApiId') === apiId)
    .map((response) => {
      const { StatusCode, ResponseParameters, ResponseTemplates } = response.raw;
      return [
        response.needText('ResponseType'),
        {
          statusCode: StatusCode,
          responseParameters: ResponseParameters,
          responseTemplates: ResponseTemplates,
        },
      ] as const;
    });
  const responses = (body['x-amazon-apigateway-gateway-responses'] ?? {}) as Record<string, unknown>;
  const media = (body['x-amazon-apigateway-binary-media-types'] ?? []) as string[];
  return {
    ...body,
    'x-amazon-apigateway-gateway-responses': { ...responses, ...Object.fromEntries(beside) },
    'x-amazon-apigateway-binary-media-types': [...media, ...binary],
  };
}
