import type { ReactNode } from 'react';
import { CheckboxButton, CheckboxField, SwitchButton, SwitchField } from 'react-aria-components';
import { cx } from './cx';
import { Icon } from './Icon';
import styles from './Switch.module.css';

interface SwitchProps {
  label: string;
  isOn: boolean;
  onChange: (isOn: boolean) => void;
  /** A reading before the switch: `379 lines`. */
  detail?: ReactNode;
  hint?: string;
  /** `row` fills its place, the switch at the right; `bare` is the switch alone. */
  layout?: 'row' | 'bare';
  isDisabled?: boolean;
}

/** Takes effect at once; a setting that waits for Apply is a checkbox. */
export function Switch({ layout = 'row', ...p }: SwitchProps) {
  const isBare = layout === 'bare';
  return (
    <SwitchField
      className={cx(isBare && styles.bareField)}
      isSelected={p.isOn}
      onChange={p.onChange}
      isDisabled={p.isDisabled ?? false}
      {...(isBare && { 'aria-label': p.label })}
    >
      <SwitchButton className={cx(styles.row, isBare && styles.bare)}>
        {!isBare && (
          <span className={styles.label}>
            {p.label}
            {p.hint && <small>{p.hint}</small>}
          </span>
        )}
        {p.detail && <span className={styles.detail}>{p.detail}</span>}
        <span className={styles.track} />
      </SwitchButton>
    </SwitchField>
  );
}

/** Without words of its own it stands in a table, and `label` is its name. */
export function Checkbox(p: {
  children?: ReactNode;
  isChosen: boolean;
  onChange: (isChosen: boolean) => void;
  label?: string;
}) {
  return (
    <CheckboxField isSelected={p.isChosen} onChange={p.onChange} {...(p.label && { 'aria-label': p.label })}>
      <CheckboxButton className={cx(styles.check)}>
        <span className={styles.box}>{p.isChosen && <Icon name="check" size={14} />}</span>
        {p.children}
      </CheckboxButton>
    </CheckboxField>
  );
}
