import { useId } from 'react';
import { cx } from './cx';
import styles from './Slider.module.css';
import { TermLabel } from './Term';

interface SliderProps {
  label: string;
  value: number;
  onChange: (value: number) => void;
  min: number;
  max: number;
  step: number;
  /** Displayed and spoken value: `40 tokens`, `off`. */
  output?: string;
  /** Spoken value, if none is displayed. */
  spoken?: string;
  /** Labels under the track, from min to max. */
  ticks?: readonly string[];
  /** `inline`: label before a short track; the value is displayed if `output` is given. */
  layout?: 'stacked' | 'inline';
}

/** Slider that always displays its value. Add a number field if precision matters. */
export function Slider({ layout = 'stacked', output, ...p }: SliderProps) {
  const id = useId();
  const share = p.max > p.min ? (p.value - p.min) / (p.max - p.min) : 0;
  return (
    <div className={layout === 'inline' ? styles.inline : styles.stacked}>
      <label htmlFor={id}>
        <TermLabel>{p.label}</TermLabel>
      </label>
      {layout === 'stacked' && <output htmlFor={id}>{output ?? p.value}</output>}
      <span className={cx(styles.range)} style={{ '--share': share }}>
        <input
          id={id}
          type="range"
          min={p.min}
          max={p.max}
          step={p.step}
          value={p.value}
          aria-valuetext={p.spoken ?? output ?? String(p.value)}
          onChange={(event) => p.onChange(event.currentTarget.valueAsNumber)}
        />
      </span>
      {layout === 'inline' && output !== undefined && <output htmlFor={id}>{output}</output>}
      {p.ticks && (
        <span className={styles.ticks} aria-hidden>
          {p.ticks.map((tick) => (
            <span key={tick}>{tick}</span>
          ))}
        </span>
      )}
    </div>
  );
}
