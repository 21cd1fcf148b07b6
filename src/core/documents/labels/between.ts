/** The separator of labels in a cell with several. */
import { BETWEEN_LABELS } from '../../base/labels';

/** Possible separators, in order of detection. */
export const BETWEEN = [BETWEEN_LABELS, ';', ','] as const;
export type Between = (typeof BETWEEN)[number];

/**
 * Detects the separator of labels: it splits some cell into parts, and one part is another cell. `sea|calm` and `sea`
 * are several labels; `Books, music` alone is one.
 * @param cells of the label column, from some rows
 */
export function betweenIn(cells: readonly string[]): Between | undefined {
  const different = [...new Set(cells.map((cell) => cell.trim()))];
  return BETWEEN.find((between) => {
    const parts = different.map((cell) => new Set(cell.split(between).map((part) => part.trim())));
    const inCells = new Map<string, number>();
    for (const own of parts) {
      own.delete('');
      for (const part of own) inCells.set(part, (inCells.get(part) ?? 0) + 1);
    }
    return parts.some((own) => own.size > 1 && [...own].some((part) => inCells.get(part)! > 1));
  });
}
