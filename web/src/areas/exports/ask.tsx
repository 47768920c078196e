/** Asking for a file: its format, what the report takes, and what it is for. */
import { NativeSelect, Text, Textarea, TextInput } from '@mantine/core';
import { useState } from 'react';
import { answer, type Thing } from '../../api/client.ts';
import { useChange } from '../../hooks/data.ts';
import { FormDialog } from '../../parts/form.tsx';
import { capital } from '../../parts/status.tsx';

type Report = Thing<'Report'>;
/** As much of JSON Schema as parameters of reports use. */
type Parameter = { type?: string; format?: string; enum?: string[]; description?: string };

const shortestPurpose = 10;

export function AskForFile({ report, onClose }: { report: Report; onClose: () => void }) {
  const [format, setFormat] = useState(report.formats[0] ?? 'csv');
  const [typed, setTyped] = useState<Record<string, string>>({});
  const [purpose, setPurpose] = useState('');
  const { properties = {}, required = [] } = report.parameters as {
    properties?: Record<string, Parameter>;
    required?: string[];
  };
  const ask = useChange(
    (api, parameters: Record<string, unknown>) =>
      answer(
        api.POST('/v1/exports', { body: { report: report.id, format, parameters, purpose: purpose.trim() } }),
      ),
    { done: ({ fileName }) => `${fileName} is being made.`, stale: [['exports'], ['usage'], ['audit']] },
  );
  const submit = () => {
    const given = Object.entries(typed).filter(([, text]) => text !== '');
    const parameters = Object.fromEntries(
      given.map(([name, text]) => [name, valueOf(properties[name], text)]),
    );
    ask.mutate(parameters, { onSuccess: onClose });
  };
  return (
    <FormDialog
      title={report.summary}
      submit="Make the file"
      isBusy={ask.isPending}
      error={ask.error}
      isReady={
        purpose.trim().length >= shortestPurpose && required.every((name) => (typed[name] ?? '') !== '')
      }
      onSubmit={submit}
      onClose={onClose}
    >
      <Text size="xs" c="dimmed">
        Columns: {report.columns.map(({ label }) => label).join(', ')}
      </Text>
      <NativeSelect
        label="Format"
        data={report.formats.map((value) => ({ value, label: value.toUpperCase() }))}
        value={format}
        onChange={(event) => setFormat(event.currentTarget.value as typeof format)}
      />
      {Object.entries(properties).map(([name, parameter]) => (
        <ParameterInput
          key={name}
          name={name}
          parameter={parameter}
          required={required.includes(name)}
          value={typed[name] ?? ''}
          onChange={(value) => setTyped((before) => ({ ...before, [name]: value }))}
        />
      ))}
      <Textarea
        label="Purpose"
        description={`What the file is for, in ${shortestPurpose} letters or more; it stands in the audit trail`}
        required
        minLength={shortestPurpose}
        maxLength={500}
        rows={2}
        value={purpose}
        onChange={(event) => setPurpose(event.currentTarget.value)}
      />
    </FormDialog>
  );
}

type InputProps = {
  name: string;
  parameter: Parameter;
  required: boolean;
  value: string;
  onChange: (value: string) => void;
};

function ParameterInput({ name, parameter, required, value, onChange }: InputProps) {
  const label = capital(name.replaceAll(/([A-Z])/g, ' $1').toLowerCase());
  const common = { label, description: parameter.description ?? '', required, value };
  if (parameter.enum !== undefined) {
    return (
      <NativeSelect
        {...common}
        data={[
          { value: '', label: 'Any' },
          ...parameter.enum.map((one) => ({ value: one, label: capital(one) })),
        ]}
        onChange={(event) => onChange(event.currentTarget.value)}
      />
    );
  }
  return (
    <TextInput
      {...common}
      type={inputTypes[parameter.format ?? ''] ?? 'text'}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}

const inputTypes: Readonly<Record<string, string>> = { date: 'date', 'date-time': 'datetime-local' };

function valueOf(parameter: Parameter | undefined, text: string): unknown {
  if (parameter?.type === 'integer' || parameter?.type === 'number') return Number(text);
  if (parameter?.format === 'date-time') return new Date(text).toISOString();
  return text;
}
