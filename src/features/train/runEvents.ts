/** Events of a run, derived from its log, oldest first. */
import { lowerFirst } from '../../core/base/firstLetter';
import { counted, formatBytes, formatCount, formatNumber, formatReading } from '../../core/base/units';
import { headlineWords, baselinesOf } from '../../core/objectives';
import { segmentAt } from '../../core/runs/segments';
import { gapWords, memorizingGap } from '../../core/train/memorizing';
import { countUpTo, trainingAt } from '../../core/train/meanAt';
import type { RunLog } from '../../state/runLog';
import type { RunSettings } from '../../state/runSettings';
import { segmentChanges } from './segmentWords';

export interface RunEvent {
  step: number;
  /** Milliseconds of training, stops excluded. */
  activeMs: number;
  words: string;
  tone?: 'ok' | 'warn';
}

/** Events of the log and of changes between segments. */
export function runEvents(log: RunLog, { model, recipe, segments }: RunSettings): readonly RunEvent[] {
  const events: RunEvent[] = [];
  const { warmup, learningRate, objective } = recipe;
  const inHeadlineMetric = (loss: number): string => headlineWords(objective, loss, formatReading);
  const warmupIndex = countUpTo(log.step, warmup) - 1;
  if (warmup > 0 && log.step[warmupIndex] === warmup) {
    const words = `Warm-up ended, learning rate ${formatNumber(learningRate)}`;
    events.push({ step: warmup, activeMs: log.activeMs[warmupIndex]!, words });
  }
  // One-time events can occur once for each text.
  const states = segments.map(() => ({ best: Infinity, passed: 0, hasGap: false }));
  for (const { step, loss, activeMs } of log.evaluations) {
    const segment = segmentAt(segments, step);
    const { after, data } = segments[segment]!;
    const state = states[segment]!;
    const baselines = baselinesOf(objective, model, data.facts);
    const [, ...countingBaselines] = baselines; // the first is the uniform baseline
    const isBest = loss < state.best;
    state.best = Math.min(state.best, loss);
    events.push({
      step,
      activeMs,
      words: `Evaluated, ${inHeadlineMetric(loss)}${isBest && step > 0 ? ', best so far' : ''}`,
    });
    // In order, so that passing a weaker baseline is never reported after passing a stronger one.
    while (step > 0 && state.passed < countingBaselines.length && loss < countingBaselines[state.passed]!.loss) {
      const baseline = countingBaselines[state.passed++]!;
      const words = `Past ${baseline.words}, ${inHeadlineMetric(baseline.loss)}`;
      events.push({
        step,
        activeMs,
        words: baseline.milestone ? `${baseline.milestone}: ${lowerFirst(words)}` : words,
      });
    }
    const gap = memorizingGap(loss, trainingAt(log, step, after), baselines);
    if (!state.hasGap && gap !== undefined) {
      state.hasGap = true;
      events.push({
        step,
        activeMs,
        words: `Starting to memorize: ${lowerFirst(gapWords(gap))}`,
        tone: 'warn',
      });
    }
  }

  for (const { step, bytes, activeMs } of log.saves) {
    events.push({ step, activeMs, words: `Saved and checked, ${formatBytes(bytes)}`, tone: 'ok' });
  }
  for (const { step, bytes, activeMs } of log.kept) {
    events.push({
      step,
      activeMs,
      words: bytes > 0 ? `New best, ${formatBytes(bytes)}` : 'New best',
      tone: 'ok',
    });
  }
  for (const { step, evaluations, activeMs } of log.early) {
    events.push({
      step,
      activeMs,
      words: `Stopped early: ${counted(evaluations, 'evaluation')} without improvement`,
    });
  }
  for (const { step, activeMs } of log.sampled) {
    events.push({ step, activeMs, words: 'Sample written on request' });
  }
  for (const { after, words } of segmentChanges({ segments, model })) {
    const { activeMs } = log.evaluations.findLast(({ step }) => step <= after) ?? { activeMs: 0 };
    const changedAtMs = Math.max(activeMs, log.activeMs[countUpTo(log.step, after) - 1] ?? 0);
    events.push({ step: after, activeMs: changedAtMs, words: `${words}; baselines reset` });
  }
  // Stable sort: events of one step stay in order of occurrence.
  return events.sort((a, b) => a.step - b.step);
}

/** `1:27`, `1:02:03` */
export function formatClock(milliseconds: number): string {
  const seconds = Math.floor(milliseconds / 1000);
  const twoDigits = (n: number): string => String(n).padStart(2, '0');
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor(seconds / 60) % 60;
  return hours > 0
    ? `${formatCount(hours)}:${twoDigits(minutes)}:${twoDigits(seconds % 60)}`
    : `${String(minutes)}:${twoDigits(seconds % 60)}`;
}
