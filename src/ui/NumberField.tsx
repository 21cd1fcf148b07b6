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
  /** Called with every legal value while typing, and with the nearest legal one on leaving. */
  onChange: (value: number) => void;
  /** Inside the field: `rows`, `tokens`. */
  unit?: string;
  /** Bounds or consequence, under the label. */
  hint?: string;
  /** One arrow press; Shift is ten of them, Alt a tenth. */
  step?: number;
  /** How the value is shown when the field is left, if not as `formatExact` does. */
  format?: (value: number) => string;
  /** What the page finds wrong with the value, naming it and the bound. */
  error?: string | undefined;
  /** A legal value that is questioned; the hint says why. */
  isCautioned?: boolean;
  isDisabled?: boolean;
}

/** A row: label and hint at the left, the number at the right with its unit inside. */
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
            // At once, so that what is typed or put in next replaces all of it.
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

/** Milliseconds to show how leaving the field changed its value. */
const NOTED = 8000;

/** For the mouse only: the keyboard has the arrows. */
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
