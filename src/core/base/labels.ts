/** Labels of a document, which are one field of it. */

/** Between labels where a text has several of them; so none has it in its name. */
export const BETWEEN_LABELS = '|';

/** Each once, in the order in which they stand; of an empty field none. */
export const labelsIn = (label: string): readonly string[] => [
  ...new Set(
    label
      .split(BETWEEN_LABELS)
      .map((one) => one.trim())
      .filter(Boolean),
  ),
];
export const labelsAsOne = (labels: readonly string[]): string => labels.join(BETWEEN_LABELS);
