import { useState } from 'react';
import { useLocation } from 'wouter';
import { labelWords } from '../../../core/base/labels';
import type { LabeledText, RunRow } from '../../../protocol/data';
import { explainText } from '../../../state/explainText';
import { useStudio, useStudioStore } from '../../../state/react';
import { EmptyState, MenuButton, text as type, TextAction } from '../../../ui';
import styles from './Classify.module.css';
import { answerWords, type Judged } from './judged';
import { fileOf, placeWords } from './place';
import { useAnswer } from './useAnswer';

/** Held-out texts with their actual and predicted labels; the label can be changed. */
export function Examples({
  run,
  labels,
  texts,
  nothing,
  words,
}: {
  run: RunRow['record'];
  labels: readonly string[];
  texts: readonly Judged[];
  /** Shown if there are no examples. */
  nothing: string;
  words?: string;
}) {
  const [count, setCount] = useState(PAGE);
  const shown = texts.slice(0, count);
  const found = useTexts(run, shown);
  if (texts.length === 0) return <EmptyState>{nothing}</EmptyState>;
  if (found === null) return <EmptyState>The training texts changed, or are no longer in this project</EmptyState>;
  return (
    <>
      {words !== undefined && <p className={styles.words}>{words}</p>}
      <ol className={styles.examples}>
        {shown.map((judged) => (
          <Example
            key={judged.place}
            judged={judged}
            run={run}
            labels={labels}
            several={run.model.config.classes?.several === true}
            own={found?.find(({ at }) => at === judged.place)}
          />
        ))}
      </ol>
      {texts.length > count && (
        <p className={styles.words}>
          <TextAction onPress={() => setCount(count + PAGE)}>Show more</TextAction>
        </p>
      )}
    </>
  );
}
const PAGE = 10;

/** Null if the training texts are gone or changed. */
function useTexts(run: RunRow['record'], shown: readonly Judged[]): readonly LabeledText[] | null | undefined {
  const texts = useStudio((s) => s.tuneTexts);
  const key = shown.map(({ place }) => place).join(' ');
  const places = key === '' ? [] : key.split(' ').map(Number);
  return useAnswer(async ({ examples }) => (await examples(run, places)) ?? null, null, [run, key, texts])?.answer;
}

function Example({
  judged: { wanted, given, sure },
  run,
  labels,
  several,
  own,
}: {
  judged: Judged;
  run: RunRow['record'];
  labels: readonly string[];
  several: boolean;
  own: LabeledText | undefined;
}) {
  const store = useStudioStore();
  const [, go] = useLocation();
  const file = useStudio((s) => fileOf(s, own?.textId));
  const [one, other] = [wanted, given].map((places) => places.map((place) => labels[place]!).join(', ') || 'none') as [
    string,
    string,
  ];
  const change = async (now: readonly string[] | null): Promise<void> => {
    if (!own) return;
    const { change: put } = await store.getState().classifying();
    const { textId, place } = own;
    await put(
      textId,
      { kind: 'relabel', place, labels: now },
      now ? `Relabeled to ${labelWords(now)}` : 'Label removed',
    );
  };
  const has = own?.labels ?? [];
  const choose = (label: string): void => {
    const others = has.filter((one) => one !== label);
    void change(!several ? [label] : others.length < has.length ? others : [...has, label]);
  };
  // With several labels per text, labels unknown to the run don't count.
  const places = own?.labels?.map((label) => labels.indexOf(label)).filter((place) => place >= 0 || !several);
  const isChanged = own !== undefined && places?.sort((a, b) => a - b).join() !== wanted.join();
  return (
    <li>
      <header>
        <span className={styles.about}>
          <b>{own ? placeWords(own, file) : '…'}</b>
          <span>{answerWords(one, other, sure)}</span>
        </span>
        {own && (
          <TextAction label={`Why? ${own.title}`} onPress={() => void explainText(store, run, own.at).then(go)}>
            Why?
          </TextAction>
        )}
        {own && (
          <MenuButton
            variant="plain"
            label={`Change label…, ${own.title}`}
            isMany={several}
            entries={labels.slice(0, MAX_OFFERED).map((label) => ({ id: label, label, isChosen: has.includes(label) }))}
            more={[
              [
                ...(several ? [{ id: NONE, label: 'No label applies', isChosen: own.labels?.length === 0 }] : []),
                { id: NOT_YET, label: several ? 'Not labeled yet' : 'No label', hint: 'left out of training' },
              ],
            ]}
            onChoose={(id) => {
              if (id === NOT_YET) void change(null);
              else if (id === NONE) void change([]);
              else choose(id);
            }}
          >
            Change label…
          </MenuButton>
        )}
      </header>
      {isChanged && (
        <p className={styles.changed}>
          {own.labels ? `Relabeled to ${labelWords(own.labels)}` : 'Label removed'} after this run trained
        </p>
      )}
      <p className={type.prose} dir="auto">
        {own?.text}
      </p>
    </li>
  );
}
const MAX_OFFERED = 100;
/** Sentinels: no label ends with a line break. */
const [NONE, NOT_YET] = ['none\n', 'not yet\n'];
