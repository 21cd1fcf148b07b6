import type { ReactNode } from 'react';
import { Button as AriaButton } from 'react-aria-components';
import { cx } from './cx';
import { Icon } from './Icon';
import type { IconName } from './icons';
import { Tooltip } from './Tooltip';
import styles from './Button.module.css';

export interface ButtonProps {
  children: ReactNode;
  onPress: () => void;
  /** `go` is the filled button; a page has one. */
  variant?: 'go' | 'default' | 'quiet' | 'risk';
  isDense?: boolean;
  icon?: IconName;
  /** A chevron after the words: the button opens something. */
  opens?: boolean;
  /** For a button that shows and hides something. */
  isExpanded?: boolean;
  /** Reason why the button is disabled. The button stays focusable and shows the reason. */
  disabledReason?: string | undefined;
  /** Minimum width in px, so that a button that changes to Stop keeps its place. */
  minWidth?: number;
  type?: 'button' | 'submit';
  /** Accessible name, if the visible words are not enough ("Try it · 3 min, Write like a text"). */
  label?: string;
}

/** Button with words, and an icon if wanted. */
export function Button({ variant = 'default', disabledReason, ...p }: ButtonProps) {
  return (
    <Tooltip text={disabledReason}>
      <AriaButton
        className={cx(styles.button, styles[variant], p.isDense && styles.dense)}
        data-variant={variant}
        onPress={() => disabledReason === undefined && p.onPress()}
        type={p.type ?? 'button'}
        style={p.minWidth ? { minWidth: p.minWidth } : {}}
        {...(p.label && { 'aria-label': p.label })}
        {...(p.isExpanded !== undefined && { 'aria-expanded': p.isExpanded })}
        {...(disabledReason !== undefined && { 'aria-disabled': 'true' })}
      >
        {p.icon === 'stop' ? (
          <span className={styles.square} aria-hidden />
        ) : (
          p.icon && <Icon name={p.icon} size={14} />
        )}
        {p.children}
        {p.opens && <Icon name="chevron" size={14} />}
      </AriaButton>
    </Tooltip>
  );
}

interface IconButtonProps {
  icon: IconName;
  /** Accessible name, also shown as the tooltip. */
  label: string;
  onPress: () => void;
  variant?: 'quiet' | 'default';
  /** For a toggle button, such as show or hide. */
  isPressed?: boolean;
  disabledReason?: string | undefined;
}

/** Button with an icon only. */
export function IconButton({ variant = 'quiet', disabledReason, ...p }: IconButtonProps) {
  return (
    <Tooltip text={disabledReason ?? p.label}>
      <AriaButton
        className={cx(styles.button, styles[variant], styles.icon)}
        aria-label={p.label}
        onPress={() => disabledReason === undefined && p.onPress()}
        {...(p.isPressed !== undefined && { 'aria-pressed': p.isPressed })}
        {...(disabledReason !== undefined && { 'aria-disabled': 'true' })}
      >
        <Icon name={p.icon} size={14} />
      </AriaButton>
    </Tooltip>
  );
}

/** Text button: Show table, Show, Keep it. */
export function TextAction({
  children,
  onPress,
  label,
  isExpanded,
}: {
  children: ReactNode;
  onPress: () => void;
  label?: string;
  /** For a button that shows and hides something. */
  isExpanded?: boolean;
}) {
  return (
    <AriaButton
      className={cx(styles.act)}
      onPress={onPress}
      {...(label && { 'aria-label': label })}
      {...(isExpanded !== undefined && { 'aria-expanded': isExpanded })}
    >
      {children}
    </AriaButton>
  );
}
