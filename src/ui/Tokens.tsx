import { useId, useRef, type KeyboardEvent } from 'react';
import { cx } from './cx';
import styles from './Tokens.module.css';

/** Step of the magnitude ramp, from none to full. */
export type RampStep = 0 | 1 | 2 | 3 | 4 | 5;
export interface TokenView {
  /** Text that the token completes; empty if its bytes end inside a character, which a later token completes. */
  text: string;
  step: RampStep;
  /** Bytes in hex of a token that is part of a character, shown when the character is selected. */
  bytes?: string;
}

/** Token in a table: a leading space is `·`, a newline `↵`; incomplete characters are shown in hex. */
export function TokenChip({ text, bytes }: { text: string | null; bytes?: string | undefined }) {
  if (text === null) {
    const word = bytes?.includes(' ') ? 'bytes' : 'byte';
    return <span className={cx(styles.chip, styles.quiet)}>{bytes === undefined ? word : `${word} ${bytes}`}</span>;
  }
  return (
    <span className={styles.chip}>
      <Marked text={text} hasDot />
    </span>
  );
}

interface TokenTextProps {
  label: string;
  tokens: readonly TokenView[];
  /** `ground`: background by the ramp, in mono. `underline`: underline weight by the ramp, in the reading font. */
  form?: 'ground' | 'underline';
  chosen?: number | undefined;
  /** Makes tokens selectable: one Tab stop, then ← → (Home, End). */
  onChoose?: (index: number) => void;
  /** Called when the pointer enters a selectable token. */
  onPoint?: (index: number) => void;
}

/**
 * Text as its tokens, colored by a step of the ramp. Characters show whole; selecting one separates the tokens that
 * are parts of it.
 */
export function TokenText({ label, tokens, form = 'ground', chosen, onChoose, onPoint }: TokenTextProps) {
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
  const within = characters(tokens);
  const open = chosen === undefined ? undefined : within[chosen];
  const spans = tokens.map((token, index) => (
    <span
      key={index}
      className={cx(
        styles.token,
        styles[`step${within[index] === open ? token.step : stepOf(tokens, within[index]!)}`],
        index === chosen && styles.chosen,
        !token.text.includes('\n') && styles.whole,
        token.text === '' && within[index] !== open && styles.part,
      )}
      {...(onChoose && {
        role: 'option',
        id: `${id}-${index}`,
        'aria-selected': index === chosen,
        ...spoken(token, tokens[within[index]!.end]!),
        onClick: () => choose(index),
        onPointerEnter: () => onPoint?.(index),
      })}
    >
      <Content
        token={token}
        parts={within[index]!.end - within[index]!.first + 1}
        isOpen={within[index] === open}
        hasCount={form === 'ground'}
      />
    </span>
  ));
  const className = cx(form === 'ground' ? styles.ground : styles.underline, onChoose && styles.choosable);
  // In a right-to-left passage, a continuation that flows after a prompt stays in the prompt's paragraph.
  const dir = form === 'ground' ? 'auto' : undefined;
  if (!onChoose)
    return (
      <div className={className} dir={dir}>
        {spans}
      </div>
    );
  return (
    <div
      ref={list}
      className={className}
      dir={dir}
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

/** [token] -> range of tokens that form its character, mostly itself alone. `end` completes the character. */
function characters(tokens: readonly TokenView[]): readonly { first: number; end: number }[] {
  const found: { first: number; end: number }[] = [];
  for (let first = 0; first < tokens.length;) {
    let end = first;
    while (end < tokens.length - 1 && tokens[end]!.text === '') end++;
    const character = { first, end };
    for (; first <= end; first++) found.push(character);
  }
  return found;
}

/** Highest ramp step of the tokens that form a character. */
const stepOf = (tokens: readonly TokenView[], { first, end }: { first: number; end: number }): RampStep =>
  Math.max(...tokens.slice(first, end + 1).map(({ step }) => step)) as RampStep;

function Content(p: { token: TokenView; parts: number; isOpen: boolean; hasCount: boolean }) {
  const { text, bytes = 'byte' } = p.token;
  if (text === '') return p.isOpen && <span className={styles.bytes}>{bytes}</span>;
  const isJoined = p.parts > 1;
  return (
    <>
      {isJoined && p.isOpen && <span className={styles.bytes}>{bytes}</span>}
      <Marked text={text} />
      {isJoined && !p.isOpen && p.hasCount && (
        <sup className={styles.count} aria-hidden title={`${p.parts} tokens`}>
          {p.parts}
        </sup>
      )}
    </>
  );
}

/** Accessible name for a token whose content isn't spoken: bytes or whitespace. */
function spoken({ text, bytes = '' }: TokenView, whole: TokenView): { 'aria-label'?: string } {
  if (text === '') return { 'aria-label': `byte ${bytes}${whole.text === '' ? '' : ` of ${whole.text}`}` };
  if (!/^[^\S\n]+$/.test(text)) return {};
  return { 'aria-label': text === '\t' ? 'tab' : 'space' };
}

/** Shows newlines as a mark and a line break; a leading space as a dot, if `hasDot`. */
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

/** Legend of the ramp's six steps: `1 byte to 8 or more`. */
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

/** Returns the ramp step for a share of the full magnitude, 0 to 1. */
export const rampStep = (share: number): RampStep => Math.min(5, Math.max(0, Math.round(5 * share))) as RampStep;

/** Thresholds of heavier underlines, as shares of the bits of a uniform guess. */
const SURPRISES = [0.1, 0.25, 0.45, 0.58] as const;
/** Returns the underline step for a surprisal, given as a share of the maximum. */
export const surpriseStep = (share: number): RampStep => SURPRISES.filter((min) => share >= min).length as RampStep;

/** Legend of the underline weights. */
export const SurpriseLegend = () => (
  <span className={styles.surprise}>
    <span aria-hidden>
      <i />
      <i />
      <i />
      <i />
    </span>
    thicker: more surprising
  </span>
);
