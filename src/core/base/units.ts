/**
 * Formats numbers for display: three significant digits, thousands with a comma, a real minus, a unit on each.
 * Non-finite numbers become an en dash.
 */
const MINUS = '−';
const NOTHING = '–';

/** Formats a count with all its digits: `2,600`, `−12`. */
export const formatCount = (n: number): string => signed(n, (x) => grouped(String(Math.round(x))));
/** `31 kernels`. */
export const formatKernels = (n: number): string => `${formatCount(n)} ${n === 1 ? 'kernel' : 'kernels'}`;

/** Three significant digits: `5.05`, `0.0123`, `1,230`, `1.2 × 10⁻⁵`. Never rounds away digits before the point. */
export const formatNumber = (x: number): string => signed(x, (magnitude) => trimmed(significant(magnitude)));

/** Same as formatNumber, but a live reading keeps its zeros and so its width: `5.10`, `0.00`. */
export const formatReading = (x: number): string =>
  signed(x, (magnitude) => (magnitude === 0 ? '0.00' : significant(magnitude)));

/** Three significant digits and a letter: `980`, `4.1 k`, `1.21 M`, `26.3 B`. */
export const formatShort = (n: number): string => signed(n, (x) => scaled(x, ['', 'k', 'M', 'B', 'T']));

/** Formats the time elapsed: `just now` within a second, else `4.2 s ago`. */
export const formatAgo = (milliseconds: number): string =>
  milliseconds < 1000 ? 'just now' : `${formatDuration(milliseconds)} ago`;

/** `1 layer`, `4 layers`. */
export const counted = (n: number, one: string, many = `${one}s`): string =>
  `${formatCount(n)} ${n === 1 ? one : many}`;

/** Decimal bytes: `512 bytes`, `26.3 MB`. */
export const formatBytes = (bytes: number): string =>
  signed(bytes, (x) => (x === 1 ? '1 byte' : scaled(x, ['bytes', 'kB', 'MB', 'GB', 'TB'])));

/** Formats a share as a percentage: `0.123` -> `12.3 %`. Less than all is never 100 %: `0.9998` -> `>99.9 %`. */
export const formatShare = (share: number): string =>
  signed(share, (x) => {
    const text = trimmed(significant(x * 100));
    return text === '100' && share > 0 && x < 1 - ROUNDING ? '>99.9 %' : `${text} %`;
  });
/** Tolerance for rounding errors in sums of shares. */
const ROUNDING = 1e-9;

/** Formats a duration: `420 ms`, `4.2 s`, `2 min 20 s`, `3 h 5 min`, `2 d 4 h`; beyond two years, `4.1 k years`. */
export const formatDuration = (milliseconds: number): string =>
  signed(milliseconds, (ms) => {
    if (ms < 999.5) return `${String(Math.round(ms))} ms`;
    if (ms < 9950) return `${trimmed((ms / 1000).toFixed(1))} s`;
    const seconds = Math.round(ms / 1000);
    if (seconds < 60) return `${String(seconds)} s`;
    if (seconds < 3600) return pair(seconds, 60, 'min', 's');
    const minutes = Math.round(seconds / 60);
    if (minutes < 24 * 60) return pair(minutes, 60, 'h', 'min');
    const years = minutes / (365.25 * 24 * 60);
    return years < 2 ? pair(Math.round(minutes / 60), 24, 'd', 'h') : `${formatShort(years)} years`;
  });

/** Formats a date in UTC: `2026-11-27`. */
export const formatDay = (milliseconds: number): string => new Date(milliseconds).toISOString().slice(0, 10);

function signed(x: number, format: (magnitude: number) => string): string {
  if (!Number.isFinite(x)) return NOTHING;
  const text = format(Math.abs(x));
  return x < 0 && /[1-9]/.test(text) ? MINUS + text : text;
}

function significant(x: number): string {
  if (x === 0) return '0';
  if (x >= 999.5) return x < 1e15 ? grouped(String(Math.round(x))) : power(x);
  if (x < 0.00009995) return power(x);
  return fixed(x);
}

/** Three significant digits for 0.00009995 <= x < 999.5, keeping trailing zeros. */
function fixed(x: number): string {
  const decimals = 2 - Math.floor(Math.log10(x));
  const text = x.toFixed(Math.max(0, decimals));
  // 9.999 rounds up to 10.00: one digit too many.
  return text.replace('.', '').replace(/^0+/, '').length > 3 ? x.toFixed(Math.max(0, decimals - 1)) : text;
}

function power(x: number): string {
  const [mantissa = '', exponent = ''] = x.toExponential(2).split('e');
  const raised = Array.from(String(Number(exponent)), (c) => (c === '-' ? '⁻' : '⁰¹²³⁴⁵⁶⁷⁸⁹'[Number(c)])).join('');
  return `${mantissa} × 10${raised}`;
}

function scaled(x: number, units: readonly string[]): string {
  let unit = 0;
  while (x >= 999.5 && unit < units.length - 1) {
    x /= 1000;
    unit++;
  }
  const number = unit === 0 && Number.isInteger(x) ? String(x) : trimmed(significant(x));
  return `${number} ${units[unit] ?? ''}`.trimEnd();
}

function pair(n: number, size: number, large: string, small: string): string {
  const rest = n % size;
  const whole = `${String(Math.floor(n / size))} ${large}`;
  return rest === 0 ? whole : `${whole} ${String(rest)} ${small}`;
}

const trimmed = (decimal: string): string =>
  decimal.replace(/\.(\d*?)0+(?=$| )/, (_, digits: string) => (digits === '' ? '' : `.${digits}`));
const grouped = (digits: string): string => digits.replace(/\B(?=(\d{3})+$)/g, ',');
