/**
 * The CDK app: one cell for each residency. `npx cdk deploy 'plinth-prod-eu/*' -c environment=prod` deploys one
 * of them; `node bin/app.ts` alone synthesizes, without network or credentials. `-c standby=us` puts the cells of these
 * residencies into their second region.
 */
import { App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { bundleFunctions } from '#lib/bundle.ts';
import { Cell } from '#lib/cell.ts';
import { features } from '#lib/features.ts';
import { deploymentOf, regionsOf } from '#shared/config/deployments.ts';
import { registry } from '#shared/registry.ts';
import { buildConsole } from '../web/build.ts';

const { CDK_OUTDIR: outdir, CDK_DEFAULT_ACCOUNT: account } = process.env;

const app = new App({
  ...(outdir === undefined ? {} : { outdir }),
  context: features,
  analyticsReporting: false,
});
// A laptop reads the templates and deploys nothing: it skips checks and source maps, which halve the speed.
const forLaptop = app.node.tryGetContext('laptop') === true;
if (forLaptop) process.env.CDK_VALIDATION = 'false';
else Validations.of(app).addPlugins(new AwsSolutionsChecks(app));

// The local runtime builds and serves the console by itself.
const console = forLaptop ? undefined : await buildConsole();
const bundles = await bundleFunctions({ maps: !forLaptop });
const deployment = deploymentOf(text('environment'));
const standing = text('standby');
const moved = standing === undefined ? [] : regionsOf(standing);
for (const region of regionsOf(text('regions'))) {
  const standby = moved.includes(region);
  new Cell(app, { region, standby, account, deployment, bundles, modules: Object.values(registry), console });
}
app.synth();

function text(key: string): string | undefined {
  const value: unknown = app.node.tryGetContext(key);
  return typeof value === 'string' && value !== '' ? value : undefined;
}
