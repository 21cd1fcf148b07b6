import { useEffect, useId, useState, type KeyboardEvent } from 'react';
import { flushSync } from 'react-dom';
import { Input, Label, Text, TextField } from 'react-aria-components';
import { cx } from './cx';
import field from './Field.module.css';
import { formatExact, judge, stepNumber, type Bounds } from './numbers';
import styles from './NumberField.module.css';
import { TermLabel } from './Term';

interface NumberFieldProps extends Bounds {
  label: string;
  value: number;
  /** Called with every valid value while typing, and with the nearest valid one on blur. */
  onChange: (value: number) => void;
  /** Unit inside the field: `rows`, `tokens`. */
  unit?: string;
  /** Bounds or effect, under the label. */
  hint?: string;
  /** Change per arrow press; ten times as much with Shift, a tenth with Alt. */
  step?: number;
  /** Formats the value when the field is left; `formatExact` by default. */
  format?: (value: number) => string;
  /** Error that the page found, naming the value and the bound. */
  error?: string | undefined;
  /** Whether a valid value is questionable; the hint gives the reason. */
  isCautioned?: boolean;
  isDisabled?: boolean;
}

/** Form row: label and hint at the left, number with its unit at the right. */
export function NumberField({ label, value, onChange, step = 1, format = formatExact, ...p }: NumberFieldProps) {
  const [draft, setDraft] = useState<string>();
  const [note, setNote] = useState<string>();
  const bounds: Bounds = { min: p.min, max: p.max, isWhole: p.isWhole };
  const verdict = draft === undefined ? undefined : judge(draft, bounds);
  const error = verdict?.kind === 'bad' ? verdict.words : p.error;
  const readAs = verdict?.kind === 'good' && verdict.readAs !== undefined ? `read as ${verdict.readAs}` : undefined;
  const hint = error ?? readAs ?? note ?? p.hint;
  useEffect(() => {
    if (note === undefined) return;
    const timer = setTimeout(() => setNote(undefined), NOTED);
    return () => clearTimeout(timer);
  }, [note]);
  const hintId = useId();

  const type = (text: string) => {
    setDraft(text);
    setNote(undefined);
    const typed = judge(text, bounds);
    if (typed.kind === 'good') onChange(typed.value);
  };
  const leave = () => {
    if (draft !== undefined && verdict?.kind === 'bad') {
      const next = verdict.nearest;
      if (next !== undefined) onChange(next);
      setNote(
        `${verdict.words.split(';')[0] ?? ''}: ${next === undefined ? `${format(value)} stays` : `set to ${format(next)}`}`,
      );
    }
    setDraft(undefined);
  };
  const move = (steps: number) => {
    const next = stepNumber(value, step, steps, bounds);
    setNote(undefined);
    setDraft((now) => (now === undefined ? undefined : String(next)));
    if (next !== value) onChange(next);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const direction = event.key === 'ArrowUp' ? 1 : event.key === 'ArrowDown' ? -1 : 0;
    if (direction === 0) return;
    event.preventDefault();
    move(direction * (event.shiftKey ? 10 : event.altKey ? 0.1 : 1));
  };

  return (
    <TextField
      className={cx(field.row)}
      value={draft ?? format(value)}
      onChange={type}
      isInvalid={error !== undefined}
      isDisabled={p.isDisabled ?? false}
    >
      <span className={field.words}>
        <Label className={cx(field.label)}>
          <TermLabel>{label}</TermLabel>
        </Label>
        {hint && (
          <Text slot="description" id={hintId} className={cx(field.hint, error && field.isBad)}>
            {hint}
          </Text>
        )}
      </span>
      <span className={cx(field.well, styles.well, error ? field.bad : p.isCautioned && field.caution)}>
        <Input
          className={cx(field.input, styles.input)}
          inputMode="decimal"
          autoComplete="off"
          spellCheck="false"
          onFocus={(event) => {
            // Synchronous, so that the next typed or pasted text replaces the whole value.
            flushSync(() => {
              setDraft(String(value));
              setNote(undefined);
            });
            event.currentTarget.select();
          }}
          onBlur={leave}
          onKeyDown={onKeyDown}
        />
        {p.unit && <span className={styles.unit}>{p.unit}</span>}
        <span className={styles.step}>
          <Stepper words={`Increase ${label}`} path="M0 5 4 0l4 5z" onStep={() => move(1)} />
          <Stepper words={`Decrease ${label}`} path="M0 0h8L4 5z" onStep={() => move(-1)} />
        </span>
      </span>
    </TextField>
  );
}

/** Milliseconds for which the field shows how blur changed its value. */
const NOTED = 8000;

/** For the mouse only: the keyboard uses the arrow keys. */
function Stepper({ words, path, onStep }: { words: string; path: string; onStep: () => void }) {
  return (
    <button
      type="button"
      tabIndex={-1}
      aria-hidden
      title={words}
      onPointerDown={(event) => event.preventDefault()}
      onClick={onStep}
    >
      <svg viewBox="0 0 8 5">
        <path d={path} />
      </svg>
    </button>
  );
}
