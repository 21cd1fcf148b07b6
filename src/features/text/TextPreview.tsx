import { useEffect, useState, type ReactNode } from 'react';
import { toFailure, type Failure } from '../../core/base/errors';
import { formatBytes, formatCount } from '../../core/base/units';
import type { TextRecord } from '../../core/text';
import { FORMATS } from '../../core/text/read';
import { remedy } from '../../state/failures';
import { useStudio } from '../../state/react';
import { Notice, Pane } from '../../ui';
import { formatMoment } from './moment';
import styles from './TextPreview.module.css';

type Preview = { kind: 'reading' } | { kind: 'read'; start: string } | { kind: 'failed'; failure: Failure };

/** What is known of a text, and how it begins. */
export function TextPreview({ text }: { text: TextRecord }) {
  const preview = usePreview(text.id);
  const shown = preview.kind === 'read' ? Array.from(preview.start).length : 0;
  return (
    <Pane title="Preview" hint={text.name}>
      <dl className={styles.facts}>
        <Fact name="Characters" value={formatCount(text.characters)} />
        <Fact name="File" value={formatBytes(text.size)} />
        <Fact name="Format" value={FORMATS[text.format].label} />
        <Fact name="Added" value={formatMoment(text.addedAt)} />
        {text.licence !== null && <Fact name="Licence" value={text.licence} />}
        <Fact name="SHA-256" value={<span title={text.sha256}>{text.sha256.slice(0, 12)}…</span>} />
      </dl>
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
      {preview.kind === 'read' && (
        <>
          <div className={styles.text}>{preview.start}</div>
          {shown < text.characters && (
            <p className={styles.more}>
              The first {formatCount(shown)} of {formatCount(text.characters)} characters
            </p>
          )}
        </>
      )}
    </Pane>
  );
}

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
