/** Rules in their order, which can be changed; saved all at once, because the order is part of what they mean. */
import { ActionIcon, Badge, Button, Group, Paper, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { IconArrowDown, IconArrowUp, IconPencil, IconPlus, IconTrash } from '../../icons.ts';
import { Empty } from '../../parts/empty.tsx';
import { EditRule } from './edit-rule.tsx';
import { type Rule, sayCondition } from './rules.ts';

type RuleListProps = {
  rules: readonly Rule[];
  isPlatform?: boolean;
  mayChange: boolean;
  empty: string;
  onChange: (rules: Rule[]) => void;
};

export function RuleList({ rules, isPlatform = false, mayChange, empty, onChange }: RuleListProps) {
  const [editing, setEditing] = useState<number | 'new'>();
  const move = (place: number, by: 1 | -1) => {
    const next = [...rules];
    const [moved] = next.splice(place, 1);
    if (moved !== undefined) next.splice(place + by, 0, moved);
    onChange(next);
  };
  const keep = (rule: Rule) => {
    onChange(
      editing === 'new' ? [...rules, rule] : rules.map((old, place) => (place === editing ? rule : old)),
    );
    setEditing(undefined);
  };
  return (
    <Stack gap="xs">
      {rules.length === 0 && <Empty title="No rules">{empty}</Empty>}
      {rules.map((rule, place) => (
        <Paper key={rule.name} p="xs">
          <Group justify="space-between" wrap="nowrap">
            <RuleText rule={rule} />
            {mayChange && (
              <Group gap={2} wrap="nowrap">
                <Tool
                  label={`Move ${rule.name} up`}
                  icon={IconArrowUp}
                  isOff={place === 0}
                  onClick={() => move(place, -1)}
                />
                <Tool
                  label={`Move ${rule.name} down`}
                  icon={IconArrowDown}
                  isOff={place === rules.length - 1}
                  onClick={() => move(place, 1)}
                />
                <Tool label={`Change ${rule.name}`} icon={IconPencil} onClick={() => setEditing(place)} />
                <Tool
                  label={`Remove ${rule.name}`}
                  icon={IconTrash}
                  onClick={() => onChange(rules.filter((one) => one !== rule))}
                />
              </Group>
            )}
          </Group>
        </Paper>
      ))}
      {mayChange && (
        <Group>
          <Button
            size="xs"
            variant="default"
            leftSection={<IconPlus size={14} />}
            onClick={() => setEditing('new')}
          >
            Add a rule
          </Button>
        </Group>
      )}
      {editing !== undefined && (
        <EditRule
          rule={editing === 'new' ? undefined : rules[editing]}
          taken={rules.filter((_, place) => place !== editing).map(({ name }) => name)}
          isPlatform={isPlatform}
          onKeep={keep}
          onClose={() => setEditing(undefined)}
        />
      )}
    </Stack>
  );
}

/** A rule as a sentence. */
export function RuleText({ rule: { name, use, when, firm } }: { rule: Rule }) {
  return (
    <div style={{ minWidth: 0 }}>
      <Group gap={6}>
        <Text size="sm" fw={500}>
          {name}
        </Text>
        {firm === true && <Badge color="gray">Firm</Badge>}
      </Group>
      <Text size="xs" c="dimmed">
        {sayCondition(when)}: {use}
      </Text>
    </div>
  );
}

type ToolProps = { label: string; icon: typeof IconPlus; isOff?: boolean; onClick: () => void };

function Tool({ label, icon: Icon, isOff = false, onClick }: ToolProps) {
  return (
    <ActionIcon variant="subtle" color="gray" aria-label={label} disabled={isOff} onClick={onClick}>
      <Icon size={16} />
    </ActionIcon>
  );
}
