import { useEffect, useRef, useState } from 'react';
import { formatReading } from '../../core/base/units';
import { upperFirst } from '../../core/base/firstLetter';
import { headlineOf } from '../../core/objectives';
import type { RunRecord } from '../../core/runs/record';
import type { MixedPoint } from '../../protocol/gpu';
import { explain } from '../../state/failures';
import { useStudio } from '../../state/react';
import { describeWork, IDLE, work, type Work } from '../../state/work';
import { Block, Button, type Column, PaneHead, Progress, Slider, Table, text } from '../../ui';
import { KINDS } from './kinds';
import styles from './TunePage.module.css';

/** Averages the weights of a fine-tuned run and its base model; every number shown was measured. */
export function MixBlock({ run }: { run: RunRecord }) {
  const isTraining = useStudio((s) => s.training !== null);
  const keepMix = useStudio((s) => s.keepMix);
  const { points, state, measure } = usePoints(run);
  const progressWords = describeWork(state);
  const [tuned, setTuned] = useState(70);
  const [isKeeping, setKeeping] = useState(false);
  const point = points.find(({ share }) => percentOf(share) === tuned);
  const { own, old } = readings(run);
  const busy = isTraining ? 'Available when training ends' : undefined;
  const words = KINDS[run.objective === 'chats' ? 'instruct' : 'adapt'].newText;
  const keep = async (): Promise<void> => {
    setKeeping(true);
    await keepMix(run.id, shareOf(tuned), `${run.name} (${tuned} % blend)`.slice(0, 200));
    setKeeping(false);
  };
  return (
    <>
      <PaneHead title="Blend with the base model" hint="averages the weights" />
      <Block>
        <Slider
          label="Blend"
          min={0}
          max={100}
          step={5}
          value={tuned}
          onChange={setTuned}
          output={`${tuned} % fine-tuned`}
          ticks={['base', 'fine-tuned']}
        />
        <p className={styles.mixed}>
          <span className={text.ink2}>{readingOf(point, tuned, own, old, words, points.length)}</span>
        </p>
        {state.kind === 'failed' && (
          <p className={text.small} role="alert">
            {explain(state.failure)}
          </p>
        )}
        <div className={styles.links}>
          {state.kind === 'busy' ? (
            <>
              <Button isDense icon="stop" onPress={state.stop}>
                Stop
              </Button>
              {progressWords && <Progress {...progressWords} />}
            </>
          ) : (
            <>
              {!point && (
                <Button isDense disabledReason={busy} onPress={() => measure(asked(points, tuned))}>
                  {points.length === 0 ? 'Measure five points' : `Measure ${tuned} %`}
                </Button>
              )}
              <Button
                isDense
                variant={point ? 'default' : 'quiet'}
                disabledReason={busy ?? reasonNot(tuned, isKeeping)}
                onPress={() => void keep()}
              >
                Save blend
              </Button>
            </>
          )}
        </div>
      </Block>
      {points.length > 0 && (
        <Table
          isDense
          label="Measured blends"
          columns={columnsOf(own, points.some(({ metrics }) => metrics.oldPerplexity) ? old : undefined, words)}
          rows={points}
          rowKey={({ share }) => String(percentOf(share))}
          chosenKey={String(tuned)}
          onChoose={({ share }) => setTuned(percentOf(share))}
        />
      )}
    </>
  );
}

/** Points measured at the run's current step; further training discards them. */
function usePoints({ id, step }: RunRecord) {
  const mix = useStudio((s) => s.mix);
  const [known, setKnown] = useState<{ step: number; points: readonly MixedPoint[] }>({ step, points: [] });
  const [state, setState] = useState<Work>(IDLE);
  const stop = useRef<() => void>(undefined);
  useEffect(() => () => stop.current?.(), []);
  const points = known.step === step ? known.points : [];
  const tell = (now: Work): void => {
    if (now.kind === 'busy') stop.current = now.stop;
    setState(now);
  };
  const measure = (shares: readonly number[]): void =>
    void work(tell, Date.now, ({ signal, onProgress }) => {
      const addPoints = (some: readonly MixedPoint[]): void => {
        setKnown({ step, points: [...points, ...some].sort((a, b) => b.share - a.share) });
        onProgress({ label: 'Measuring', done: some.length, of: shares.length, unit: 'points' });
      };
      addPoints([]);
      return mix(id, shares, addPoints, signal);
    });
  return { points, state, measure };
}

/** Share of the base model's weights, 0 to 1, from the percentage of the fine-tuned ones. */
const shareOf = (tuned: number): number => (100 - tuned) / 100;
const percentOf = (share: number): number => Math.round(100 * (1 - share));

/** Shares to measure: at first 0, 25, 50 and 100 % and the slider's; then the slider's alone. */
const asked = (points: readonly MixedPoint[], tuned: number): readonly number[] =>
  points.length > 0 ? [shareOf(tuned)] : [...new Set([0, 25, 50, 100, tuned])].sort((a, b) => a - b).map(shareOf);

const reasonNot = (tuned: number, isKeeping: boolean): string | undefined =>
  isKeeping
    ? 'Saving'
    : tuned === 0
      ? 'This is the base model'
      : tuned === 100
        ? 'This is the fine-tuned run'
        : undefined;

type Read = (point: MixedPoint) => string;
function readings({ objective }: RunRecord): { own: Read; old: Read } {
  const { scale } = headlineOf(objective);
  return {
    own: ({ loss }) => formatReading(scale.of(loss)),
    old: ({ metrics }) => (metrics.oldPerplexity ? formatReading(metrics.oldPerplexity.value) : '–'),
  };
}

function readingOf(
  point: MixedPoint | undefined,
  tuned: number,
  own: Read,
  old: Read,
  words: string,
  measured: number,
): string {
  if (!point)
    return measured === 0
      ? 'A blend forgets less, and has learned less. Not measured yet.'
      : `${tuned} % hasn't been measured yet`;
  const before = point.metrics.oldPerplexity ? `old text ${old(point)}, ` : '';
  return `At ${tuned} %: ${before}${words} ${own(point)}`;
}

const columnsOf = (own: Read, old: Read | undefined, words: string): readonly Column<MixedPoint>[] => [
  { id: 'tuned', header: 'Fine-tuned', cell: ({ share }) => `${percentOf(share)} %` },
  ...(old ? [{ id: 'old', header: 'Old text', isNumber: true, cell: old }] : []),
  { id: 'own', header: upperFirst(words), isNumber: true, cell: own },
];
