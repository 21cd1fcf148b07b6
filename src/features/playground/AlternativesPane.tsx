import type { ReactNode } from 'react';
import { formatCount, formatShare } from '../../core/base/units';
import { writtenVocabulary } from '../../state/playground';
import { useStudio } from '../../state/react';
import type { GeneratedToken } from '../../protocol/gpu';
import { Block, Pane } from '../../ui';
import { type GuessRow, GuessTable, named } from './GuessTable';
import styles from './PlaygroundPage.module.css';

/** Alternative tokens at a position, with the model's probabilities. */
export function AlternativesPane({
  at,
  onClose,
  canGoOn = false,
  children,
}: {
  at: number | undefined;
  onClose: () => void;
  /** Whether generation can continue from an alternative. */
  canGoOn?: boolean;
  /** Content below the alternatives. */
  children?: ReactNode;
}) {
  const written = useStudio((s) => s.written);
  const prompt = useStudio((s) => s.writtenAfter);
  const isWriting = useStudio((s) => s.writing.kind === 'writing');
  const continueFrom = useStudio((s) => s.continueFrom);
  const vocabulary = useStudio(writtenVocabulary);
  const token = at === undefined ? undefined : written[at];
  if (at === undefined || !token) {
    return (
      <Pane title="Alternatives">
        <Block>
          <p className={styles.quiet}>
            {written.length > 0 ? 'Choose a token to see its alternatives' : 'Each token’s alternatives appear here'}
          </p>
        </Block>
        {children}
      </Pane>
    );
  }
  const rows = rowsOf(token);
  // An answer starts a new text, without the prompt.
  const before =
    (canGoOn ? prompt : '') +
    written
      .slice(0, at)
      .map((t) => t.text)
      .join('');
  const goOn = ({ text }: GuessRow) => {
    if (text === null || text === '' || isWriting || !canGoOn) return null;
    const run = (): void => {
      onClose();
      void continueFrom(at, text);
    };
    return { label: `Continue from ${named(text)}`, words: 'Continue', run };
  };
  const listed = token.alternatives.reduce((sum, { probability }) => sum + probability, 0);
  return (
    <Pane
      onClose={onClose}
      title={`Token ${formatCount(at + 1)}`}
      {...(before !== '' && { hint: `after “${lastWords(before)}”` })}
    >
      <GuessTable label={`Alternatives of token ${formatCount(at + 1)}`} rows={rows} chosen={token.id} action={goOn} />
      <Block>
        <p className={styles.quiet}>
          {token.alternatives.length === 0
            ? 'Alternatives aren’t saved for this token'
            : `Top ${formatCount(token.alternatives.length)} of ${formatCount(vocabulary)} tokens, before temperature, top-k and top-p; ${formatShare(listed)} in total`}
        </p>
      </Block>
      {children}
    </Pane>
  );
}

function rowsOf({ id, text, bytes, probability, alternatives }: GeneratedToken): readonly GuessRow[] {
  const rows = alternatives.map((other) => ({ ...other, isChosen: other.id === id }));
  if (rows.some((row) => row.isChosen)) return rows;
  return [...rows, { id, text: text === '' ? null : text, bytes, probability, isChosen: true }];
}

/** End of the preceding text, for a one-line head. */
function lastWords(before: string): string {
  const line = before.replace(/\s+/g, ' ').trimEnd();
  return line.length <= 32 ? line : `…${line.slice(-31)}`;
}
