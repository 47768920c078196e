/**
 * The CDK app: one cell for each residency. `npx cdk deploy 'plinth-prod-eu/*' -c environment=prod` deploys one
 * of them; `node bin/app.ts` alone synthesizes, without network or credentials. `-c standby=us` gives the cells of these
 * residencies a second one, in their second region, which follows them; `-c moved=us` puts them there instead.
 */
import { App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { bundleFunctions } from '#lib/bundle.ts';
import { Cell } from '#lib/cell.ts';
import { features } from '#lib/features.ts';
import { deploymentOf, regionsOf } from '#shared/config/deployments.ts';
import type { Region } from '#shared/config/regions.ts';
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
const [paired, moved] = [listed(text('standby')), listed(text('moved'))];
for (const region of regionsOf(text('regions'))) {
  const props = { region, account, deployment, bundles, modules: Object.values(registry), console };
  if (!paired.includes(region)) {
    new Cell(app, { ...props, moved: moved.includes(region) });
    continue;
  }
  const followed = new Cell(app, { ...props, pair: 'followed' });
  new Cell(app, { ...props, pair: 'follows' }).follow(followed);
}
app.synth();

/** None, where none is named. */
function listed(list: string | undefined): Region[] {
  return list === undefined ? [] : regionsOf(list);
}

function text(key: string): string | undefined {
  const value: unknown = app.node.tryGetContext(key);
  return typeof value === 'string' && value !== '' ? value : undefined;
}
