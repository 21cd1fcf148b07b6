import { type KeyboardEvent, useEffect, useRef, useState } from 'react';
import { counted, formatCount } from '../../../core/base/units';
import type { RunRow } from '../../../protocol/data';
import type { TextToLabel } from '../../../protocol/gpu';
import { explain } from '../../../state/failures';
import { useStudio, useStudioStore } from '../../../state/react';
import { describeWork, IDLE, type Work, work } from '../../../state/work';
import { Block, Button, EmptyState, Notice, Progress, text as type } from '../../../ui';
import styles from './Classify.module.css';
import { percent } from './judged';

interface Asked {
  texts: readonly TextToLabel[];
  of: number;
  /** What was said of each so far; null: passed over. */
  said: readonly (readonly string[] | null)[];
}

/** The texts without a label whose label would help most, labelled by keys. */
export function ToLabel({
  run,
  labels,
  unlabelled,
}: {
  run: RunRow['record'];
  labels: readonly string[];
  unlabelled: number;
}) {
  const store = useStudioStore();
  const isTraining = useStudio((s) => s.training !== null);
  const [asked, setAsked] = useState<Asked>();
  const [looking, setLooking] = useState<Work>(IDLE);
  const told = describeWork(looking);
  const look = async (): Promise<void> => {
    const found = await work(setLooking, Date.now, async (options) =>
      (await store.getState().classifying()).toLabel(run.id, options),
    );
    if (found) setAsked({ ...found, said: [] });
  };
  const say = async (own: readonly string[] | null): Promise<void> => {
    if (!asked) return;
    const at = asked.said.length;
    const one = asked.texts[at];
    if (!one) return;
    setAsked({ ...asked, said: [...asked.said, own] });
    if (own === null || (await put(one, own))) return;
    // It counts as passed over, whatever was said of others meanwhile.
    setAsked((now) =>
      now?.texts === asked.texts && now.said[at] === own ? { ...now, said: now.said.with(at, null) } : now,
    );
  };
  const takeBack = async (): Promise<void> => {
    const last = asked?.said.at(-1);
    if (!asked || last === undefined) return;
    const said = asked.said.slice(0, -1);
    setAsked({ ...asked, said });
    if (last === null || (await put(asked.texts[said.length]!, null))) return;
    setAsked((now) => (now?.said === said ? asked : now));
  };
  const put = async ({ textId, place }: TextToLabel, own: readonly string[] | null): Promise<boolean> => {
    const { label: set } = await store.getState().classifying();
    return set(textId, place, own);
  };
  const labelled = asked?.said.filter((own) => own !== null).length ?? 0;
  if (told)
    return (
      <Block>
        <Progress {...told} />
      </Block>
    );
  if (looking.kind === 'failed')
    return (
      <Notice
        tone="error"
        isPlain
        title="Nothing was asked"
        actions={
          <Button isDense onPress={() => void look()}>
            Try again
          </Button>
        }
      >
        {explain(looking.failure)}
      </Notice>
    );
  if (!asked)
    return (
      <EmptyState
        action={
          unlabelled > 0 && (
            <Button variant="go" onPress={() => void look()}>
              Ask me
            </Button>
          )
        }
      >
        {unlabelled === 0
          ? 'Every text has a label. Rows of a table whose label is empty wait here: the classifier asks for those that would help it most'
          : `${counted(unlabelled, 'text')} have no label. The classifier asks for the ${formatCount(Math.min(unlabelled, AT_ONCE))} that would help it most: those that it is least sure of, and that are unlike each other`}
      </EmptyState>
    );
  const one = asked.texts[asked.said.length];
  return (
    <>
      <p className={styles.words}>
        {formatCount(asked.said.length)} of {formatCount(asked.texts.length)}, chosen of {formatCount(asked.of)} without
        a label
      </p>
      {one ? (
        <Asking
          key={asked.said.length}
          one={one}
          labels={labels}
          several={run.model.config.classes?.several === true}
          onSay={say}
          onTakeBack={takeBack}
          canTakeBack={asked.said.length > 0}
        />
      ) : (
        <EmptyState
          action={
            <span className={styles.links}>
              <Button
                variant="go"
                disabledReason={
                  isTraining ? 'A run is in progress' : labelled === 0 ? 'None of them has got a label' : undefined
                }
                onPress={() => void learnOn()}
              >
                Learn them
              </Button>
              <Button onPress={() => void takeBack()}>Take the last back</Button>
              <Button onPress={() => void look()}>Ask for more</Button>
            </span>
          }
        >
          {labelled === 0
            ? 'None of them has a label yet. Ask for more, or take the last back'
            : `${counted(labelled, 'text')} ${labelled === 1 ? 'has' : 'have'} a label now. The classifier goes on from where it is, with these beside what it learnt`}
        </EmptyState>
      )}
    </>
  );

  /** It goes on from this classifier, whose head is kept where no label is new. */
  function learnOn(): Promise<void> {
    const { setTuning, tune, runs } = store.getState();
    const row = runs?.find(({ record }) => record.id === run.id);
    // All of it learns where all of it did.
    if (row) setTuning({ base: { runId: run.id, step: row.step }, ...(!run.trainable && { learns: 'all' }) });
    return tune('classify');
  }
}
const AT_ONCE = 20;

function Asking({
  one,
  labels,
  several,
  onSay,
  onTakeBack,
  canTakeBack,
}: {
  one: TextToLabel;
  labels: readonly string[];
  several: boolean;
  onSay: (labels: readonly string[] | null) => Promise<void>;
  onTakeBack: () => Promise<void>;
  canTakeBack: boolean;
}) {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => box.current?.focus({ preventScroll: true }), []);
  // A label has one key throughout, where there is a key for each; else the likeliest are first, since one of them it mostly is.
  const places = [...labels.keys()];
  const offered = places.length <= KEYS ? places : places.sort((a, b) => one.probabilities[b]! - one.probabilities[a]!);
  const [chosen, setChosen] = useState<ReadonlySet<number>>(new Set());
  const choose = (place: number): void => {
    if (!several) void onSay([labels[place]!]);
    else setChosen(new Set(chosen.has(place) ? [...chosen].filter((other) => other !== place) : [...chosen, place]));
  };
  const sayChosen = (): void => void onSay(labels.filter((_, place) => chosen.has(place)));
  const onKey = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
    const place = offered[Number(event.key) - 1];
    if (/^[1-9]$/.test(event.key) && place !== undefined) choose(place);
    // On a button it presses that.
    else if (several && event.key === 'Enter' && event.target === event.currentTarget) sayChosen();
    else if (event.key === 'Backspace' || event.key === 'u') void onTakeBack();
    else if (event.key === 's') void onSay(null);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div ref={box} className={styles.asking} role="group" aria-label="A text to label" tabIndex={-1} onKeyDown={onKey}>
      <p className={type.small}>
        <b>{one.title}</b>
      </p>
      <p className={type.prose} dir="auto">
        {one.text.slice(0, MOST_SHOWN)}
        {one.text.length > MOST_SHOWN && '…'}
      </p>
      <ol className={styles.choices}>
        {offered.slice(0, MOST_OFFERED).map((place, i) => (
          <li key={place}>
            <button type="button" {...(several && { 'aria-pressed': chosen.has(place) })} onClick={() => choose(place)}>
              <kbd>{i < KEYS ? i + 1 : ''}</kbd>
              <span>{labels[place]}</span>
              <span className={type.ink3}>{percent(one.probabilities[place]!)}</span>
            </button>
          </li>
        ))}
      </ol>
      <span className={styles.links}>
        {several && (
          <Button isDense variant="go" onPress={sayChosen}>
            {chosen.size === 0 ? 'None of them (Enter)' : `${counted(chosen.size, 'label')} (Enter)`}
          </Button>
        )}
        <Button isDense onPress={() => void onSay(null)}>
          Skip (S)
        </Button>
        <Button
          isDense
          disabledReason={canTakeBack ? undefined : 'Nothing was said yet'}
          onPress={() => void onTakeBack()}
        >
          Take back (U)
        </Button>
      </span>
    </div>
  );
}
/** 1 to 9. */
const KEYS = 9;
/** Characters of a text, and labels. */
const [MOST_SHOWN, MOST_OFFERED] = [1500, 20];
