/** The platform’s rules that choose models for every tenant. */
import { Button, Group } from '@mantine/core';
import { useState } from 'react';
import { answer, type Thing } from '../../api/client.ts';
import { mayForPlatform, useConsole } from '../../hooks/console.ts';
import { useChange, useRead } from '../../hooks/data.ts';
import { FormDialog } from '../../parts/form.tsx';
import { Loading, Page, Section } from '../../parts/page.tsx';
import { Problem } from '../../parts/problem.tsx';
import { isReason, Reason } from '../../parts/reason.tsx';
import { RuleList } from '../routing/rule-list.tsx';
import type { Rule } from '../routing/rules.ts';

export default function PlatformRoutingPage() {
  const routes = useRead(['ai-routes'], (api) => answer(api.GET('/v1/platform/ai/routes')));
  return (
    <Page
      title="AI routing"
      about="These rules are asked before a tenant’s own, before wishes, and may choose beyond plans."
    >
      {routes.isPending && (
        <Section title="Rules">
          <Loading />
        </Section>
      )}
      <Problem error={routes.error} retry={() => void routes.refetch()} />
      {routes.data !== undefined && <Rules key={JSON.stringify(routes.data)} stored={routes.data.rules} />}
    </Page>
  );
}

function Rules({ stored }: { stored: readonly Rule[] }) {
  const { staffRoles } = useConsole();
  const [rules, setRules] = useState<Rule[]>([...stored]);
  const [isSaving, setIsSaving] = useState(false);
  const isChanged = JSON.stringify(rules) !== JSON.stringify(stored);
  return (
    <Section
      title="Rules for every tenant"
      actions={
        isChanged && (
          <Group gap="xs">
            <Button size="xs" variant="default" onClick={() => setRules([...stored])}>
              Discard
            </Button>
            <Button size="xs" onClick={() => setIsSaving(true)}>
              Save the rules
            </Button>
          </Group>
        )
      }
    >
      <RuleList
        rules={rules}
        isPlatform
        mayChange={mayForPlatform(staffRoles, 'platform:settings:write')}
        empty="Tenants’ own rules, their wishes and their plans choose."
        onChange={setRules}
      />
      {isSaving && <Save rules={rules} onClose={() => setIsSaving(false)} />}
    </Section>
  );
}

function Save({ rules, onClose }: { rules: Rule[]; onClose: () => void }) {
  const [reason, setReason] = useState('');
  const save = useChange(
    (api, why: string) =>
      // What was chosen from the contract’s own names fits the contract.
      answer(
        api.PUT('/v1/platform/ai/routes', {
          body: { rules: rules as Thing<'AiPlatformRoute'>[], reason: why },
        }),
      ),
    { done: () => 'The rules hold for the next call.', stale: [['ai-routes'], ['audit']] },
  );
  return (
    <FormDialog
      title="Save the rules for every tenant"
      submit="Save"
      isBusy={save.isPending}
      error={save.error}
      isReady={isReason(reason)}
      onSubmit={() => save.mutate(reason.trim(), { onSuccess: onClose })}
      onClose={onClose}
    >
      <Reason value={reason} onChange={setReason} />
    </FormDialog>
  );
}
