import styles from './LabelBars.module.css';

interface LabelBarsProps {
  /** Accessible name of the bars. */
  label: string;
  /** Most likely first. `share`: 0 to 1, all 0 while unknown; `value`: the share in words. */
  bars: readonly { label: string; share: number; value: string }[];
}

/** Confidence in each label; the first bar is the strongest. */
export function LabelBars({ label, bars }: LabelBarsProps) {
  const max = Math.max(...bars.map(({ share }) => share));
  return (
    <table className={styles.bars} aria-label={label}>
      <tbody>
        {bars.map((bar, i) => (
          <tr key={bar.label} data-first={(i === 0 && max > 0) || undefined}>
            <th scope="row">{bar.label}</th>
            <td>{max > 0 && <i style={{ width: `${(100 * bar.share) / max}%` }} aria-hidden />}</td>
            <td>{bar.value}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
