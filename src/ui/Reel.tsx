import { useEffect, useMemo, useState, type PointerEvent, type ReactNode } from 'react';
import { formatCount } from '../core/base/units';
import { useMedia } from './charts/surroundings';
import { cx } from './cx';
import { Icon } from './Icon';
import { litPieces, type SamplePiece } from './litWords';
import { Passage } from './Passage';
import styles from './Reel.module.css';

export interface ReelSample {
  step: number;
  /** Evaluation result at this step: `perplexity 85.4`. */
  result: string;
  pieces: readonly SamplePiece[];
  /** Whether the sample has another prompt than the run's: none of its words count as new. */
  isApart?: boolean;
}

interface ReelProps {
  /** Non-empty, sorted by step. */
  samples: readonly ReelSample[];
  state: ReelState;
  /** Returns a step's position on the axis, 0 to 1. */
  place: (step: number) => number;
  /** Sentence after the result. */
  meaning?: string;
  /** Content at the right of the head. */
  aside?: ReactNode;
  /** Content above the head. */
  before?: ReactNode;
  /** `compact` is smaller; `long` is for several answers or a filled-in passage. */
  form?: 'compact' | 'long' | undefined;
  /** Without highlighted words, for samples that are too far apart. */
  isPlain?: boolean;
  /** Distance in px from the axis' right end to the gutter. */
  axisRight?: number;
  /**
   * Chart on the same axis. Its `data-axis` element begins 44 px from the gutter; dragging it selects a sample too.
   * `--x` is the position of the shown step.
   */
  children?: ReactNode;
}

/** Sample with its new words highlighted, and a scrubber over all samples of the run on the chart's axis. */
export function Reel({ samples, state, place, ...p }: ReelProps) {
  const { at, move } = state;
  const { step, result, pieces } = samples[at]!;
  const earlier = p.isPlain ? undefined : earlierOf(samples, at);
  const drag = (event: PointerEvent<HTMLElement>): void => {
    const axis = event.target instanceof Element && event.target.closest('[data-axis]');
    if (event.buttons !== 1 || !axis) return;
    const { left, width } = axis.getBoundingClientRect();
    move(nearest(samples, place, (event.clientX - left) / width));
  };
  const x = place(step);
  return (
    <div
      className={styles.reel}
      style={{ '--x': `${100 * x}%`, '--axis-right': `${p.axisRight ?? 0}px` }}
      onPointerDown={drag}
      onPointerMove={drag}
    >
      {p.before}
      <div className={styles.head}>
        <b>Step {formatCount(step)}</b>
        <span>
          {result}
          {p.meaning !== undefined && `: ${p.meaning}`}
        </span>
        <span className={styles.grow} />
        {earlier && (
          <span className={styles.since}>
            <i />
            changed since step {formatCount(earlier.step)}
          </span>
        )}
        {p.aside}
      </div>
      <Hero pieces={pieces} earlier={earlier?.pieces} isLive={state.isLive} form={p.form} />
      <div className={styles.track} data-axis>
        <Play state={state} />
        {samples.map((sample, i) => (
          <i key={i} className={styles.stop} style={{ left: `${100 * place(sample.step)}%` }} />
        ))}
        <input
          type="range"
          min={0}
          max={samples.length - 1}
          value={at}
          aria-label="Training step"
          aria-valuetext={`Step ${formatCount(step)}, ${result}`}
          onChange={(event) => move(event.currentTarget.valueAsNumber)}
        />
        <span className={styles.knob} />
        <span className={cx(styles.at, x > 0.92 && styles.atEnd, x < 0.05 && styles.atStart)} aria-hidden>
          step {formatCount(step)}
        </span>
      </div>
      {p.children}
    </div>
  );
}

interface HeroProps {
  pieces: readonly SamplePiece[];
  earlier: readonly SamplePiece[] | undefined;
  isLive: boolean;
  form: ReelProps['form'];
}
/** Text in a fixed number of lines, so that the scrubber stays under the pointer. Announced when the user moves. */
function Hero({ pieces, earlier, isLive, form }: HeroProps) {
  const shown = useMemo(() => (earlier ? litPieces(earlier, pieces) : pieces), [earlier, pieces]);
  return (
    <p className={cx(styles.hero, form && styles[form])} dir="auto" aria-live={isLive ? 'polite' : 'off'}>
      <Passage pieces={shown} />
    </p>
  );
}

/** Returns the previous sample of the run's prompt, for comparison. */
const earlierOf = (samples: readonly ReelSample[], at: number): ReelSample | undefined =>
  samples[at]!.isApart ? undefined : samples.slice(0, at).findLast(({ isApart }) => !isApart);

function Play({ state: { isPlaying, play, pause, next } }: { state: ReelState }) {
  const isReduced = useMedia('(prefers-reduced-motion: reduce)');
  const [label, icon, act] = isReduced
    ? (['Next sample', 'play', next] as const)
    : isPlaying
      ? (['Pause', 'pause', pause] as const)
      : (['Play from step 0', 'play', play] as const);
  return (
    <button
      type="button"
      className={styles.play}
      aria-label={label}
      onClick={act}
      onPointerDown={(event) => event.stopPropagation()}
    >
      <Icon name={icon} size={14} />
    </button>
  );
}

interface ReelState {
  /** Index of the shown sample. */
  at: number;
  isPlaying: boolean;
  /** Whether the user moved to the shown sample, so that it is announced. */
  isLive: boolean;
  move: (at: number) => void;
  /** Replays from step 0 to the newest sample. */
  play: () => void;
  pause: () => void;
  /** Moves to the next sample, from the last to the first. */
  next: () => void;
}

/** Duration of a replay, in milliseconds. */
const REPLAY_MS = 8000;

/** Follows the newest sample until the user moves away from it, and again once they return. */
export function useReel(count: number, first?: number): ReelState {
  const [moved, setMoved] = useState(first === undefined ? undefined : { to: first, of: count });
  const [playing, setPlaying] = useState<number>();
  const isPlaying = playing !== undefined;
  const last = count - 1;
  useEffect(() => {
    if (!isPlaying) return;
    const timer = setInterval(() => setPlaying((at) => at! + 1), REPLAY_MS / Math.max(1, last));
    return () => clearInterval(timer);
  }, [isPlaying, last]);
  const move = (to: number): void => {
    setPlaying(undefined);
    setMoved({ to, of: count });
  };
  if (isPlaying && playing >= last) {
    setPlaying(undefined);
    setMoved(undefined);
  }
  const isFollowing = moved === undefined || moved.to >= moved.of - 1;
  const at = Math.min(last, playing ?? (isFollowing ? last : moved.to));
  return {
    at,
    isPlaying,
    isLive: !isPlaying && moved !== undefined && (!isFollowing || moved.of === count),
    move,
    play: () => setPlaying(0),
    pause: () => move(at),
    next: () => move(at >= last ? 0 : at + 1),
  };
}

/** Returns the index of the sample nearest to a position on the axis. */
export function nearest(samples: readonly ReelSample[], place: (step: number) => number, x: number): number {
  const distances = samples.map(({ step }) => Math.abs(place(step) - x));
  return distances.indexOf(Math.min(...distances));
}
