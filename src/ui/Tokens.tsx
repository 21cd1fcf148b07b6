import { useId, useRef, type KeyboardEvent } from 'react';
import { cx } from './cx';
import styles from './Tokens.module.css';

/** A step of the magnitude ramp, from nothing to full. */
export type RampStep = 0 | 1 | 2 | 3 | 4 | 5;
export interface TokenView {
  text: string;
  step: RampStep;
  /** Bytes that are no character by themselves, shown as the word *byte*. */
  isByte?: boolean;
}

/** A token in a table: a leading space is `·`, a newline `↵`. */
export function TokenChip({ text, isByte }: { text: string; isByte?: boolean }) {
  if (isByte) return <span className={cx(styles.chip, styles.quiet)}>byte</span>;
  return (
    <span className={styles.chip}>
      <Marked text={text} hasDot />
    </span>
  );
}

export interface TokenTextProps {
  label: string;
  tokens: readonly TokenView[];
  /** `ground`: the ramp as the token's ground, in mono. `underline`: in the reading face, its weight is the step. */
  form?: 'ground' | 'underline';
  chosen?: number | undefined;
  /** Makes the tokens a choice: one stop of Tab, then ← → (Home, End). */
  onChoose?: (index: number) => void;
}

/** Text as its tokens, coloured by a step of the ramp. */
export function TokenText({ label, tokens, form = 'ground', chosen, onChoose }: TokenTextProps) {
  const id = useId();
  const list = useRef<HTMLDivElement>(null);
  const choose = (index: number) => {
    if (!onChoose || tokens.length === 0) return;
    const next = Math.min(tokens.length - 1, Math.max(0, index));
    onChoose(next);
    list.current?.children[next]?.scrollIntoView({ block: 'nearest' });
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const next = {
      ArrowRight: (chosen ?? -1) + 1,
      ArrowLeft: (chosen ?? 1) - 1,
      Home: 0,
      End: tokens.length - 1,
    }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    choose(next);
  };
  const spans = tokens.map((token, index) => (
    <span
      key={index}
      className={cx(
        styles.token,
        styles[`step${token.step}`],
        index === chosen && styles.chosen,
        !token.text.includes('\n') && styles.whole,
      )}
      {...(onChoose && {
        role: 'option',
        id: `${id}-${index}`,
        'aria-selected': index === chosen,
        ...(/^[^\S\n]+$/.test(token.text) && { 'aria-label': token.text === '\t' ? 'tab' : 'space' }),
        onClick: () => choose(index),
      })}
    >
      {token.isByte ? <span className={styles.quiet}>byte</span> : <Marked text={token.text} />}
    </span>
  ));
  const className = cx(form === 'ground' ? styles.ground : styles.underline, onChoose && styles.choosable);
  if (!onChoose) return <div className={className}>{spans}</div>;
  return (
    <div
      ref={list}
      className={className}
      role="listbox"
      aria-label={label}
      tabIndex={0}
      onKeyDown={onKeyDown}
      {...(chosen !== undefined && { 'aria-activedescendant': `${id}-${chosen}` })}
    >
      {spans}
    </div>
  );
}

/** Newlines as a visible mark and a break; a leading space as a dot, where asked. */
function Marked({ text, hasDot }: { text: string; hasDot?: boolean }) {
  const hasLeadingSpace = hasDot && text.startsWith(' ');
  const lines = (hasLeadingSpace ? text.slice(1) : text).split('\n');
  return (
    <>
      {hasLeadingSpace && <span className={styles.quiet}>·</span>}
      {lines.map((line, index) => (
        <span key={index}>
          {index > 0 && <span className={styles.quiet}>↵{!hasDot && '\n'}</span>}
          {line}
        </span>
      ))}
    </>
  );
}

/** The ramp's six steps with words: `1 byte to 8 or more`. */
export function RampLegend({ children }: { children: string }) {
  return (
    <span className={styles.legend}>
      <span aria-hidden>
        {([0, 1, 2, 3, 4, 5] as const).map((step) => (
          <i key={step} className={styles[`step${step}`]} />
        ))}
      </span>
      {children}
    </span>
  );
}

/** Step of the ramp for a share of the full magnitude, 0 to 1. */
export const rampStep = (share: number): RampStep => Math.min(5, Math.max(0, Math.round(5 * share))) as RampStep;
