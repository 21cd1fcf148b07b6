import type { ReactElement } from 'react';
import { Tooltip as AriaTooltip, TooltipTrigger } from 'react-aria-components';
import { cx } from './cx';
import styles from './Tooltip.module.css';

/**
 * Short text on hover and keyboard focus; must repeat information available elsewhere.
 * The child must be one of our pressable elements. The element stays mounted and focused with or without a text.
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
