/** How the tenant’s pages look: a name in place of the product’s, a colour, a logo. */
import { Button, FileInput, Group, Image, Text, TextInput } from '@mantine/core';
import { useState } from 'react';
import { answer, type Thing } from '../../api/client.ts';
import { useChange } from '../../hooks/data.ts';
import { useTenant } from '../../hooks/tenant.ts';
import { PlainForm } from '../../parts/form.tsx';
import { Section } from '../../parts/page.tsx';

type Branding = Thing<'Branding'>;

const mostBytes = 64 * 1024;
const hexadecimal = /^#[0-9a-f]{6}$/;

export function BrandingForm({ branding }: { branding: Branding }) {
  const mayChange = useTenant().may('settings:write');
  const [name, setName] = useState(branding.name ?? '');
  const [color, setColor] = useState(branding.color ?? '');
  const [file, setFile] = useState<File | null>(null);
  const save = useChange(
    async (api, logo: File | null | undefined) =>
      answer(
        api.PATCH('/v1/branding', {
          body: {
            name: name.trim() === '' ? null : name.trim(),
            color: color === '' ? null : color,
            ...(logo === undefined ? {} : { logo: logo === null ? null : await base64Of(logo) }),
          },
        }),
      ),
    { done: () => 'The look was saved.', stale: [['branding'], ['audit']] },
  );
  const isTooLarge = file !== null && file.size > mostBytes;
  const isColor = color === '' || hexadecimal.test(color);
  const isChanged =
    name.trim() !== (branding.name ?? '') || color !== (branding.color ?? '') || file !== null;
  return (
    <Section title="Look" about="Whoever works in this tenant sees it so.">
      <PlainForm
        submit="Save the look"
        isBusy={save.isPending}
        error={save.error}
        isReady={mayChange && isChanged && isColor && !isTooLarge}
        onSubmit={() => save.mutate(file ?? undefined, { onSuccess: () => setFile(null) })}
      >
        <TextInput
          label="Name shown"
          description="In place of the product’s; empty for the product’s own"
          maxLength={40}
          maw="24rem"
          readOnly={!mayChange}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <TextInput
          label="Colour"
          description="Of buttons and links. It is made darker or lighter where reading needs that"
          placeholder="#146a56"
          maw="24rem"
          autoComplete="off"
          spellCheck={false}
          readOnly={!mayChange}
          leftSection={<Swatch color={isColor && color !== '' ? color : undefined} />}
          error={isColor ? undefined : 'Write # and six of the digits 0–9 and a–f.'}
          value={color}
          onChange={(event) => setColor(event.currentTarget.value.trim().toLowerCase())}
        />
        {branding.logo !== null && <Current logo={branding.logo} />}
        <FileInput
          label="Logo"
          description="PNG, JPEG or WebP, of 64 kB and 1024 pixels a side at most"
          placeholder="Choose a picture"
          accept="image/png,image/jpeg,image/webp"
          maw="24rem"
          clearable
          clearButtonProps={{ 'aria-label': 'Take the picture away' }}
          disabled={!mayChange}
          error={isTooLarge ? 'The picture is larger than 64 kB.' : undefined}
          value={file}
          onChange={setFile}
        />
      </PlainForm>
      {branding.logo !== null && mayChange && (
        <Group mt="sm">
          <Button variant="default" size="xs" loading={save.isPending} onClick={() => save.mutate(null)}>
            Remove the logo
          </Button>
        </Group>
      )}
    </Section>
  );
}

function Current({ logo: { type, data, width, height } }: { logo: NonNullable<Branding['logo']> }) {
  return (
    <Group gap="sm">
      <Image src={`data:${type};base64,${data}`} alt="The logo as it is" h={32} w="auto" fit="contain" />
      <Text size="xs" c="dimmed">
        {width} × {height} pixels
      </Text>
    </Group>
  );
}

function Swatch({ color }: { color: string | undefined }) {
  return (
    <span
      aria-hidden
      style={{
        width: 16,
        height: 16,
        borderRadius: 4,
        border: '1px solid var(--mantine-color-default-border)',
        background: color,
      }}
    />
  );
}

async function base64Of(file: File): Promise<string> {
  const bytes = new Uint8Array(await file.arrayBuffer());
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
}
