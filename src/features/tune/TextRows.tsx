import type { ReactNode } from 'react';
import { counted, formatBytes } from '../../core/base/units';
import { trainingSize, type TextRecord } from '../../core/documents/record';
import { useStudio } from '../../state/react';
import { IconButton, PaneHead } from '../../ui';
import styles from './TunePage.module.css';

/** Files to train on, each with its size and a button that removes it. */
export function TextRows({ texts, what, aside }: { texts: readonly TextRecord[]; what: string; aside?: ReactNode }) {
  const remove = useStudio((s) => s.removeTexts);
  return (
    <>
      <PaneHead title={what} hint={counted(texts.length, 'file')} aside={aside} />
      <ul className={styles.texts} aria-label={what}>
        {texts.map((text) => {
          const { documents, bytes } = trainingSize(text);
          return (
            <li key={text.id}>
              <span className={styles.name}>{text.name}</span>
              <span className={styles.size}>
                {text.conversations && `${counted(documents, 'conversation')}, `}
                {formatBytes(bytes)}
              </span>
              <IconButton icon="close" label={`Remove ${text.name}`} onPress={() => void remove([text.id])} />
              {text.trainOnly && <p>trained, never held out</p>}
              {text.notes.map((note) => (
                <p key={note}>{note}</p>
              ))}
            </li>
          );
        })}
      </ul>
    </>
  );
}
