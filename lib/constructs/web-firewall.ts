/** WAF in front of the API: known attacks, addresses of ill repute, and a rate for each address (ARC-4). */
import type { Stage } from 'aws-cdk-lib/aws-apigateway';
import { CfnWebACL, CfnWebACLAssociation } from 'aws-cdk-lib/aws-wafv2';
import { Construct } from 'constructs';
import { cellOf } from './cell-stack.ts';

type Rule = CfnWebACL.RuleProperty;

export class WebFirewall extends Construct {
  readonly name: string;

  constructor(scope: Construct, id: string, props: { stage: Stage }) {
    super(scope, id);
    const { facts } = cellOf(this);
    this.name = `${facts.name}-api`;
    const acl = new CfnWebACL(this, 'Acl', {
      name: this.name,
      scope: 'REGIONAL',
      defaultAction: { allow: {} },
      visibilityConfig: visibility(this.name),
      rules: [
        rate('RatePerAddress', facts.deployment.requestsPerIpPerFiveMinutes),
        managed('AWSManagedRulesAmazonIpReputationList'),
        managed('AWSManagedRulesKnownBadInputsRuleSet'),
        // Bodies over 8 KB are legitimate here; the gateway and the chain limit them.
        managed('AWSManagedRulesCommonRuleSet', ['SizeRestrictions_BODY']),
      ].map((rule, priority) => ({ ...rule, priority })),
    });
    new CfnWebACLAssociation(this, 'Association', {
      resourceArn: props.stage.stageArn,
      webAclArn: acl.attrArn,
    });
  }
}

function rate(name: string, limit: number): Rule {
  return {
    name,
    priority: 0,
    action: { block: { customResponse: { responseCode: 429 } } },
    statement: { rateBasedStatement: { aggregateKeyType: 'IP', limit, evaluationWindowSec: 300 } },
    visibilityConfig: visibility(name),
  };
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
