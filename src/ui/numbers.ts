/** Number parsing and formatting for fields and axes: strict input; output with thousands commas and a real minus. */

const NUMBER = /^-?\d+(\.\d+)?(e-?\d+)?$/;

/** Parses a finite number: `4`, `-0.5` or `1e-3`. Undefined for plus signs, spaces, commas or bare points. */
export function parseNumber(text: string): number | undefined {
  if (!NUMBER.test(text)) return undefined;
  const value = Number(text);
  return Number.isFinite(value) ? value : undefined;
}

/** Formats a number: `4,000`, `0.001`, `−0.2`, `1e-7`. `digits` is the maximum number of significant digits. */
export function formatExact(value: number, digits = 12): string {
  if (!Number.isFinite(value)) return '–';
  const size = Math.abs(value);
  if (size >= HUGE) return value.toExponential(2).replace('e+', 'e').replace(/^-/, '−');
  if (size !== 0 && size < 1e-5) return value.toExponential().replace(/^-/, '−');
  return formatter(1, digits).format(value).replace(/^-/, '−');
}

/** Size from which the digits of a whole number mean nothing. */
const HUGE = 1e15;

/** Returns a cached formatter: a chart formats dozens of numbers ten times a second. */
function formatter(min: number, max: number): Intl.NumberFormat {
  const key = `${min} ${max}`;
  let known = formatters.get(key);
  if (!known) {
    known = new Intl.NumberFormat('en-US', { minimumSignificantDigits: min, maximumSignificantDigits: max });
    formatters.set(key, known);
  }
  return known;
}
const formatters = new Map<string, Intl.NumberFormat>();

/**
 * Reads other notations: `.003`, `0,001`, `−4`, and thousands with a comma as `formatExact` writes them. `1,234` is a
 * thousand for whole numbers; otherwise ambiguous, so undefined.
 */
function readNumber(text: string, isWhole: boolean): number | undefined {
  const plain = text.replace(/^−/, '-').replace(/^(-?)(?=\.\d)/, '$10');
  if (!plain.includes(',')) return parseNumber(plain);
  const isThousands = /^-?[1-9]\d{0,2}(,\d{3})+(\.\d+)?$/.test(plain);
  if (isThousands) {
    const isSure = isWhole || plain.includes('.') || plain.indexOf(',') !== plain.lastIndexOf(',');
    return isSure ? parseNumber(plain.replaceAll(',', '')) : undefined;
  }
  return /^-?\d+,\d+$/.test(plain) ? parseNumber(plain.replace(',', '.')) : undefined;
}

export interface Bounds {
  min?: number | undefined;
  max?: number | undefined;
  isWhole?: boolean | undefined;
}
type Judgement =
  /** `readAs`: the value in our notation, if the text is in another. */
  | { kind: 'good'; value: number; readAs?: string }
  | { kind: 'bad'; words: string; /** Value that leaving the field sets. */ nearest?: number };

/** Validates typed text against the bounds; the message names the value and the bound. */
export function judge(text: string, { min, max, isWhole }: Bounds): Judgement {
  const typed = text.trim();
  const value = readNumber(typed, isWhole === true);
  if (value === undefined) {
    const either = typed.includes(',') && readNumber(typed, true) !== undefined;
    const why = either ? 'is ambiguous' : 'is not a number';
    return { kind: 'bad', words: `“${text}” ${why}; write 4, 0.001 or 1e-3` };
  }
  const shown = formatExact(value);
  if (min !== undefined && value < min)
    return { kind: 'bad', words: `${shown} is below the minimum, ${formatExact(min)}`, nearest: min };
  if (max !== undefined && value > max)
    return { kind: 'bad', words: `${shown} is above the maximum, ${formatExact(max)}`, nearest: max };
  if (isWhole && !Number.isInteger(value))
    return { kind: 'bad', words: `${shown} is not a whole number`, nearest: clamp(Math.round(value), { min, max }) };
  return { kind: 'good', value, ...(parseNumber(typed) === undefined && { readAs: formatExact(value) }) };
}

const clamp = (value: number, { min = -Infinity, max = Infinity }: Bounds): number =>
  Math.min(max, Math.max(min, value));

/** Changes a value by `steps` of size `step` (±1, ±10, ±0.1), without floating-point noise, inside the bounds. */
export function stepNumber(value: number, step: number, steps: number, bounds: Bounds): number {
  const raw = step * steps;
  const change = bounds.isWhole ? Math.sign(raw) * Math.max(1, Math.round(Math.abs(raw))) : raw;
  return clamp(Number((value + change).toPrecision(12)), bounds);
}
