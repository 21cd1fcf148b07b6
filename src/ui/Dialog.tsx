import type { ReactNode } from 'react';
import { Dialog as AriaDialog, Heading, Modal, ModalOverlay } from 'react-aria-components';
import { cx } from './cx';
import styles from './Dialog.module.css';

interface DialogProps {
  isOpen: boolean;
  /** Called on Esc, and by the page's own close buttons. */
  onClose: () => void;
  /** A question, if work would be lost; the buttons are verbs. */
  title: string;
  children: ReactNode;
  /** Buttons, right-aligned, the main one last. */
  actions?: ReactNode;
  /** Lets a press outside close the dialog: only where nothing is asked. */
  isDismissable?: boolean;
  width?: number;
}

/** Centered dialog, 480 px wide by default. Only for work that would be lost or a lock that would be taken over. */
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
