/** What happened in a run, told from its log, oldest first. */
import { formatBytes, formatCount, formatNumber, formatReading } from '../../core/base/units';
import { countUpTo, trainingAt } from '../../core/train/verdict';
import type { MetricLog } from '../../state/metrics';
import type { RunSettings } from './runSettings';

export interface RunEvent {
  step: number;
  /** Milliseconds of training, stops excluded. */
  activeMs: number;
  words: string;
  tone?: 'ok' | 'warn';
}

/** Nats between held-out and training loss that are told once. */
const GAP = 0.3;

export function runEvents(log: MetricLog, { recipe, unigramLoss }: RunSettings): readonly RunEvent[] {
  const events: RunEvent[] = [];
  const { warmup, learningRate } = recipe;
  const at = countUpTo(log.step, warmup) - 1;
  if (warmup > 0 && log.step[at] === warmup) {
    const words = `Warm-up ended, learning rate ${formatNumber(learningRate)}`;
    events.push({ step: warmup, activeMs: log.activeMs[at]!, words });
  }
  let best = Infinity;
  let isPastUnigram = false;
  let hasGap = false;
  for (const { step, loss, activeMs } of log.evaluations) {
    const isBest = loss < best;
    best = Math.min(best, loss);
    events.push({
      step,
      activeMs,
      words: `Evaluated, perplexity ${formatReading(Math.exp(loss))}${isBest && step > 0 ? ', best so far' : ''}`,
    });
    if (!isPastUnigram && unigramLoss !== null && step > 0 && loss < unigramLoss) {
      isPastUnigram = true;
      const words = `Perplexity under ${formatReading(Math.exp(unigramLoss))}: past knowing only which tokens are common`;
      events.push({ step, activeMs, words });
    }
    const trained = trainingAt(log, step);
    if (!hasGap && trained !== undefined && loss - trained > GAP) {
      hasGap = true;
      events.push({ step, activeMs, words: `Gap to training above ${formatNumber(GAP)} nats`, tone: 'warn' });
    }
  }

  for (const { step, bytes, activeMs: at } of log.saves) {
    events.push({ step, activeMs: at, words: `Saved and read back, ${formatBytes(bytes)}`, tone: 'ok' });
  }
  // Stable: what is of one step stays in the order in which it comes about.
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
