import { useEffect, useRef, useState } from 'react';
import { IconButton, TextAction } from './Button';
import styles from './Toasts.module.css';

interface ToastEntry {
  id: number;
  text: string;
  /** More detail: a clause, or sentences. The toast adds the separator. */
  detail?: string;
  undo?: () => void;
  /** Next action. */
  action?: { label: string; run: () => void };
}
const LIFE_MS = 10_000;

/** Toasts at the bottom right, for ten seconds; the timer pauses while they are hovered or focused. */
export function Toasts({ toasts, onDismiss }: { toasts: readonly ToastEntry[]; onDismiss: (id: number) => void }) {
  const [isHovered, setHovered] = useState(false);
  const [isFocused, setFocused] = useState(false);
  const isPaused = isHovered || isFocused;
  /** An element removed under the pointer or with the focus sends neither leave nor blur. */
  const go = (id: number) => {
    setHovered(false);
    setFocused(false);
    onDismiss(id);
  };
  return (
    <section
      className={styles.region}
      aria-label="Notifications"
      aria-live="polite"
      onPointerEnter={() => setHovered(true)}
      onPointerLeave={() => setHovered(false)}
      onFocus={() => setFocused(true)}
      onBlur={() => setFocused(false)}
    >
      {toasts.map((toast) => (
        <Toast key={toast.id} toast={toast} isPaused={isPaused} onDismiss={() => go(toast.id)} />
      ))}
    </section>
  );
}

/** Separator: a clause continues after a semicolon, a sentence starts after a period. */
const between = (text: string, detail: string): string =>
  /[.?!]$/.test(text) ? ' ' : /^\p{Lu}/u.test(detail) ? '. ' : '; ';

function Toast({ toast, isPaused, onDismiss }: { toast: ToastEntry; isPaused: boolean; onDismiss: () => void }) {
  const left = useRef(LIFE_MS);
  const dismiss = useRef(onDismiss);
  useEffect(() => {
    dismiss.current = onDismiss;
  });
  useEffect(() => {
    if (isPaused) return;
    const started = performance.now();
    const timer = setTimeout(() => dismiss.current(), left.current);
    return () => {
      clearTimeout(timer);
      left.current -= performance.now() - started;
    };
  }, [isPaused]);
  const { text, detail, undo, action } = toast;
  const actions = [action, undo && { label: 'Undo', run: undo }].filter((each) => each !== undefined);
  return (
    <div className={styles.toast}>
      <span>
        {text}
        {detail && (
          <>
            {between(text, detail)}
            <span className={styles.detail}>{detail}</span>
          </>
        )}
      </span>
      {actions.map(({ label, run }) => (
        <TextAction
          key={label}
          onPress={() => {
            run();
            onDismiss();
          }}
        >
          {label}
        </TextAction>
      ))}
      <IconButton icon="close" label="Dismiss" onPress={onDismiss} />
    </div>
  );
}
