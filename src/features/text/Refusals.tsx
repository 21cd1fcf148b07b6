import { useState } from 'react';
import { paragraph } from '../../core/base/errors';
import { useLeaveRowsOut } from '../../state/badRows';
import { remedy } from '../../state/failures';
import { useStudio } from '../../state/react';
import type { Refusal, Undecoded } from '../../state/texts';
import { isUndecoded, useEncodingQuestion } from '../../state/undecoded';
import { Button, EncodingDialog, Notice, RowProblems } from '../../ui';
import { refusalWords } from './refusalWords';
import styles from './Refusals.module.css';

/** Files that were not added, each with the reason and a way out. */
export function Refusals() {
  const refused = useStudio((s) => s.refused).filter(({ tunes }) => tunes === undefined);
  const dismiss = useStudio((s) => s.dismissRefusals);
  const [isAsking, setAsking] = useState(false);
  const undecoded = refused.filter(isUndecoded);
  const leaveRowsOut = useLeaveRowsOut(refused);
  const [asked, ...alike] = undecoded;
  const [first, ...others] = refused;
  if (!first) return null;
  const isOne = others.length === 0;
  const title = isOne ? `${first.name} was not added` : `${refused.length} files were not added`;
  return (
    <div role="alert" className={styles.refusals}>
      <Notice
        tone="error"
        title={title}
        actions={
          <>
            {undecoded.length > 0 && (
              <Button isDense onPress={() => setAsking(true)}>
                Choose {undecoded.length === 1 ? 'its encoding' : 'their encoding'}…
              </Button>
            )}
            {leaveRowsOut && (
              <Button isDense onPress={leaveRowsOut.onPress}>
                {leaveRowsOut.label}
              </Button>
            )}
            <Button isDense onPress={() => dismiss()}>
              Dismiss
            </Button>
          </>
        }
      >
        {isOne ? (
          <span className={styles.reason}>
            {paragraph(sentence(first), remedy(first.failure))}
            {first.failure.rows && <RowProblems {...first.failure.rows} />}
          </span>
        ) : (
          <span className={styles.list} role="group" tabIndex={0} aria-label="Files that were not added">
            {refused.map(({ name, failure }) => (
              <span key={name} className={styles.reason}>
                <b>{name}</b> {paragraph(refusalWords({ name, failure }), remedy(failure))}
                {failure.rows && <RowProblems {...failure.rows} />}
              </span>
            ))}
          </span>
        )}
      </Notice>
      {isAsking && asked && <Question of={[asked, ...alike]} onClose={() => setAsking(false)} />}
    </div>
  );
}

const Question = ({ of, onClose }: { of: readonly [Undecoded, ...Undecoded[]]; onClose: () => void }) => (
  <EncodingDialog {...useEncodingQuestion(of, onClose)} />
);

/** After a heading that has named the file: `It is a PDF, not plain text`. */
function sentence(refusal: Refusal): string {
  const words = refusalWords(refusal);
  if (refusal.failure.message.startsWith(`${refusal.name}: `)) return words.charAt(0).toUpperCase() + words.slice(1);
  return refusal.failure.message.startsWith(words) ? words : `It ${words}`;
}
