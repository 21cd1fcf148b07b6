import { useEffect, useRef } from 'react';
import { useStudio } from '../state/react';
import styles from './app.module.css';

/** The project's name; a press makes it a field. Enter or leaving keeps, Esc takes back. */
export function ProjectName({ isEditing, onEdit }: { isEditing: boolean; onEdit: (isEditing: boolean) => void }) {
  const name = useStudio((s) => s.project.name);
  const change = useStudio((s) => s.change);
  const button = useRef<HTMLButtonElement>(null);
  const field = useRef<HTMLInputElement>(null);
  const isTakenBack = useRef(false);
  useEffect(() => {
    if (isEditing) field.current?.select();
  }, [isEditing]);

  if (!isEditing) {
    return (
      <button
        ref={button}
        type="button"
        className={styles.name}
        aria-label={`Project, ${name}, rename`}
        title="Rename"
        onClick={() => {
          isTakenBack.current = false;
          onEdit(true);
        }}
      >
        {name}
      </button>
    );
  }
  return (
    <input
      ref={field}
      className={styles.nameField}
      aria-label="Project name"
      defaultValue={name}
      maxLength={80}
      spellCheck={false}
      autoComplete="off"
      onKeyDown={(event) => {
        if (event.key !== 'Enter' && event.key !== 'Escape') return;
        isTakenBack.current = event.key === 'Escape';
        event.currentTarget.blur();
        requestAnimationFrame(() => button.current?.focus());
      }}
      onBlur={(event) => {
        const typed = event.currentTarget.value.trim();
        if (!isTakenBack.current && typed !== '' && typed !== name) change({ name: typed });
        isTakenBack.current = false;
        onEdit(false);
      }}
    />
  );
}
