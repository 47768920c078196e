/** WAF in front of the API and of the sign-in pages: known attacks, addresses of ill repute, rates for each address. */
import type { Stage } from 'aws-cdk-lib/aws-apigateway';
import type { UserPool } from 'aws-cdk-lib/aws-cognito';
import { CfnWebACL, CfnWebACLAssociation } from 'aws-cdk-lib/aws-wafv2';
import { Construct } from 'constructs';
import { rateClasses } from '#shared/config/plans.ts';
import { cellOf } from './cell-stack.ts';

type Rule = CfnWebACL.RuleProperty;
type Statement = CfnWebACL.StatementProperty;

/** What stands behind a firewall, and the rules that are its own. */
type Behind = { arn: string; suffix: string; rules: readonly Rule[] };

class Firewall extends Construct {
  readonly name: string;

  constructor(scope: Construct, id: string, { arn, suffix, rules }: Behind) {
    super(scope, id);
    this.name = `${cellOf(this).facts.name}-${suffix}`;
    const all = [...rules, managed('AWSManagedRulesAmazonIpReputationList')];
    const acl = new CfnWebACL(this, 'Acl', {
      name: this.name,
      scope: 'REGIONAL',
      defaultAction: { allow: {} },
      visibilityConfig: visibility(this.name),
      rules: all.map((rule, priority) => ({ ...rule, priority })),
    });
    new CfnWebACLAssociation(this, 'Association', { resourceArn: arn, webAclArn: acl.attrArn });
  }
}

/** In front of the API (ARC-4). */
export class WebFirewall extends Firewall {
  constructor(scope: Construct, id: string, { stage }: { stage: Stage }) {
    const { requestsPerIpPerFiveMinutes: limit } = cellOf(scope).facts.deployment;
    super(scope, id, {
      arn: stage.stageArn,
      suffix: 'api',
      rules: [
        rate('RatePerAddress', { limit, evaluationWindowSec: 300 }),
        managed('AWSManagedRulesKnownBadInputsRuleSet'),
        // Bodies over 8 KB are legitimate here; the gateway and the chain limit them.
        managed('AWSManagedRulesCommonRuleSet', ['SizeRestrictions_BODY']),
      ],
    });
  }
}

/**
 * In front of the user pool: the pages that take a password, and the calls that do the same for programs (LIM-1).
 * Other paths are left alone: the sessions module refreshes for everybody from one address.
 */
export class SignInFirewall extends Firewall {
  constructor(scope: Construct, id: string, { userPool }: { userPool: UserPool }) {
    super(scope, id, {
      arn: userPool.userPoolArn,
      suffix: 'sign-in',
      rules: [
        rate('SignInsPerAddress', {
          limit: rateClasses.login.perMinute,
          evaluationWindowSec: 60,
          scopeDownStatement: both(
            matches({ method: {} }, 'EXACTLY', 'POST'),
            either(
              matches({ uriPath: {} }, 'STARTS_WITH', '/login'),
              matches({ singleHeader: { Name: 'x-amz-target' } }, 'ENDS_WITH', '.InitiateAuth'),
            ),
          ),
        }),
      ],
    });
  }
}

function rate(name: string, counted: Omit<CfnWebACL.RateBasedStatementProperty, 'aggregateKeyType'>): Rule {
  return {
    name,
    priority: 0,
    action: { block: { customResponse: { responseCode: 429 } } },
    statement: { rateBasedStatement: { aggregateKeyType: 'IP', ...counted } },
    visibilityConfig: visibility(name),
  };
}

function both(...statements: Statement[]): Statement {
  return { andStatement: { statements } };
}

function either(...statements: Statement[]): Statement {
  return { orStatement: { statements } };
}

function matches(
  fieldToMatch: CfnWebACL.FieldToMatchProperty,
  positionalConstraint: 'EXACTLY' | 'STARTS_WITH' | 'ENDS_WITH',
  searchString: string,
): Statement {
  const textTransformations = [{ priority: 0, type: 'NONE' }];
  return { byteMatchStatement: { fieldToMatch, positionalConstraint, searchString, textTransformations } };
}

function managed(name: string, counted: string[] = []): Rule {
  return {
    name,
    priority: 0,
    overrideAction: { none: {} },
    statement: {
      managedRuleGroupStatement: {
        vendorName: 'AWS',
        name,
        ruleActionOverrides: counted.map((rule) => ({ name: rule, actionToUse: { count: {} } })),
      },
    },
    visibilityConfig: visibility(name),
  };
}

function visibility(metricName: string): CfnWebACL.VisibilityConfigProperty {
  // Sampled requests would show headers and addresses to whoever reads the console.
  return { metricName, cloudWatchMetricsEnabled: true, sampledRequestsEnabled: false };
}
