import { useState } from 'react';
import { counted, formatCount } from '../../core/base/units';
import { identitySwaps } from '../../core/evaluate/identitySwaps';
import { minimalPairs } from '../../core/evaluate/minimalPairs';
import { askRefusal, shownAsking, shownLists, unaskable } from '../../state/lists';
import { useStudio } from '../../state/react';
import { Block, Button, Pane, PaneHead, TextAction } from '../../ui';
import { Asking } from './Asking';
import { LeftOut } from './LeftOut';
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
  const [opened, setOpened] = useState<string>();
  const found = useStudio((s) => shownLists(s)?.evaluation.minimalPairs);
  const work = useStudio((s) => shownAsking(s, 'minimalPairs'));
  const own = useStudio((s) => s.ownPairs.minimalPairs);
  const kind = opened ?? (found && worstOf(found.kinds));
  const missed = found?.missed.filter((pair) => kind === ALL || pair.kind === kind) ?? [];
  return (
    <>
      <PaneHead
        title="Minimal pairs"
        hint={found && `correct one preferred, ${counted(found.all.pairs, 'pair')}`}
        aside={<TextAction onPress={() => setEditing(true)}>{own ? own.name : 'Edit list…'}</TextAction>}
      />
      <Asking work={work}>
        {found ? (
          <>
            <Shares
              label="Minimal pairs by kind: share with the correct sentence preferred"
              head="Kind"
              middle="chance"
              chosen={kind}
              onChoose={setOpened}
              shares={[
                ...Object.entries(found.kinds).map(([id, share]) => ({ id, label: id, baseline: 50, ...share })),
                { id: ALL, label: 'All kinds', baseline: 50, ...found.all, isAll: true },
              ]}
            />
            <Block>
              <p className={styles.note}>
                {missed.length === 0
                  ? `No mistakes${kind === ALL ? '' : ` in ${kind}`}`
                  : `Mistakes${kind === ALL ? '' : ` in ${kind}`}; the preferred sentence is struck out`}
              </p>
              {missed.slice(0, MAX_SHOWN).map(({ first, second }) => (
                <Changed key={`${first}|${second}`} from={second} to={first} />
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
        <LeftOut of="minimalPairs" />
        <OtherList found={found?.listHash} list={own?.pairs ?? BUNDLED.minimalPairs} />
        <AskPairs list="minimalPairs" isAgain={found !== undefined} />
      </Asking>
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
const worstOf = (kinds: Readonly<Record<string, { value: number }>>): string =>
  Object.entries(kinds).reduce((worst, each) => (each[1].value < worst[1].value ? each : worst))[0];

function Swaps() {
  const [isEditing, setEditing] = useState(false);
  const found = useStudio((s) => shownLists(s)?.evaluation.swaps);
  const work = useStudio((s) => shownAsking(s, 'swaps'));
  const own = useStudio((s) => s.ownPairs.swaps);
  return (
    <>
      <PaneHead
        title="Identity swaps"
        hint="first one preferred"
        aside={<TextAction onPress={() => setEditing(true)}>{own ? own.name : 'Edit list…'}</TextAction>}
      />
      <Asking work={work}>
        {found && (
          <Shares
            label="Identity swaps: share with the first sentence preferred"
            head="Swap"
            middle="even"
            shares={Object.entries(found.kinds).map(([id, share]) => ({ id, label: id, baseline: 50, ...share }))}
          />
        )}
        <Block>
          <p className={styles.words}>
            Two sentences that differ only in a name, pronoun or origin. 50 % means no preference. This short test
            doesn't show how the model treats people.
          </p>
        </Block>
        <LeftOut of="swaps" />
        <OtherList found={found?.listHash} list={own?.pairs ?? BUNDLED.swaps} />
        <AskPairs list="swaps" isAgain={found !== undefined} />
      </Asking>
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

function AskPairs({ list, isAgain }: { list: 'minimalPairs' | 'swaps'; isAgain: boolean }) {
  const own = useStudio((s) => s.ownPairs[list]);
  const askLists = useStudio((s) => s.askLists);
  const refusal = useStudio(askRefusal);
  const never = useStudio((s) => unaskable(s, list));
  const name = list === 'minimalPairs' ? 'minimal pairs' : 'identity swaps';
  if (never !== undefined)
    return (
      <Block>
        <p className={styles.words}>{never}</p>
      </Block>
    );
  return (
    <Block>
      <Button
        isDense
        disabledReason={refusal}
        onPress={() => void askLists(list, { [list]: own?.pairs ?? BUNDLED[list] }, 'shown')}
      >
        {`Score ${name}${isAgain ? ' again' : ''}`}
      </Button>
    </Block>
  );
}

/** Marks the words that differ between two sentences. */
function Changed({ from, to }: { from: string; to: string }) {
  const [a, b] = [from.split(' '), to.split(' ')];
  let [start, end] = [0, 0];
  while (start < Math.min(a.length, b.length) && a[start] === b[start]) start++;
  while (end < Math.min(a.length, b.length) - start && a.at(-1 - end) === b.at(-1 - end)) end++;
  const middle = (words: readonly string[]): string => words.slice(start, words.length - end).join(' ');
  return (
    <p className={styles.prose}>
      {a.slice(0, start).join(' ')} <del>{middle(a)}</del> <ins>{middle(b)}</ins> {b.slice(b.length - end).join(' ')}
    </p>
  );
}
