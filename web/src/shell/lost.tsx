/** Addresses that lead nowhere, and pages that broke. */
import { Anchor, Button, Group } from '@mantine/core';
import { Link, useRouteError } from 'react-router';
import { Empty } from '../parts/empty.tsx';
import { Page } from '../parts/page.tsx';

export function Lost() {
  return (
    <Page title="There is no such page">
      <Empty
        title="The address is wrong, or the page is not for your role."
        action={
          <Anchor component={Link} to="/">
            Go to the overview
          </Anchor>
        }
      />
    </Page>
  );
}

/** A newer version of the console may have taken the place of the one that is open. */
export function Tripped() {
  const error = useRouteError();
  return (
    <Page title="This page did not open">
      <Empty
        title={error instanceof Error ? error.message : 'Something went wrong in this page.'}
        action={
          <Group mt="sm">
            <Button onClick={() => location.reload()}>Load it again</Button>
          </Group>
        }
      />
    </Page>
  );
}
