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
  const { points, state, measure } = useMeasuredPoints(run);
  const [tunedPercent, setTunedPercent] = useState(70);
  const point = points.find(({ share }) => tunedPercentOf(share) === tunedPercent);
  const { formatNew, formatOld } = formatters(run);
  const trainingRefusal = useTrainingRefusal();
  const newTextName = KINDS[run.objective === 'chats' ? 'instruct' : 'adapt'].newText;
  return (
    <>
      <PaneHead title="Blend with the base model" hint="averages the weights" />
      <Block>
        <Slider
          label="Blend"
          min={0}
          max={100}
          step={5}
          value={tunedPercent}
          onChange={setTunedPercent}
          output={`${tunedPercent} % fine-tuned`}
          ticks={['base', 'fine-tuned']}
        />
        <p className={styles.mixed}>
          <span className={text.ink2}>
            {readingOf(point, tunedPercent, formatNew, formatOld, newTextName, points.length)}
          </span>
        </p>
        {state.kind === 'failed' && (
          <p className={text.small} role="alert">
            {explain(state.failure)}
          </p>
        )}
        <div className={styles.links}>
          {state.kind === 'busy' ? (
            <MeasuringProgress state={state} />
          ) : (
            <>
              {!point && (
                <Button
                  isDense
                  disabledReason={trainingRefusal}
                  onPress={() => measure(sharesToMeasure(points, tunedPercent))}
                >
                  {points.length === 0 ? 'Measure five points' : `Measure ${tunedPercent} %`}
                </Button>
              )}
              <SaveBlend run={run} tunedPercent={tunedPercent} isMeasured={point !== undefined} />
            </>
          )}
        </div>
      </Block>
      {points.length > 0 && (
        <Table
          isDense
          label="Measured blends"
          columns={columnsOf(
            formatNew,
            points.some(({ metrics }) => metrics.oldPerplexity) ? formatOld : undefined,
            newTextName,
          )}
          rows={points}
          rowKey={({ share }) => String(tunedPercentOf(share))}
          chosenKey={String(tunedPercent)}
          onChoose={({ share }) => setTunedPercent(tunedPercentOf(share))}
        />
      )}
    </>
  );
}

/** Why no blend can be measured or saved now. */
function useTrainingRefusal(): string | undefined {
  return useStudio((s) => s.training !== null) ? 'Available when training ends' : undefined;
}

function MeasuringProgress({ state }: { state: Work & { kind: 'busy' } }) {
  const progressWords = describeWork(state);
  return (
    <>
      <Button isDense icon="stop" onPress={state.stop}>
        Stop
      </Button>
      {progressWords && <Progress {...progressWords} />}
    </>
  );
}

/** Button that saves the blend as a run of its own. */
function SaveBlend({ run, tunedPercent, isMeasured }: { run: RunRecord; tunedPercent: number; isMeasured: boolean }) {
  const keepMix = useStudio((s) => s.keepMix);
  const trainingRefusal = useTrainingRefusal();
  const [isSaving, setSaving] = useState(false);
  const saveBlend = async (): Promise<void> => {
    setSaving(true);
    await keepMix(run.id, baseShareOf(tunedPercent), `${run.name} (${tunedPercent} % blend)`.slice(0, 200));
    setSaving(false);
  };
  return (
    <Button
      isDense
      variant={isMeasured ? 'default' : 'quiet'}
      disabledReason={trainingRefusal ?? saveRefusal(tunedPercent, isSaving)}
      onPress={() => void saveBlend()}
    >
      Save blend
    </Button>
  );
}

/** Points measured at the run's current step; further training discards them. */
function useMeasuredPoints({ id, step }: RunRecord) {
  const mix = useStudio((s) => s.mix);
  const [measured, setMeasured] = useState<{ step: number; points: readonly MixedPoint[] }>({ step, points: [] });
  const [state, setState] = useState<Work>(IDLE);
  const stop = useRef<() => void>(undefined);
  useEffect(() => () => stop.current?.(), []);
  const points = measured.step === step ? measured.points : [];
  const showWork = (newState: Work): void => {
    if (newState.kind === 'busy') stop.current = newState.stop;
    setState(newState);
  };
  const measure = (shares: readonly number[]): void =>
    void work(showWork, Date.now, ({ signal, onProgress }) => {
      const addPoints = (newPoints: readonly MixedPoint[]): void => {
        setMeasured({ step, points: [...points, ...newPoints].sort((a, b) => b.share - a.share) });
        onProgress({ label: 'Measuring', done: newPoints.length, of: shares.length, unit: 'points' });
      };
      addPoints([]);
      return mix(id, shares, addPoints, signal);
    });
  return { points, state, measure };
}

/** Share of the base model's weights, 0 to 1, from the percentage of fine-tuned weights; and back. */
const baseShareOf = (tunedPercent: number): number => (100 - tunedPercent) / 100;
const tunedPercentOf = (share: number): number => Math.round(100 * (1 - share));

/** Shares to measure: the slider's; the first time also 0, 25, 50 and 100 %. */
const sharesToMeasure = (points: readonly MixedPoint[], tuned: number): readonly number[] =>
  points.length > 0
    ? [baseShareOf(tuned)]
    : [...new Set([0, 25, 50, 100, tuned])].sort((a, b) => a - b).map(baseShareOf);

const saveRefusal = (tunedPercent: number, isSaving: boolean): string | undefined =>
  isSaving
    ? 'Saving'
    : tunedPercent === 0
      ? 'This is the base model'
      : tunedPercent === 100
        ? 'This is the fine-tuned run'
        : undefined;

type FormatPoint = (point: MixedPoint) => string;
function formatters({ objective }: RunRecord): { formatNew: FormatPoint; formatOld: FormatPoint } {
  const { scale } = headlineOf(objective);
  return {
    formatNew: ({ loss }) => formatReading(scale.of(loss)),
    formatOld: ({ metrics }) => (metrics.oldPerplexity ? formatReading(metrics.oldPerplexity.value) : '–'),
  };
}

function readingOf(
  point: MixedPoint | undefined,
  tunedPercent: number,
  formatNew: FormatPoint,
  formatOld: FormatPoint,
  newTextName: string,
  measuredCount: number,
): string {
  if (!point)
    return measuredCount === 0
      ? 'A blend forgets less, and has learned less. Not measured yet.'
      : `${tunedPercent} % hasn't been measured yet`;
  const before = point.metrics.oldPerplexity ? `old text ${formatOld(point)}, ` : '';
  return `At ${tunedPercent} %: ${before}${newTextName} ${formatNew(point)}`;
}

const columnsOf = (
  formatNew: FormatPoint,
  formatOld: FormatPoint | undefined,
  newTextName: string,
): readonly Column<MixedPoint>[] => [
  { id: 'tuned', header: 'Fine-tuned', cell: ({ share }) => `${tunedPercentOf(share)} %` },
  ...(formatOld ? [{ id: 'old', header: 'Old text', isNumber: true, cell: formatOld }] : []),
  { id: 'own', header: upperFirst(newTextName), isNumber: true, cell: formatNew },
];
