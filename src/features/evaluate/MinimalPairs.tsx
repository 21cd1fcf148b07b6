import { useState } from 'react';
import { counted, formatCount } from '../../core/base/units';
import { identitySwaps } from '../../core/evaluate/identitySwaps';
import { minimalPairs } from '../../core/evaluate/minimalPairs';
import { askRefusal, shownAsking, shownLists, unaskable } from '../../state/lists';
import { useStudio } from '../../state/react';
import { Block, Button, Pane, PaneHead, TextAction } from '../../ui';
import { WorkStatus } from './WorkStatus';
import { UnscoredNote } from './UnscoredNote';
import styles from './Lists.module.css';
import { OtherList } from './OtherList';
import { PairsDialog } from './PairsDialog';
import { Shares } from './Shares';

/** Minimal pairs (one sentence is correct) and identity swaps (both are). */
export function PairsPane() {
  return (
    <Pane label="Sentence pairs">
      <MinimalPairs />
      <Swaps />
    </Pane>
  );
}

function MinimalPairs() {
  const [isEditing, setEditing] = useState(false);
  const [chosenKind, setChosenKind] = useState<string>();
  const scores = useStudio((s) => shownLists(s)?.evaluation.minimalPairs);
  const work = useStudio((s) => shownAsking(s, 'minimalPairs'));
  const ownList = useStudio((s) => s.ownPairs.minimalPairs);
  const kind = chosenKind ?? (scores && lowestKind(scores.kinds));
  const missed = scores?.missed.filter((pair) => kind === ALL || pair.kind === kind) ?? [];
  return (
    <>
      <PaneHead
        title="Minimal pairs"
        hint={scores && `correct one preferred, ${counted(scores.all.pairs, 'pair')}`}
        aside={<TextAction onPress={() => setEditing(true)}>{ownList ? ownList.name : 'Edit list…'}</TextAction>}
      />
      <WorkStatus work={work}>
        {scores ? (
          <>
            <Shares
              label="Minimal pairs by kind: share with the correct sentence preferred"
              head="Kind"
              middle="chance"
              chosen={kind}
              onChoose={setChosenKind}
              shares={[
                ...Object.entries(scores.kinds).map(([id, share]) => ({ id, label: id, baseline: 50, ...share })),
                { id: ALL, label: 'All kinds', baseline: 50, ...scores.all, isAll: true },
              ]}
            />
            <Block>
              <p className={styles.note}>
                {missed.length === 0
                  ? `No mistakes${kind === ALL ? '' : ` in ${kind}`}`
                  : `Mistakes${kind === ALL ? '' : ` in ${kind}`}; the preferred sentence is struck out`}
              </p>
              {missed.slice(0, MAX_SHOWN).map(({ first, second }) => (
                <WordDiff key={`${first}|${second}`} from={second} to={first} />
              ))}
              {missed.length > MAX_SHOWN && (
                <p className={styles.note}>{`and ${formatCount(missed.length - MAX_SHOWN)} more`}</p>
              )}
            </Block>
          </>
        ) : (
          <Block>
            <p className={styles.words}>
              Two sentences, one of them wrong. Does the model prefer the correct one? Chance is 50 %.
            </p>
          </Block>
        )}
        <UnscoredNote list="minimalPairs" />
        <OtherList scoredHash={scores?.listHash} list={ownList?.pairs ?? BUNDLED.minimalPairs} />
        <ScorePairsButton list="minimalPairs" isAgain={scores !== undefined} />
      </WorkStatus>
      {isEditing && (
        <PairsDialog
          list="minimalPairs"
          title="Minimal pairs"
          hint="First sentence correct; kind is what it tests"
          bundled={minimalPairs}
          onClose={() => setEditing(false)}
        />
      )}
    </>
  );
}
const BUNDLED = { minimalPairs: minimalPairs(), swaps: identitySwaps() };
const ALL = 'all kinds';
const MAX_SHOWN = 6;
const lowestKind = (kinds: Readonly<Record<string, { value: number }>>): string =>
  Object.entries(kinds).reduce((worst, kind) => (kind[1].value < worst[1].value ? kind : worst))[0];

function Swaps() {
  const [isEditing, setEditing] = useState(false);
  const scores = useStudio((s) => shownLists(s)?.evaluation.swaps);
  const work = useStudio((s) => shownAsking(s, 'swaps'));
  const ownList = useStudio((s) => s.ownPairs.swaps);
  return (
    <>
      <PaneHead
        title="Identity swaps"
        hint="first one preferred"
        aside={<TextAction onPress={() => setEditing(true)}>{ownList ? ownList.name : 'Edit list…'}</TextAction>}
      />
      <WorkStatus work={work}>
        {scores && (
          <Shares
            label="Identity swaps: share with the first sentence preferred"
            head="Swap"
            middle="even"
            shares={Object.entries(scores.kinds).map(([id, share]) => ({ id, label: id, baseline: 50, ...share }))}
          />
        )}
        <Block>
          <p className={styles.words}>
            Two sentences that differ only in a name, pronoun or origin. 50 % means no preference. This short test
            doesn't show how the model treats people.
          </p>
        </Block>
        <UnscoredNote list="swaps" />
        <OtherList scoredHash={scores?.listHash} list={ownList?.pairs ?? BUNDLED.swaps} />
        <ScorePairsButton list="swaps" isAgain={scores !== undefined} />
      </WorkStatus>
      {isEditing && (
        <PairsDialog
          list="swaps"
          title="Identity swaps"
          hint="They differ in one place; kind names it"
          bundled={identitySwaps}
          onClose={() => setEditing(false)}
        />
      )}
    </>
  );
}

function ScorePairsButton({ list, isAgain }: { list: 'minimalPairs' | 'swaps'; isAgain: boolean }) {
  const ownList = useStudio((s) => s.ownPairs[list]);
  const askLists = useStudio((s) => s.askLists);
  const refusal = useStudio(askRefusal);
  const unaskableReason = useStudio((s) => unaskable(s, list));
  const name = list === 'minimalPairs' ? 'minimal pairs' : 'identity swaps';
  if (unaskableReason !== undefined)
    return (
      <Block>
        <p className={styles.words}>{unaskableReason}</p>
      </Block>
    );
  return (
    <Block>
      <Button
        isDense
        disabledReason={refusal}
        onPress={() => void askLists(list, { [list]: ownList?.pairs ?? BUNDLED[list] }, 'shown')}
      >
        {`Score ${name}${isAgain ? ' again' : ''}`}
      </Button>
    </Block>
  );
}

/** Marks the words that differ between two sentences. */
function WordDiff({ from, to }: { from: string; to: string }) {
  const [fromWords, toWords] = [from.split(' '), to.split(' ')];
  // Numbers of equal words at the start and at the end.
  let [prefix, suffix] = [0, 0];
  while (prefix < Math.min(fromWords.length, toWords.length) && fromWords[prefix] === toWords[prefix]) prefix++;
  while (
    suffix < Math.min(fromWords.length, toWords.length) - prefix &&
    fromWords.at(-1 - suffix) === toWords.at(-1 - suffix)
  )
    suffix++;
  const middle = (words: readonly string[]): string => words.slice(prefix, words.length - suffix).join(' ');
  return (
    <p className={styles.prose}>
      {fromWords.slice(0, prefix).join(' ')} <del>{middle(fromWords)}</del> <ins>{middle(toWords)}</ins>{' '}
      {toWords.slice(toWords.length - suffix).join(' ')}
    </p>
  );
}
