/** What a tenant decides for itself: its name, look and domain, time zone, values for its modules, kill switches, flags. */
import { answer } from '../../api/client.ts';
import { useRead } from '../../hooks/data.ts';
import { Loading, Page, Section } from '../../parts/page.tsx';
import { Problem } from '../../parts/problem.tsx';
import { BrandingForm } from './branding.tsx';
import { Domain } from './domain.tsx';
import { Flags } from './flags.tsx';
import { General } from './general.tsx';
import { KillSwitches } from './kill-switches.tsx';
import { Values } from './values.tsx';

export default function SettingsPage() {
  const tenant = useRead(['tenant'], (api) => answer(api.GET('/v1/tenant')));
  const settings = useRead(['settings'], (api) => answer(api.GET('/v1/settings')));
  const features = useRead(['features'], (api) => answer(api.GET('/v1/features')));
  const branding = useRead(['branding'], (api) => answer(api.GET('/v1/branding')));
  const error = tenant.error ?? settings.error ?? features.error ?? branding.error;
  const retry = () => void Promise.all([tenant, settings, features, branding].map((one) => one.refetch()));
  return (
    <Page title="Settings" about="A change holds from the next request on.">
      <Problem error={error} retry={retry} />
      {tenant.data !== undefined && settings.data !== undefined && features.data !== undefined ? (
        <>
          <General tenant={tenant.data} settings={settings.data} />
          <KillSwitches settings={settings.data} />
          <Flags features={features.data} />
          {branding.data !== undefined && <BrandingForm branding={branding.data} />}
          <Domain tenant={tenant.data} />
          <Values settings={settings.data} />
        </>
      ) : (
        error === null && (
          <Section title="Settings">
            <Loading lines={8} />
          </Section>
        )
      )}
    </Page>
  );
}
