/** Which rule decides about a capability and a flag. Registries are the real ones, changed for a test. */
import { afterEach, describe, expect, test } from '@jest/globals';
import { isEnabled, type Situation } from '#shared/capabilities/capabilities.ts';
import { flagIn } from '#shared/capabilities/flags.ts';
import { capabilities } from '#shared/config/capabilities.ts';

const social = { ...capabilities.social_posting };
const nobody = { version: 0, capabilities: {}, flags: {}, switchedOff: [] };
const noOverrides = { rates: {}, usage: {}, capabilities: {}, flags: {} };
const calm: Situation & { tenant: object } = {
  plan: 'pro',
  platform: nobody,
  tenant: { flags: {}, switchedOff: [], overrides: noOverrides },
};
const tenantWith = (more: object, overrides: object = {}) => ({
  ...{ flags: {}, switchedOff: [] },
  ...more,
  overrides: { ...noOverrides, ...overrides },
});

afterEach(() => {
  Object.assign(capabilities.social_posting, social);
});

/** What the registry says once the capability exists. */
const exists = () => Object.assign(capabilities.social_posting, { planned: undefined });
const ruling = (change: Partial<Situation>) => isEnabled('social_posting', { ...calm, ...change });

describe('a capability', () => {
  test('[CAP-1] what does not exist yet is off, whatever anybody decided', () => {
    const platform = { ...nobody, capabilities: { social_posting: true } };
    expect(ruling({ platform })).toEqual({ on: false, rule: 'planned', reason: 'is not available yet' });
  });

  test('[CAP-1, VAL-1] a plan that includes it has it, another one has not', () => {
    exists();
    expect(ruling({})).toMatchObject({ on: true, rule: 'plan' });
    expect(ruling({ plan: 'basic' })).toMatchObject({ on: false, rule: 'default' });
    expect(ruling({ plan: undefined, tenant: undefined })).toMatchObject({ on: false, rule: 'default' });
  });

  test('[CAP-1] what the platform decided for a tenant beats its plan, either way', () => {
    exists();
    const granted = tenantWith({}, { capabilities: { social_posting: true } });
    const withheld = tenantWith({}, { capabilities: { social_posting: false } });
    expect(ruling({ plan: 'basic', tenant: granted })).toMatchObject({ on: true, rule: 'override' });
    expect(ruling({ tenant: withheld })).toMatchObject({ on: false, rule: 'override' });
  });

  test('[CAP-1] what the platform decided for all beats what it decided for one', () => {
    exists();
    const tenant = tenantWith({}, { capabilities: { social_posting: true } });
    const platform = { ...nobody, capabilities: { social_posting: false } };
    expect(ruling({ tenant, platform })).toMatchObject({ on: false, rule: 'platform' });
  });

  test('[CAP-3] a kill switch of the platform or of the tenant beats everything', () => {
    exists();
    const granted = { capabilities: { social_posting: true } };
    const platform = { ...nobody, ...granted, switchedOff: ['messaging'] };
    expect(ruling({ platform })).toEqual({
      ...{ on: false, rule: 'platform_switch', reason: 'is switched off by the platform' },
    });
    const tenant = tenantWith({ switchedOff: ['messaging'] }, granted);
    expect(ruling({ tenant, platform: { ...nobody, ...granted } })).toMatchObject({
      ...{ on: false, rule: 'tenant_switch' },
    });
  });

  test('[CAP-3] a kill switch stops nothing that does not name it', () => {
    exists();
    const platform = { ...nobody, switchedOff: ['ai', 'exports', 'sync'] };
    expect(ruling({ platform })).toMatchObject({ on: true, rule: 'plan' });
  });

  test('[CAP-1] what production requires is on, whatever anybody decided', () => {
    const off = { members: false, platform: false };
    const situation = {
      platform: { ...nobody, capabilities: off, switchedOff: ['messaging'] },
      tenant: tenantWith({}, { capabilities: off }),
    };
    for (const name of ['members', 'platform'] as const) {
      expect(isEnabled(name, situation)).toEqual({
        ...{ on: true, rule: 'required', reason: 'cannot be turned off' },
      });
    }
  });
});

describe('a flag', () => {
  const chosen = { ai_chat: false, early_access: true };

  test('[CAP-2] it has its default until somebody sets it', () => {
    expect(flagIn('ai_chat', calm)).toEqual({ on: true, rule: 'default', reason: 'is the default' });
    expect(flagIn('early_access', {})).toMatchObject({ on: false, rule: 'default' });
  });

  test('[CAP-2] the tenant’s choice beats the platform’s, where it may choose', () => {
    const platform = { ...nobody, flags: { ai_chat: true, early_access: false } };
    const tenant = tenantWith({ flags: chosen });
    expect(flagIn('ai_chat', { tenant, platform })).toMatchObject({ on: false, rule: 'tenant' });
    expect(flagIn('early_access', { tenant, platform })).toMatchObject({ on: false, rule: 'platform' });
  });

  test('[CAP-2] what the platform decided for this tenant beats both', () => {
    const tenant = tenantWith({ flags: chosen }, { flags: { ai_chat: true, early_access: true } });
    const platform = { ...nobody, flags: { ai_chat: false, early_access: false } };
    expect(flagIn('ai_chat', { tenant, platform })).toMatchObject({ on: true, rule: 'override' });
    expect(flagIn('early_access', { tenant, platform })).toMatchObject({ on: true, rule: 'override' });
  });

  test('[CAP-2] what only a tenant can turn on, the platform can only turn off', () => {
    const yes = { flags: { ai_transcripts: true } };
    const no = { flags: { ai_transcripts: false } };
    const all = { ...nobody, ...yes };
    expect(flagIn('ai_transcripts', { tenant: tenantWith({}, yes), platform: all }).on).toBe(false);
    expect(flagIn('ai_transcripts', { tenant: tenantWith(yes), platform: all }).on).toBe(true);
    expect(flagIn('ai_transcripts', { tenant: tenantWith(yes, no), platform: all }).on).toBe(false);
  });
});
