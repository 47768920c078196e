/**
 * What a cell stores things in: tables, queues, buckets and secrets, in the shape that creates them.
 */
import { ofType, type Cell } from './cell.ts';
import { propertiesOf, type Properties } from './properties.ts';

/** A key attribute: `HASH` or `RANGE`. */
export type KeySchema = { AttributeName: string; KeyType: string }[];

/** A DynamoDB table, in CreateTable's vocabulary. */
export type TableDefinition = {
  logicalId: string;
  name: string;
  arn: string;
  keySchema: KeySchema;
  attributeDefinitions: { AttributeName: string; AttributeType: string }[];
  globalIndexes: IndexDefinition[];
  localIndexes: IndexDefinition[];
  /** Items expire by this attribute (seconds since the epoch). */
  ttlAttribute?: string;
};

/** A secondary index, in CreateTable's vocabulary. */
export type IndexDefinition = {
  IndexName: string;
  KeySchema: KeySchema;
  Projection: Record<string, unknown>;
};

/** An SQS queue; `attributes` are those of CreateQueue. */
export type QueueDefinition = {
  logicalId: string;
  name: string;
  url: string;
  arn: string;
  attributes: Record<string, string>;
};

/** An S3 bucket. */
export type BucketDefinition = {
  logicalId: string;
  name: string;
  arn: string;
  versioned: boolean;
  objectLock: boolean;
  corsRules: Record<string, unknown>[];
};

/** A secret: given, or generated once as CloudFormation does. */
export type SecretDefinition = {
  logicalId: string;
  name: string;
  arn: string;
  secretString?: string;
  generate?: {
    /** JSON object that receives the generated value at `key`; without both, the secret is the value itself. */
    template?: string;
    key?: string;
    length: number;
    excludeCharacters: string;
    excludePunctuation: boolean;
  };
};

export function tables(cell: Cell): TableDefinition[] {
  return ofType(cell, 'AWS::DynamoDB::Table', 'AWS::DynamoDB::GlobalTable').map((resource) => {
    const properties = propertiesOf(resource);
    const ttl = properties.object('TimeToLiveSpecification');
    return {
      logicalId: resource.logicalId,
      name: resource.ref,
      arn: String(resource.attributes.Arn),
      keySchema: keySchema(properties),
      attributeDefinitions: properties.objects('AttributeDefinitions').map((attribute) => ({
        AttributeName: attribute.needText('AttributeName'),
        AttributeType: attribute.needText('AttributeType'),
      })),
      globalIndexes: properties.objects('GlobalSecondaryIndexes').map(index),
      localIndexes: properties.objects('LocalSecondaryIndexes').map(index),
      ...(ttl?.flag('Enabled') === true ? { ttlAttribute: ttl.needText('AttributeName') } : {}),
    };
  });
}

export function queues(cell: Cell): QueueDefinition[] {
  return ofType(cell, 'AWS::SQS::Queue').map((resource) => {
    const properties = propertiesOf(resource);
    const attributes = queueAttributes.filter((name) => properties.raw[name] !== undefined);
    return {
      logicalId: resource.logicalId,
      name: String(resource.attributes.QueueName),
      url: resource.ref,
      arn: String(resource.attributes.Arn),
      attributes: Object.fromEntries(
        attributes.map((name) => {
          const value = properties.raw[name];
          return [name, typeof value === 'object' ? JSON.stringify(value) : properties.needText(name)];
        }),
      ),
    };
  });
}

/** Bucket notifications are an error: nothing delivers them here. */
export function buckets(cell: Cell): BucketDefinition[] {
  return ofType(cell, 'AWS::S3::Bucket').map((resource) => {
    const properties = propertiesOf(resource);
    if (properties.raw.NotificationConfiguration !== undefined) {
      throw new Error(`${resource.stack}/${resource.logicalId}: bucket notifications are not supported`);
    }
    return {
      logicalId: resource.logicalId,
      name: resource.ref,
      arn: String(resource.attributes.Arn),
      versioned: properties.object('VersioningConfiguration')?.text('Status') === 'Enabled',
      objectLock: properties.flag('ObjectLockEnabled'),
      corsRules: (properties.object('CorsConfiguration')?.objects('CorsRules') ?? []).map((rule) => rule.raw),
    };
  });
}

export function secrets(cell: Cell): SecretDefinition[] {
  return ofType(cell, 'AWS::SecretsManager::Secret').map((resource) => {
    const properties = propertiesOf(resource);
    const secretString = properties.text('SecretString');
    const generate = properties.object('GenerateSecretString');
    return {
      logicalId: resource.logicalId,
      name: resource.ref.split(':secret:')[1]?.slice(0, -7) ?? resource.ref,
      arn: resource.ref,
      ...(secretString === undefined ? {} : { secretString }),
      ...(generate === undefined ? {} : { generate: generated(generate) }),
    };
  });
}

const queueAttributes = [
  'ContentBasedDeduplication',
  'DeduplicationScope',
  'DelaySeconds',
  'FifoQueue',
  'FifoThroughputLimit',
  'MaximumMessageSize',
  'MessageRetentionPeriod',
  'ReceiveMessageWaitTimeSeconds',
  'RedriveAllowPolicy',
  'RedrivePolicy',
  'VisibilityTimeout',
];

function keySchema(properties: Properties): KeySchema {
  return properties.objects('KeySchema').map((key) => ({
    AttributeName: key.needText('AttributeName'),
    KeyType: key.needText('KeyType'),
  }));
}

function index(properties: Properties): IndexDefinition {
  return {
    IndexName: properties.needText('IndexName'),
    KeySchema: keySchema(properties),
    Projection: properties.object('Projection')?.raw ?? { ProjectionType: 'ALL' },
  };
}

function generated(properties: Properties): NonNullable<SecretDefinition['generate']> {
  const template = properties.text('SecretStringTemplate');
  const key = properties.text('GenerateStringKey');
  return {
    length: properties.number('PasswordLength') ?? 32,
    excludeCharacters: properties.text('ExcludeCharacters') ?? '',
    excludePunctuation: properties.flag('ExcludePunctuation'),
    ...(template === undefined ? {} : { template }),
    ...(key === undefined ? {} : { key }),
  };
}
