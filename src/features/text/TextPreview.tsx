import { useEffect, useState, type ReactNode } from 'react';
import { toFailure, type Failure } from '../../core/base/errors';
import { formatBytes, formatCount } from '../../core/base/units';
import type { TextRecord } from '../../core/documents';
import { FORMATS } from '../../core/documents/read';
import { remedy } from '../../state/failures';
import { useStudio } from '../../state/react';
import { formatMoment, Notice, Pane, TextAction } from '../../ui';
import styles from './TextPreview.module.css';

type Preview = { kind: 'reading' } | { kind: 'read'; start: string } | { kind: 'failed'; failure: Failure };

/** What is known of a text, and how it begins. */
export function TextPreview({ text }: { text: TextRecord }) {
  const preview = usePreview(text.id);
  return (
    <Pane title="Preview" hint={text.name}>
      <dl className={styles.facts}>
        <Fact name="File" value={formatBytes(text.size)} />
        <Fact name="Format" value={FORMATS[text.format].label} />
        <Fact name="Added" value={formatMoment(text.addedAt)} />
        <Fact name="SHA-256" value={<span title={text.sha256}>{text.sha256.slice(0, 12)}…</span>} />
      </dl>
      {text.licence !== null && <p className={styles.note}>{text.licence}</p>}
      {text.notes.map((note) => (
        <p key={note} className={styles.note}>
          {note}
        </p>
      ))}
      {preview.kind === 'failed' && (
        <Notice tone="error" title={preview.failure.message}>
          {remedy(preview.failure)}
        </Notice>
      )}
      {preview.kind === 'read' && <Beginning start={preview.start} characters={text.characters} />}
    </Pane>
  );
}

/** Enough to tell what it is; the rest of what was read on request. */
function Beginning({ start, characters }: { start: string; characters: number }) {
  const [isWhole, setWhole] = useState(false);
  const all = Array.from(start);
  const shown = isWhole ? all : all.slice(0, AT_FIRST);
  return (
    <>
      <div className={styles.text}>{shown.join('')}</div>
      {shown.length < characters && (
        <p className={styles.more}>
          The first {formatCount(shown.length)} of {formatCount(characters)} characters
          {shown.length < all.length && <TextAction onPress={() => setWhole(true)}>Show more</TextAction>}
        </p>
      )}
    </>
  );
}
const AT_FIRST = 3000;

function Fact({ name, value }: { name: string; value: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}

function usePreview(id: string): Preview {
  const read = useStudio((s) => s.preview);
  const [preview, setPreview] = useState<Preview>({ kind: 'reading' });
  useEffect(() => {
    let isWanted = true;
    read(id).then(
      (start) => isWanted && setPreview({ kind: 'read', start }),
      (error: unknown) => isWanted && setPreview({ kind: 'failed', failure: toFailure(error) }),
    );
    return () => {
      isWanted = false;
    };
  }, [id, read]);
  return preview;
}
