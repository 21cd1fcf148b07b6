import { RadioButton, RadioField, RadioGroup } from 'react-aria-components';
import { cx } from './cx';
import styles from './LineChoice.module.css';

interface LineChoiceProps<T extends string> {
  /** Accessible name; the visible question is above it. */
  label: string;
  value: T;
  onChange: (value: T) => void;
  /** A line of the user's text, as each option decodes it. */
  options: readonly { value: T; label: string; line: string }[];
}

/** Selects the line that looks right. */
export function LineChoice<T extends string>(p: LineChoiceProps<T>) {
  return (
    <RadioGroup
      aria-label={p.label}
      className={cx(styles.lines)}
      value={p.value}
      onChange={(value) => {
        const chosen = p.options.find((option) => option.value === value);
        if (chosen) p.onChange(chosen.value);
      }}
    >
      {p.options.map(({ value, label, line }) => (
        <RadioField key={value} value={value}>
          <RadioButton className={cx(styles.line)}>
            <span className={styles.dot} aria-hidden />
            <bdi>{line}</bdi> <small>{label}</small>
          </RadioButton>
        </RadioField>
      ))}
    </RadioGroup>
  );
}
