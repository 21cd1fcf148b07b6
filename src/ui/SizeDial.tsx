import { cx } from './cx';
import styles from './SizeDial.module.css';

const MIN = 1e5;
const MAX = 1e8;
/** Number of positions on the ruler: 1 % of them is about 7 % of the size. */
const STOPS = 300;

interface SizeDialProps {
  /** Current number of parameters. */
  value: number;
  onChange: (value: number) => void;
  /** Green band: sizes that suit the text. */
  suits?: { from: number; to: number; label: string } | undefined;
  /** Start of the gray end: too large for the device. */
  limit?: { from: number; label: string } | undefined;
}

/** A log ruler from 0.1 to 100 M parameters: green band, gray end, and a needle for the current size. */
export function SizeDial({ value, onChange, suits, limit }: SizeDialProps) {
  const at = dialPosition(value);
  const size = formatSize(value);
  return (
    <div className={styles.dial}>
      <div className={styles.top}>
        <span className={styles.value} style={{ left: `clamp(72px, ${percent(at)}, 100% - 72px)` }}>
          <b>{size}</b> parameters
        </span>
      </div>
      <div className={styles.scale}>
        {suits && <div className={styles.fit} style={span(suits.from, suits.to)} />}
        {limit && <div className={styles.limit} style={{ left: percent(dialPosition(limit.from)), right: 0 }} />}
        {MARKS.map(({ size: mark, kind }) => (
          <i key={mark} className={cx(kind && styles[kind])} style={{ left: percent(dialPosition(mark)) }} />
        ))}
        <input
          type="range"
          min={0}
          max={STOPS}
          step={1}
          value={Math.round(at * STOPS)}
          aria-label="Model size"
          aria-valuetext={`${size.replace(' k', ' thousand').replace(' M', ' million').replace(' B', ' billion')} parameters`}
          onChange={(event) => onChange(dialSize(event.currentTarget.valueAsNumber / STOPS))}
        />
        <div className={styles.needle} style={{ left: percent(at) }} />
      </div>
      <div className={styles.labels} aria-hidden>
        {LABELS.map(({ size: mark, text }) => (
          <span key={mark} style={{ left: percent(dialPosition(mark)) }}>
            {text}
          </span>
        ))}
      </div>
      <div className={styles.notes}>
        {suits && <span style={noteAt(suits.from, suits.to, suits.label)}>{suits.label}</span>}
        {limit && <span className={styles.end}>{limit.label}</span>}
      </div>
    </div>
  );
}

/** Returns a size's position on the ruler, 0 to 1. */
export const dialPosition = (size: number): number =>
  Math.min(1, Math.max(0, Math.log10(size / MIN) / Math.log10(MAX / MIN)));
/** Returns the number of parameters at a position on the ruler. */
export const dialSize = (at: number): number => MIN * (MAX / MIN) ** at;
/** `3.2 k`, `0.42 M`, `2.19 M`, `34.0 M`, `2.02 B`: two or three digits. */
export const formatSize = (size: number): string =>
  size < MIN
    ? `${Number((size / 1e3).toPrecision(2))} k`
    : size < 999.5e6
      ? `${(size / 1e6).toPrecision(size < 1e6 ? 2 : 3)} M`
      : `${(size / 1e9).toPrecision(3)} B`;

const percent = (share: number): string => `${100 * share}%`;
const span = (from: number, to: number) => ({
  left: percent(dialPosition(from)),
  width: percent(dialPosition(to) - dialPosition(from)),
});
/** Style of a note over its span; a note over a short span stays inside the ruler. */
const noteAt = (from: number, to: number, words: string) => {
  const { left, width } = span(from, to);
  return { left: `max(0px, min(${left}, 100% - ${words.length}ch))`, width };
};
const MARKS = [5, 6, 7].flatMap((decade) =>
  [1, 2, 3, 4, 5, 6, 7, 8, 9].map((digit) => ({
    size: digit * 10 ** decade,
    kind: digit === 1 ? ('major' as const) : digit === 3 ? ('middle' as const) : undefined,
  })),
);
MARKS.push({ size: MAX, kind: 'major' });
const LABELS = [
  { size: 1e5, text: '0.1 M' },
  { size: 3e5, text: '0.3' },
  { size: 1e6, text: '1 M' },
  { size: 3e6, text: '3' },
  { size: 1e7, text: '10 M' },
  { size: 3e7, text: '30' },
  { size: 1e8, text: '100 M' },
];
