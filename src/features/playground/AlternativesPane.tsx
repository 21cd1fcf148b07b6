import type { ReactNode } from 'react';
import { formatCount, formatShare } from '../../core/base/units';
import { writtenVocabulary } from '../../state/playground';
import { useStudio } from '../../state/react';
import type { GeneratedToken } from '../../protocol/gpu';
import { Block, Pane } from '../../ui';
import { type GuessRow, GuessTable, tokenName } from './GuessTable';
import styles from './PlaygroundPage.module.css';

/** Alternative tokens at a position, with the model's probabilities. */
export function AlternativesPane({
  index,
  onClose,
  canContinue = false,
  children,
}: {
  /** Index of the token; undefined if none is chosen. */
  index: number | undefined;
  onClose: () => void;
  /** Whether generation can continue from an alternative. */
  canContinue?: boolean;
  /** Content below the alternatives. */
  children?: ReactNode;
}) {
  const written = useStudio((s) => s.written);
  const prompt = useStudio((s) => s.writtenAfter);
  const isWriting = useStudio((s) => s.writing.kind === 'writing');
  const continueFrom = useStudio((s) => s.continueFrom);
  const vocabulary = useStudio(writtenVocabulary);
  const token = index === undefined ? undefined : written[index];
  if (index === undefined || !token) {
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
  const rows = guessRows(token);
  // An answer starts a new text, without the prompt.
  const precedingText =
    (canContinue ? prompt : '') +
    written
      .slice(0, index)
      .map(({ text }) => text)
      .join('');
  const continueAction = ({ text }: GuessRow) => {
    if (text === null || text === '' || isWriting || !canContinue) return null;
    const run = (): void => {
      onClose();
      void continueFrom(index, text);
    };
    return { label: `Continue from ${tokenName(text)}`, words: 'Continue', run };
  };
  const listedProbability = token.alternatives.reduce((sum, { probability }) => sum + probability, 0);
  return (
    <Pane
      onClose={onClose}
      title={`Token ${formatCount(index + 1)}`}
      {...(precedingText !== '' && { hint: `after “${lastWords(precedingText)}”` })}
    >
      <GuessTable
        label={`Alternatives of token ${formatCount(index + 1)}`}
        rows={rows}
        chosen={token.id}
        action={continueAction}
      />
      <Block>
        <p className={styles.quiet}>
          {token.alternatives.length === 0
            ? 'Alternatives aren’t saved for this token'
            : `Top ${formatCount(token.alternatives.length)} of ${formatCount(vocabulary)} tokens, before temperature, top-k and top-p; ${formatShare(listedProbability)} in total`}
        </p>
      </Block>
      {children}
    </Pane>
  );
}

function guessRows({ id, text, bytes, probability, alternatives }: GeneratedToken): readonly GuessRow[] {
  const rows = alternatives.map((alternative) => ({ ...alternative, isChosen: alternative.id === id }));
  if (rows.some((row) => row.isChosen)) return rows;
  return [...rows, { id, text: text === '' ? null : text, bytes, probability, isChosen: true }];
}

/** End of the preceding text, short enough for the pane's head. */
function lastWords(precedingText: string): string {
  const line = precedingText.replace(/\s+/g, ' ').trimEnd();
  return line.length <= 32 ? line : `…${line.slice(-31)}`;
}
