import { type KeyboardEvent, useEffect, useRef, useState } from 'react';
import { counted, formatCount } from '../../../core/base/units';
import type { RunRow } from '../../../protocol/data';
import type { TextToLabel } from '../../../protocol/gpu';
import { explain } from '../../../state/failures';
import { useStudio, useStudioStore } from '../../../state/react';
import { usedModel } from '../../../state/trained';
import { toTuneOn } from '../../../state/tuningInputs';
import { describeWork, IDLE, type Work, work } from '../../../state/work';
import { Block, Button, EmptyState, Notice, Progress, text as type } from '../../../ui';
import styles from './Classify.module.css';
import { percent } from './judged';

interface Asked {
  texts: readonly TextToLabel[];
  of: number;
  /** Labels given so far; null: skipped. */
  said: readonly (readonly string[] | null)[];
}

/** Active learning: asks for labels of the most informative unlabeled texts, with keys. */
export function ToLabel({
  run,
  labels,
  unlabeled,
}: {
  run: RunRow['record'];
  labels: readonly string[];
  unlabeled: number;
}) {
  const store = useStudioStore();
  const isTraining = useStudio((s) => s.training !== null);
  const [asked, setAsked] = useState<Asked>();
  const [looking, setLooking] = useState<Work>(IDLE);
  const progressWords = describeWork(looking);
  const look = async (): Promise<void> => {
    const found = await work(setLooking, Date.now, (options) => {
      const texts = toTuneOn(store.getState(), 'classify').map(({ id }) => id);
      const input = { ...usedModel(store.getState(), run.id), texts, count: AT_ONCE };
      return store.workers.gpu.call('toLabel', input, options);
    });
    if (found) setAsked({ ...found, said: [] });
  };
  const say = async (own: readonly string[] | null): Promise<void> => {
    if (!asked) return;
    const at = asked.said.length;
    const one = asked.texts[at];
    if (!one) return;
    setAsked({ ...asked, said: [...asked.said, own] });
    if (own === null || (await put(one, own))) return;
    // Marks the text as skipped, whatever happened to others meanwhile.
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
  const labeled = asked?.said.filter((own) => own !== null).length ?? 0;
  if (progressWords)
    return (
      <Block>
        <Progress {...progressWords} />
      </Block>
    );
  if (looking.kind === 'failed')
    return (
      <Notice
        tone="error"
        isPlain
        title="Couldn’t choose texts to label"
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
          unlabeled > 0 && (
            <Button variant="go" onPress={() => void look()}>
              Start labeling
            </Button>
          )
        }
      >
        {unlabeled === 0
          ? 'Every text has a label. Rows without one appear here.'
          : `${counted(unlabeled, 'unlabeled text')}. Active learning picks the ${formatCount(Math.min(unlabeled, AT_ONCE))} that help most.`}
      </EmptyState>
    );
  const one = asked.texts[asked.said.length];
  return (
    <>
      <p className={styles.words}>
        {formatCount(asked.said.length)} of {formatCount(asked.texts.length)}, picked from {formatCount(asked.of)}{' '}
        unlabeled texts
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
                  isTraining ? 'Available when training ends' : labeled === 0 ? 'Label a text first' : undefined
                }
                onPress={() => void learnOn()}
              >
                Continue training
              </Button>
              <Button onPress={() => void takeBack()}>Undo last</Button>
              <Button onPress={() => void look()}>Label more</Button>
            </span>
          }
        >
          {labeled === 0
            ? 'All skipped. Label more, or undo the last one.'
            : `${counted(labeled, 'text')} labeled. Training continues from this classifier with them included.`}
        </EmptyState>
      )}
    </>
  );

  /** Continues training from this classifier; its classification head stays if no label is new. */
  function learnOn(): Promise<void> {
    const { setTuning, tune, runs } = store.getState();
    const row = runs?.find(({ record }) => record.id === run.id);
    // Trains all parameters if the run did.
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
  // If each label has a key, the order stays the same; else the most likely labels come first.
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
    // Enter on a focused button must press that button.
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
        {one.text.slice(0, MAX_SHOWN)}
        {one.text.length > MAX_SHOWN && '…'}
      </p>
      <ol className={styles.choices}>
        {offered.slice(0, MAX_OFFERED).map((place, i) => (
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
            {chosen.size === 0 ? 'No label applies (Enter)' : `${counted(chosen.size, 'label')} (Enter)`}
          </Button>
        )}
        <Button isDense onPress={() => void onSay(null)}>
          Skip (S)
        </Button>
        <Button isDense disabledReason={canTakeBack ? undefined : 'Nothing to undo'} onPress={() => void onTakeBack()}>
          Undo (U)
        </Button>
      </span>
    </div>
  );
}
/** Keys 1 to 9. */
const KEYS = 9;
/** Maximum number of characters shown per text, and of labels offered. */
const [MAX_SHOWN, MAX_OFFERED] = [1500, 20];
