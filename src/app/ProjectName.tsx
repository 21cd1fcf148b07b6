import { useEffect, useRef } from 'react';
import { MAX_PROJECT_NAME } from '../core/base/textLimits';
import { useStudio } from '../state/react';
import styles from './app.module.css';

/** Field for the project's name. Enter or leaving saves it, Esc cancels. */
export function ProjectName({ onEnd }: { onEnd: (isByKey: boolean) => void }) {
  const name = useStudio((s) => s.project.name);
  const change = useStudio((s) => s.change);
  const field = useRef<HTMLInputElement>(null);
  const isCanceled = useRef(false);
  const isByKey = useRef(false);
  useEffect(() => {
    // The closing menu first returns the focus to where it was.
    const frame = requestAnimationFrame(() => field.current?.select());
    return () => cancelAnimationFrame(frame);
  }, []);
  return (
    <input
      ref={field}
      className={styles.nameField}
      aria-label="Project name"
      defaultValue={name}
      maxLength={MAX_PROJECT_NAME}
      title={`At most ${MAX_PROJECT_NAME} characters`}
      spellCheck={false}
      autoComplete="off"
      autoFocus
      onKeyDown={(event) => {
        if (event.key !== 'Enter' && event.key !== 'Escape') return;
        isByKey.current = true;
        isCanceled.current = event.key === 'Escape';
        event.currentTarget.blur();
      }}
      onBlur={(event) => {
        const typed = event.currentTarget.value.trim();
        if (!isCanceled.current && typed !== '' && typed !== name) change({ name: typed });
        onEnd(isByKey.current);
      }}
    />
  );
}
