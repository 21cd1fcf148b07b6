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

export function runEvents(log: RunLog, { model, recipe, segments }: RunSettings): readonly RunEvent[] {
  const events: RunEvent[] = [];
  const { warmup, learningRate, objective } = recipe;
  const inHeadline = (loss: number): string => headlineWords(objective, loss, formatReading);
  const at = countUpTo(log.step, warmup) - 1;
  if (warmup > 0 && log.step[at] === warmup) {
    const words = `Warm-up ended, learning rate ${formatNumber(learningRate)}`;
    events.push({ step: warmup, activeMs: log.activeMs[at]!, words });
  }
  // One-time events can occur once for each text.
  const states = segments.map(() => ({ best: Infinity, passed: 0, hasGap: false }));
  for (const { step, loss, activeMs } of log.evaluations) {
    const at = segmentAt(segments, step);
    const { after, data } = segments[at]!;
    const so = states[at]!;
    const baselines = baselinesOf(objective, model, data.facts);
    const [, ...counting] = baselines; // the first is the uniform guess
    const isBest = loss < so.best;
    so.best = Math.min(so.best, loss);
    events.push({
      step,
      activeMs,
      words: `Evaluated, ${inHeadline(loss)}${isBest && step > 0 ? ', best so far' : ''}`,
    });
    // In order, so that passing a weaker baseline is never reported after passing a stronger one.
    while (step > 0 && so.passed < counting.length && loss < counting[so.passed]!.loss) {
      const baseline = counting[so.passed++]!;
      const words = `Past ${baseline.words}, ${inHeadline(baseline.loss)}`;
      events.push({
        step,
        activeMs,
        words: baseline.milestone ? `${baseline.milestone}: ${lowerFirst(words)}` : words,
      });
    }
    const gap = memorizingGap(loss, trainingAt(log, step, after), baselines);
    if (!so.hasGap && gap !== undefined) {
      so.hasGap = true;
      events.push({
        step,
        activeMs,
        words: `Starting to memorize: ${lowerFirst(gapWords(gap))}`,
        tone: 'warn',
      });
    }
  }

  for (const { step, bytes, activeMs: at } of log.saves) {
    events.push({ step, activeMs: at, words: `Saved and checked, ${formatBytes(bytes)}`, tone: 'ok' });
  }
  for (const { step, bytes, activeMs: at } of log.kept) {
    events.push({
      step,
      activeMs: at,
      words: bytes > 0 ? `New best, ${formatBytes(bytes)}` : 'New best',
      tone: 'ok',
    });
  }
  for (const { step, evaluations, activeMs: at } of log.early) {
    events.push({
      step,
      activeMs: at,
      words: `Stopped early: ${counted(evaluations, 'evaluation')} without improvement`,
    });
  }
  for (const { step, activeMs: at } of log.sampled) {
    events.push({ step, activeMs: at, words: 'Sample written on request' });
  }
  for (const { after, words } of segmentChanges({ segments, model })) {
    const { activeMs } = log.evaluations.findLast(({ step }) => step <= after) ?? { activeMs: 0 };
    const since = Math.max(activeMs, log.activeMs[countUpTo(log.step, after) - 1] ?? 0);
    events.push({ step: after, activeMs: since, words: `${words}; baselines reset` });
  }
  // Stable sort: events of one step stay in order of occurrence.
  return events.sort((a, b) => a.step - b.step);
}

/** `1:27`, `1:02:03` */
export function formatClock(milliseconds: number): string {
  const seconds = Math.floor(milliseconds / 1000);
  const two = (n: number): string => String(n).padStart(2, '0');
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor(seconds / 60) % 60;
  return hours > 0
    ? `${formatCount(hours)}:${two(minutes)}:${two(seconds % 60)}`
    : `${String(minutes)}:${two(seconds % 60)}`;
}
