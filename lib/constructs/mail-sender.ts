/** The domain that mail is sent from: DKIM signed by SES, TLS required, bounces suppressed (ARC-4). */
import { CfnOutput, Fn } from 'aws-cdk-lib';
import {
  ConfigurationSet,
  ConfigurationSetTlsPolicy,
  EasyDkimSigningKeyLength,
  DkimIdentity,
  EmailIdentity,
  Identity,
  SuppressionReasons,
} from 'aws-cdk-lib/aws-ses';
import { Construct } from 'constructs';
import { cellOf } from './cell-stack.ts';

export class MailSender extends Construct {
  /** What `ses:SendEmail` is judged against: the identity and its configuration set. */
  readonly arns: string[];

  constructor(scope: Construct, id: string) {
    super(scope, id);
    const cell = cellOf(this);
    const { domain } = cell.facts.deployment.mail;
    const configurationSet = new ConfigurationSet(this, 'Configuration', {
      configurationSetName: cell.facts.name,
      tlsPolicy: ConfigurationSetTlsPolicy.REQUIRE,
      reputationMetrics: true,
      suppressionReasons: SuppressionReasons.BOUNCES_AND_COMPLAINTS,
    });
    const identity = new EmailIdentity(this, 'Identity', {
      identity: Identity.domain(domain),
      configurationSet,
      dkimSigning: true,
      dkimIdentity: DkimIdentity.easyDkim(EasyDkimSigningKeyLength.RSA_2048_BIT),
      mailFromDomain: `bounce.${domain}`,
    });
    this.arns = [
      identity.emailIdentityArn,
      cell.formatArn({ service: 'ses', resource: 'configuration-set', resourceName: cell.facts.name }),
    ];
    new CfnOutput(this, 'DkimRecords', {
      description: 'CNAME records to publish for the mail domain',
      value: Fn.join(
        ', ',
        identity.dkimRecords.map(({ name, value }) => `${name} -> ${value}`),
      ),
    });
  }
}
