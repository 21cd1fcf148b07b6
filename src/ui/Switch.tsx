import type { ReactNode } from 'react';
import { CheckboxButton, CheckboxField, SwitchButton, SwitchField } from 'react-aria-components';
import { cx } from './cx';
import { Icon } from './Icon';
import styles from './Switch.module.css';

interface SwitchProps {
  label: string;
  isOn: boolean;
  onChange: (isOn: boolean) => void;
  /** Value before the switch: `379 lines`. */
  detail?: ReactNode;
  hint?: string;
  /** `row`: fills its container, with the switch at the right. `bare`: only the switch. */
  layout?: 'row' | 'bare';
  isDisabled?: boolean;
}

/** Takes effect immediately. Use a checkbox for a setting that waits for Apply. */
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

/** Checkbox; without children, `label` is its accessible name, for use in a table. */
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
