import type { ReactElement } from 'react';
import { Tooltip as AriaTooltip, TooltipTrigger } from 'react-aria-components';
import { cx } from './cx';
import styles from './Tooltip.module.css';

/**
 * A short text on hover and on keyboard focus, never holding what is nowhere else.
 * The child must be one of our pressable elements; it is the same one whether there is a text or not, and keeps the focus.
 */
export function Tooltip({ text, children }: { text: string | undefined; children: ReactElement }) {
  return (
    <TooltipTrigger delay={500} closeDelay={0} isDisabled={text === undefined}>
      {children}
      {text !== undefined && (
        <AriaTooltip className={cx(styles.tip)} offset={6}>
          {text}
        </AriaTooltip>
      )}
    </TooltipTrigger>
  );
}
