import { formatCount, formatShare } from '../../../core/base/units';
import type { DocumentScores, MeasuredScore } from '../../../core/documents/clean/preview';
import type { Step } from '../../../core/documents/clean/recipe';
import { ruleOf } from '../../../core/documents/clean/rules';
import type { StatedMeasure } from '../../../core/documents/clean/rules/rule';
import { useStudio } from '../../../state/react';
import { Histogram, type HistogramBound, Select } from '../../../ui';
import styles from './MeasuredDocuments.module.css';
import { RankedList } from './RankedList';
import { movablesOf } from './stops';

interface MeasuredPaneProps {
  step: Step;
  measured: DocumentScores;
  /** Selected score; by default the one that excludes most documents. */
  score: string | undefined;
  onScore: (score: string) => void;
  onText: (text: string) => void;
  onSetting: (name: string, value: number) => void;
  onKeep: (sha256: string) => void;
  onMore: () => void;
}

/** Distribution of documents by a rule's measure, its cutoff, and the documents near the cutoff. */
export function MeasuredDocuments(p: MeasuredPaneProps) {
  const { measures = {} } = ruleOf(p.step.rule);
  const names = Object.keys(measures).filter((name) => p.measured.scores[name]);
  const removedBy = (name: string): number => countOutside(p.measured.scores[name]!);
  const mostRemoving = names.reduce(
    (best: string | undefined, name) => (best && removedBy(best) >= removedBy(name) ? best : name),
    undefined,
  );
  const name = names.find((other) => other === p.score) ?? mostRemoving;
  const texts = useStudio((s) => s.texts);
  if (name === undefined) {
    const [absent] = Object.values(measures).flatMap(({ absent }) => absent ?? []);
    return <p className={styles.note}>{absent ?? 'No documents reach this rule.'}</p>;
  }
  const measure = measures[name]!;
  const score = p.measured.scores[name]!;
  return (
    <>
      {(names.length > 1 || p.measured.texts.length > 1) && (
        <div className={styles.choices}>
          {names.length > 1 && (
            <Select
              label="Rank by"
              value={name}
              onChange={p.onScore}
              options={names.map((option) => ({
                value: option,
                label: measures[option]!.label,
                hint: removedBy(option) === 0 ? 'removes none' : `removes ${formatCount(removedBy(option))}`,
              }))}
            />
          )}
          {p.measured.texts.length > 1 && (
            <Select
              label="Text"
              hint="each is cleaned separately"
              value={p.measured.text ?? null}
              onChange={p.onText}
              options={p.measured.texts.map((id) => ({
                value: id,
                label: texts.find((text) => text.id === id)?.name ?? id,
              }))}
            />
          )}
        </div>
      )}
      <Distribution
        step={p.step}
        measure={measure}
        score={score}
        onSetting={(setting, value) => {
          // Keeps this score selected, because during the move another could exclude more documents.
          p.onScore(name);
          p.onSetting(setting, value);
        }}
      />
      <RankedList
        measure={measure}
        score={score}
        {...(score.ranked.length < score.values.length && { onMore: p.onMore })}
        onKeep={p.onKeep}
      />
    </>
  );
}

/** Histogram of a measure, with bounds to drag. */
function Distribution({
  step,
  measure,
  score: { values },
  onSetting,
}: Pick<MeasuredPaneProps, 'step' | 'onSetting'> & { measure: StatedMeasure; score: MeasuredScore }) {
  const { fields } = ruleOf(step.rule);
  const isLarge = (value: unknown): boolean => Number(value) >= MIN_LOG_SCALE;
  const limits = [measure.min, measure.max].flatMap((name) => (name === undefined ? [] : step.settings[name]));
  const isLog = measure.format === formatCount && (values.some(isLarge) || limits.some(isLarge));
  const movables = movablesOf(measure, fields, step.settings, values, isLog);
  const bounds = movables.map(({ side, setting, stops, stop }): HistogramBound => {
    const { at, value } = stops[stop]!;
    const cutoff = value === measure.unbounded ? 'none' : measure.format(at);
    return {
      label: side === 'min' ? 'Minimum to keep' : 'Maximum to keep',
      side,
      stops: stops.map((position) => position.at),
      stop,
      says: measure.share === undefined ? cutoff : `${cutoff}, keeps ${formatShare(value)} of documents`,
      onMove: (to) => onSetting(setting, stops[to]!.value),
    };
  });
  const isOut = (value: number): boolean =>
    bounds.some(({ side, stops, stop }) => (side === 'min' ? value < stops[stop]! : value > stops[stop]!));
  const keptCount = values.filter((value) => !isOut(value)).length;
  return (
    <Histogram
      title={measure.label}
      of="document"
      values={values}
      format={measure.format}
      isLog={isLog}
      bounds={bounds}
      caption={
        <>
          {bounds.map(({ label, says }) => (
            <span key={label} className={styles.cut}>
              {label}: <b>{says}</b>
            </span>
          ))}
          {measure.share === undefined && `Keeps ${formatCount(keptCount)} of ${formatCount(values.length)}. `}
          Drag the line, or focus it and press ← →
        </>
      }
    />
  );
}
/** Counts from here on use a log scale. */
const MIN_LOG_SCALE = 100;

/** Number of documents outside the bounds. */
const countOutside = ({ values, bounds: { min, max } }: MeasuredScore): number =>
  values.filter((value) => value < min || value > max).length;
