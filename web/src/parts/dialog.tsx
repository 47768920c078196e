/** A dialogue over the page; whoever closes it is back where they opened it. */
import { Modal } from '@mantine/core';
import { type ReactNode, useEffect, useRef } from 'react';

type DialogProps = {
  title: string;
  size?: string;
  /** Only its buttons close it: for what is shown once. */
  isFirm?: boolean;
  onClose: () => void;
  children: ReactNode;
};

export function Dialog({ title, size = 'md', isFirm = false, onClose, children }: DialogProps) {
  useFocusBack();
  return (
    <Modal.Root
      opened
      onClose={onClose}
      size={size}
      centered
      closeOnClickOutside={!isFirm}
      closeOnEscape={!isFirm}
    >
      <Modal.Overlay />
      <Modal.Content>
        {/* The header of a dialogue is not the header of the page. */}
        <Modal.Header role="presentation">
          <Modal.Title>{title}</Modal.Title>
          {!isFirm && <Modal.CloseButton aria-label="Close" />}
        </Modal.Header>
        <Modal.Body>{children}</Modal.Body>
      </Modal.Content>
    </Modal.Root>
  );
}

/** Menus are gone when their dialogue closes; then the page itself has the focus. */
function useFocusBack(): void {
  const opener = useRef(document.activeElement);
  useEffect(
    () => () => {
      const found = opener.current;
      setTimeout(() => {
        if (document.querySelector('[role="dialog"]') !== null) return;
        const back =
          found instanceof HTMLElement && found.isConnected ? found : document.getElementById('main');
        back?.focus({ preventScroll: true });
      });
    },
    [],
  );
}
