import { cx } from './cx';
import { ICONS, type IconName, type IconPart } from './icons';
import styles from './Icon.module.css';

export type Tone = 'ok' | 'warn' | 'error';
/** Icon of each tone, so that color is never the only signal. */
export const toneIcon: Record<Tone, IconName> = { ok: 'check', warn: 'warning', error: 'error' };

/** Icon next to words. Screen readers skip it, so the words must carry all meaning. */
export function Icon({ name, tone, size = 16 }: { name: IconName; tone?: Tone; size?: 12 | 14 | 16 | 20 }) {
  const parts: readonly IconPart[] = ICONS[name];
  return (
    <svg className={cx(styles.icon, tone && styles[tone])} viewBox="0 0 16 16" width={size} height={size} aria-hidden>
      {parts.map(({ d, solid }) => (
        <path key={d} d={d} {...(solid && { fill: 'currentColor', stroke: 'none' })} />
      ))}
    </svg>
  );
}
