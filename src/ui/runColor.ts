/** Number of a run, from 1: eight hues, fixed for its life. From the sixth on, the line is also dashed. */
export type RunColor = number;
/** Number of different run colors. */
export const HUES = 8;
export const runColor = (run: RunColor): string => `var(--run-${((run - 1) % HUES) + 1})`;
/** Dash pattern in px, or none: 6 to 8 are dashed, from 9 on colors repeat with longer dashes. */
export function runDash(run: RunColor): readonly [number, number] | undefined {
  if (run <= 5) return undefined;
  return run <= HUES ? [6, 4] : [12, 4];
}
