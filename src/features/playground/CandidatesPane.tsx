import { formatCount, formatShare } from '../../core/base/units';
import { shownRun } from '../../state/openRun';
import { vocabularySize } from '../../state/estimate';
import { useStudio } from '../../state/react';
import { Block, Pane } from '../../ui';
import { GuessTable, tokenName } from './GuessTable';
import styles from './PlaygroundPage.module.css';

/** Candidates for a blank. */
export function CandidatesPane({ blank, onClose }: { blank: number | undefined; onClose: () => void }) {
  const filled = useStudio((s) => s.filled);
  const choose = useStudio((s) => s.choose);
  const vocabulary = useStudio((s) => shownRun(s, 'playground').record?.model.vocabulary ?? vocabularySize(s.project));
  const candidates = blank === undefined ? undefined : filled?.blanks[blank];
  if (blank === undefined || !filled || !candidates) {
    return (
      <Pane title="Alternatives">
        <Block>
          <p className={styles.quiet}>
            {filled ? 'Choose a blank to see its alternatives' : 'Each blank’s alternatives appear here'}
          </p>
        </Block>
      </Pane>
    );
  }
  const chosenIndex = filled.choices[blank]!;
  const totalProbability = candidates.reduce((sum, { probability }) => sum + probability, 0);
  const rows = candidates.map((candidate, i) => ({ ...candidate, isChosen: i === chosenIndex }));
  return (
    <Pane onClose={onClose} title={`Blank ${formatCount(blank + 1)}`} hint={`of ${formatCount(filled.blanks.length)}`}>
      <GuessTable
        label={`Alternatives of blank ${formatCount(blank + 1)}`}
        rows={rows}
        chosen={candidates[chosenIndex]!.id}
        action={(row) => ({
          label: `Use ${tokenName(row.text)}`,
          words: 'Use',
          run: () =>
            choose(
              blank,
              candidates.findIndex(({ id }) => id === row.id),
            ),
        })}
      />
      <Block>
        <p className={styles.quiet}>
          Top {formatCount(candidates.length)} of {formatCount(vocabulary)} tokens; {formatShare(totalProbability)} in
          total
        </p>
      </Block>
    </Pane>
  );
}
