import type { ReactElement } from 'react';
import { Tooltip as AriaTooltip, TooltipTrigger } from 'react-aria-components';
import { cx } from './cx';
import styles from './Tooltip.module.css';

/**
 * A short text on hover and on keyboard focus, never holding what is nowhere else.
 * The child must be one of our pressable elements.
 */
export function Tooltip({ text, children }: { text: string; children: ReactElement }) {
  return (
    <TooltipTrigger delay={500} closeDelay={0}>
      {children}
      <AriaTooltip className={cx(styles.tip)} offset={6}>
        {text}
      </AriaTooltip>
    </TooltipTrigger>
  );
}
