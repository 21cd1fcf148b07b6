import { type ComponentProps, type ReactNode, useCallback, useMemo, useState } from 'react';
import { counted, formatCount, formatReading } from '../../core/base/units';
import type { BaselineFacts } from '../../core/objectives/facts';
import { nameOf } from '../../core/metrics/words';
import { baselinesOf, headlineOf, type ObjectiveId, objectiveOf } from '../../core/objectives';
import { learningRateAt } from '../../core/optim/schedule';
import { tokensAt } from '../../core/runs/segments';
import type { StepValueName } from '../../core/train/stepValues';
import { headline } from '../../state/failures';
import type { Phase } from '../../state/phase';
import type { RunLog } from '../../state/runLog';
import { useShown, useShownPart } from '../../state/react';
import { useForecast } from '../../state/useForecast';
import { Fold, formatExact } from '../../ui';
import {
  defaultChartSettings,
  LossChart,
  SmallChart,
  SmallCharts,
  type ChartSettings,
  type Line,
} from '../../ui/charts';
import { beforeCurves, forecastColumns, heldOutCurve, Mapped, partUpTo } from './columns';
import { plannedSteps, type RunSettings } from '../../state/runSettings';
import { changeMarks } from './segmentWords';
import { EnergyUsed } from './EnergyUsed';
import { type ChartData, metricCharts, stepCharts } from './smallCharts';
import { StepCost } from './StepCost';
import styles from './TrainPage.module.css';

interface ChartsProps {
  settings: RunSettings;
  chart: ChartSettings;
  onChart: (chart: ChartSettings) => void;
  /** Whether the reel is above the charts: the smaller charts are folded. */
  isUnderReel?: boolean;
}

/** Loss chart, and below it learning rate, gradient norm and speed. Omits the steps that a failure undid. */
export function Charts({ settings, chart, onChart, isUnderReel = false }: ChartsProps) {
  const { log, phase, saved, usable, before, record } = useShown('train');
  /** Last step with saved state or weights. */
  const lastSaved = (saved ?? usable)?.step ?? 0;
  const { recipe, segments, model } = settings;
  const { context } = model.config;
  const tokensUntil = useCallback((step: number) => tokensAt(segments, context, step), [segments, context]);
  const tokens = useMemo(() => new Mapped(log.step, tokensUntil), [log, tokensUntil]);
  const seconds = useMemo(() => new Mapped(log.activeMs, (ms) => ms / 1000), [log]);

  const forecast = useForecast();
  const expectedCurve = useMemo(
    () => forecast && forecastColumns(forecast, log, tokensUntil),
    [forecast, log, tokensUntil],
  );
  const ancestorCurves = useMemo(() => beforeCurves(before, tokensUntil), [before, tokensUntil]);
  // The curve of a diverged run shows why it failed, so it stays.
  const undone = phase.kind === 'failed' && phase.failure.code !== 'diverged' ? phase : undefined;
  const kept = undone ? lastSaved : Infinity;
  const part = partUpTo(log.step, kept);
  const planned = plannedSteps(phase, settings);
  const common = { subject: log, ...(chart.x === 'step' && { syncKey: 'train' }) };
  const step = part(log.step);
  const propsOf = stepChartProps(recipe, planned, step.at(-1) ?? 0);

  return (
    <>
      <LossChart
        training={{ step, loss: part(log.loss), tokens: part(tokens.read()), seconds: part(seconds.read()) }}
        validation={heldOutCurve(log, tokensUntil, kept)}
        before={ancestorCurves}
        forecast={expectedCurve}
        reading={{ ...headlineOf(recipe.objective), name: nameOf(headlineOf(recipe.objective)) }}
        references={references(settings)}
        changes={changeMarks(settings, record?.parent)}
        plannedSteps={planned}
        settings={chart}
        onSettings={onChart}
        {...(record && { owner: record.name })}
        {...(isUnderReel && { isUnderReel: true, minHeight: 184 })}
        undone={undone && undoneSteps(undone, kept)}
        {...common}
      />
      <More isFolded={isUnderReel}>
        {stepCharts(log, kept).map((chart) => (
          <SmallChart
            key={chart.id}
            {...usualProps(chart)}
            {...propsOf[chart.id]?.(chart)}
            xMax={planned}
            {...common}
          />
        ))}
        <MeasuredCharts
          log={log}
          objective={recipe.objective}
          facts={settings.segments.at(-1)?.data.facts ?? null}
          upTo={kept}
          planned={planned}
          {...common}
        />
      </More>
      <StepCost settings={settings} />
      <EnergyUsed />
    </>
  );
}

/** Steps after the last kept one, which a failure undid; undefined if there are none. */
function undoneSteps({ step, failure }: Extract<Phase, { kind: 'failed' }>, kept: number) {
  if (step <= kept) return undefined;
  const lost = counted(step - kept, 'step');
  return {
    from: kept,
    to: step,
    label: `${formatCount(step - kept)} lost`,
    longLabel: `${headline(failure)} at ${formatCount(step)}, ${lost} lost`,
  };
}

/** Additional props for the charts of some step values. */
const stepChartProps = (
  recipe: RunSettings['recipe'],
  totalSteps: number,
  lastStep: number,
): Partial<Record<StepValueName, (chart: StepChart) => Partial<SmallChartProps>>> => ({
  learningRate: (chart) => ({
    lines: [lineOf(chart), scheduledRates(lastStep, recipe, totalSteps)],
    y: { min: 0, max: recipe.learningRate * 1.1 },
  }),
  gradientNorm: ({ label, y }) =>
    recipe.clip > 0
      ? {
          title: `${label}, clipped at ${formatExact(recipe.clip)}`,
          references: [{ value: recipe.clip, label: 'clip' }],
          y: { min: 0, max: 1.1 * highest(y, recipe.clip) },
        }
      : {},
  tokensPerSecond: ({ y, name }) => ({
    value: newest(y, formatCount),
    caption: `${newest(y, formatCount)} ${name}`,
  }),
});

const More = ({ isFolded, children }: { isFolded: boolean; children: ReactNode }) =>
  isFolded ? (
    <Fold summary="More charts" className={styles.more}>
      <SmallCharts>{children}</SmallCharts>
    </Fold>
  ) : (
    <SmallCharts>{children}</SmallCharts>
  );

/** Chart settings of a run: defaults until the user changes them. */
export function useChartSettings(
  settings: RunSettings,
  x: ChartSettings['x'],
): [ChartSettings, (chart: ChartSettings) => void] {
  const [chosen, setChosen] = useState<ChartSettings>();
  const planned = useShownPart('train', ({ phase }) => plannedSteps(phase, settings));
  const chart = useMemo(
    () => chosen ?? { ...defaultChartSettings, x, smoothing: smoothingFor(planned) },
    [chosen, planned, x],
  );
  return [chart, setChosen];
}

/** The uniform baseline, then other baselines, each over the steps that trained on its text. */
function references({ model, recipe, segments }: RunSettings) {
  const baselines = segments.map(({ data }) => baselinesOf(recipe.objective, model, data.facts));
  const otherBaselines = segments.flatMap(({ after }, i) => {
    const until = segments[i + 1]?.after;
    const range = { ...(i > 0 && { from: after }), ...(until !== undefined && { until }) };
    return baselines[i]!.slice(1).map(({ loss, label }) => ({ loss, label, ...range }));
  });
  const { loss, label } = baselines[0]![0];
  return [{ loss, label }, ...otherBaselines];
}

type StepChart = ChartData<StepValueName>;
type SmallChartProps = ComponentProps<typeof SmallChart>;
const lineOf = ({ name, x, y }: StepChart): Line => ({ id: name, label: name, run: 1, form: 'thin', x, y });
function usualProps(chart: StepChart) {
  const { title, label, y } = chart;
  const value = newest(y, formatReading);
  const range = { min: y.reduce((a, b) => (b < a ? b : a), 0), max: 1.1 * highest(y, 0) };
  return { title, value, lines: [lineOf(chart)], y: range, caption: `${label} ${value}` };
}

/** Charts of metrics, with baselines. */
function MeasuredCharts(p: {
  log: RunLog;
  objective: ObjectiveId;
  facts: BaselineFacts | null;
  upTo: number;
  planned: number;
  subject: unknown;
  syncKey?: string;
}) {
  const baselines = p.facts ? (objectiveOf(p.objective).measuredBaselines?.(p.facts) ?? []) : [];
  return metricCharts(p.log, p.objective, p.upTo).map(({ id, title, label, name, x, y }) => {
    const references = baselines.flatMap(({ words: label, values }) =>
      values[id] === undefined ? [] : [{ value: values[id], label, longLabel: label }],
    );
    const value = newest(y, formatReading);
    return (
      <SmallChart
        key={id}
        title={title}
        value={value}
        lines={[{ id, label: name, run: 2, form: 'thin', hasPoints: true, x, y }]}
        xMax={p.planned}
        references={references}
        y={{ min: Math.min(0, ...y), max: 1.1 * highest([...y, ...references.map((reference) => reference.value)], 0) }}
        caption={`${label} ${value}`}
        subject={p.subject}
        {...(p.syncKey !== undefined && { syncKey: p.syncKey })}
      />
    );
  });
}

/** Smoothing window: 1/50 of a short run, and the default 50 steps for a long one. */
const smoothingFor = (steps: number): number =>
  Math.min(defaultChartSettings.smoothing, 1 - 1 / Math.max(2, steps / 50));

const newest = (values: readonly number[], format: (value: number) => string): string =>
  values.length > 0 ? format(values.at(-1)!) : '–';

const highest = (values: readonly number[], min: number): number => values.reduce((a, b) => (b > a ? b : a), min) || 1;

/** Remaining learning-rate schedule, dashed. */
function scheduledRates(from: number, recipe: RunSettings['recipe'], steps: number): Line {
  const count = 100;
  const x = Array.from({ length: count + 1 }, (_, i) => from + ((steps - from) * i) / count);
  const y = x.map((step) => learningRateAt(recipe.schedule, { ...recipe, steps }, step));
  return { id: 'to come', label: 'scheduled', run: 1, form: 'expected', isQuiet: true, x, y };
}
