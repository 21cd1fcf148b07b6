import type { ReactNode } from 'react';
import { RadioButton, RadioField, RadioGroup } from 'react-aria-components';
import { cx } from './cx';
import { Icon } from './Icon';
import type { IconName } from './icons';
import styles from './RadioList.module.css';

interface RadioListProps<T extends string> {
  /** Accessible name; the visible question is above the list. */
  label: string;
  value: T | null;
  onChange: (value: T) => void;
  /** A few options, each with a description. `reading` is at the right, `icon` replaces the radio dot. */
  options: readonly { value: T; label: string; body: ReactNode; reading?: ReactNode; icon?: IconName }[];
  /** Full width of the pane, without padding. */
  isFlush?: boolean;
}

/** Radio list whose options have descriptions. */
export function RadioList<T extends string>(p: RadioListProps<T>) {
  return (
    <RadioGroup
      aria-label={p.label}
      className={cx(styles.list, p.isFlush && styles.flush)}
      value={p.value}
      onChange={(value) => {
        const chosen = p.options.find((option) => option.value === value);
        if (chosen) p.onChange(chosen.value);
      }}
    >
      {p.options.map((option) => (
        <RadioField key={option.value} value={option.value}>
          <RadioButton className={cx(styles.option, option.icon && styles.large)}>
            {option.icon ? (
              <span className={styles.icon}>
                <Icon name={option.icon} />
              </span>
            ) : (
              <span className={styles.dot} aria-hidden />
            )}
            <span className={styles.label}>{option.label}</span>
            <span className={styles.body}>{option.body}</span>
            {option.reading !== undefined && <span className={styles.reading}>{option.reading}</span>}
          </RadioButton>
        </RadioField>
      ))}
    </RadioGroup>
  );
}
