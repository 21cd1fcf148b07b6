import type { ReactNode } from 'react';
import { Dialog as AriaDialog, Heading, Modal, ModalOverlay } from 'react-aria-components';
import { cx } from './cx';
import styles from './Dialog.module.css';

interface DialogProps {
  isOpen: boolean;
  /** Esc, and whatever the page's own buttons mean by closing. */
  onClose: () => void;
  /** A question, if work would be lost; its buttons are verbs. */
  title: string;
  children: ReactNode;
  /** Right-aligned, the main one last. */
  actions?: ReactNode;
  /** A press outside closes it: only where nothing is asked. */
  isDismissable?: boolean;
  width?: number;
}

/** Centred, 480 px; only when work would be lost or a hold taken over. */
export function Dialog(p: DialogProps) {
  return (
    <ModalOverlay
      className={cx(styles.overlay)}
      isOpen={p.isOpen}
      isDismissable={p.isDismissable ?? false}
      onOpenChange={(isOpen) => !isOpen && p.onClose()}
    >
      <Modal className={cx(styles.modal)} style={{ maxWidth: p.width ?? 480 }}>
        <AriaDialog className={cx(styles.dialog)}>
          <Heading slot="title" level={2}>
            {p.title}
          </Heading>
          <div className={styles.body}>{p.children}</div>
          {p.actions !== undefined && <div className={styles.actions}>{p.actions}</div>}
        </AriaDialog>
      </Modal>
    </ModalOverlay>
  );
}
