/** Every page of the console at every width, light and dark: whole, without barriers, never wider than the screen. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { platformAreas, tenantAreas } from '../../web/src/areas.ts';
import { makeActivity } from './activity.ts';
import { type Look, setStage, type Stage, type Who } from './stage.ts';
import { barriers, goTo, overflow, settled } from './steps.ts';

const looks: Look[] = [
  { width: 1280, scheme: 'light' },
  { width: 360, scheme: 'dark' },
  { width: 768, scheme: 'light' },
  { width: 360, scheme: 'light' },
  { width: 768, scheme: 'dark' },
  { width: 1280, scheme: 'dark' },
];

const pathsOf = (base: string, areas: readonly { path: string }[]) =>
  areas.map(({ path }) => (path === '' ? base : `${base}/${path}`));

const rooms: Readonly<Record<'owner' | 'admin', readonly string[]>> = {
  owner: [...pathsOf('/t/acme', tenantAreas), '/me', '/start', '/reference'],
  admin: pathsOf('/platform', platformAreas),
};

/** Screenshots are kept where this says; for looking at them. */
const shots = process.env.PLINTH_E2E_SHOTS;

let stage: Stage;

beforeAll(async () => {
  stage = await setStage();
  await makeActivity(stage);
}, 300_000);
afterAll(() => (stage as Stage | undefined)?.stop(), 60_000);

describe.each(looks)('at $width px, $scheme', (look) => {
  test.each(['owner', 'admin'] as const)(
    '[UI-1] [UI-2] the pages of the %s are readable by everybody and fit the screen',
    async (who: Who) => {
      const { page, context, complaints } = await stage.enter(who, look);
      const found: string[] = [];
      for (const path of rooms[who as 'owner' | 'admin']) {
        await goTo(page, path);
        await settled(page);
        found.push(...(await barriers(page)).map((barrier) => `${path} ${barrier}`));
        const wider = await overflow(page);
        if (wider > 0) found.push(`${path} is ${wider} px wider than the screen`);
        if (shots !== undefined) {
          mkdirSync(shots, { recursive: true });
          const name = `${path.replaceAll('/', '-').slice(1)}-${look.width}-${look.scheme}.png`;
          await page.screenshot({ path: join(shots, name), fullPage: true });
        }
      }
      await context.close();
      expect(found).toEqual([]);
      expect(complaints).toEqual([]);
    },
    240_000,
  );
});
