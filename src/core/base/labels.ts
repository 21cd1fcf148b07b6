/** Labels of a document, stored in one field. */

/** Separator of several labels. No label may contain it. */
export const BETWEEN_LABELS = '|' as const;

/** Field of a document explicitly marked as having none of several labels. An empty field means not labeled yet. */
export const NO_LABELS = BETWEEN_LABELS;

/** Returns each label once, in order; none for an empty field. */
export const labelsIn = (label: string): readonly string[] => [
  ...new Set(
    label
      .split(BETWEEN_LABELS)
      .map((one) => one.trim())
      .filter(Boolean),
  ),
];
export const labelsAsOne = (labels: readonly string[]): string => labels.join(BETWEEN_LABELS);

/** Returns the field's value for one label, several, or none of them. */
export const labelField = (labels: readonly string[]): string => labelsAsOne(labels) || NO_LABELS;
/** Parses the field; undefined if not labeled yet. A single label may contain the separator. */
export const labelsOfField = (label: string, several: boolean): readonly string[] | undefined =>
  label === '' ? undefined : several ? labelsIn(label) : [label];

/** Labels of a document for display. */
export const labelWords = (labels: readonly string[]): string => labels.join(', ') || 'none of them';

/** Maps a field to the indices of its labels in `labels`; undefined for an unknown single label. */
export function placesAmong(labels: readonly string[], several = false): (label: string) => number[] | undefined {
  const places = new Map(labels.map((label, place) => [label, place]));
  return (label) => {
    if (several)
      return labelsIn(label)
        .flatMap((one) => places.get(one) ?? [])
        .sort((a, b) => a - b);
    const place = places.get(label);
    return place === undefined ? undefined : [place];
  };
}

/** Default decision threshold of a multi-label classifier: a label applies above this probability. */
export const EVEN = 0.5;
