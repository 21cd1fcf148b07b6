import { RadioButton, RadioField, RadioGroup } from 'react-aria-components';
import { cx } from './cx';
import styles from './Segmented.module.css';

interface SegmentedProps<T extends string> {
  /** Accessible name; the options show what it is. */
  label: string;
  value: T;
  onChange: (value: T) => void;
  /** Two to four short options; use a select for more. */
  options: readonly { value: T; label: string }[];
  isWide?: boolean;
}

export function Segmented<T extends string>(p: SegmentedProps<T>) {
  return (
    <RadioGroup
      aria-label={p.label}
      className={cx(styles.segments, p.isWide && styles.wide)}
      orientation="horizontal"
      value={p.value}
      onChange={(value) => {
        const chosen = p.options.find((option) => option.value === value);
        if (chosen) p.onChange(chosen.value);
      }}
    >
      {p.options.map((option) => (
        <RadioField key={option.value} value={option.value} className={cx(styles.field)}>
          <RadioButton className={cx(styles.segment)}>{option.label}</RadioButton>
        </RadioField>
      ))}
    </RadioGroup>
  );
}
