/** What is shown until it is known who is here. */
import { Center, Loader } from '@mantine/core';

export function Waiting() {
  return (
    <Center component="main" h="100vh" aria-busy="true" aria-label="The console is loading">
      <Loader />
    </Center>
  );
}
