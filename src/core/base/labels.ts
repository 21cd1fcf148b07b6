/** Labels of a document, which are one field of it. */

/** Between labels where a text has several of them; so none has it in its name. */
export const BETWEEN_LABELS = '|' as const;

/** The field of a text that was said to have none of several labels; an empty one says that nobody has said anything yet. */
export const NO_LABELS = BETWEEN_LABELS;

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

/** Of what a document is an example, as its field has it: of one label, of several, or of none of these. */
export const labelField = (labels: readonly string[]): string => labelsAsOne(labels) || NO_LABELS;
/** The same, read; undefined where nobody has said it yet. A label that is the only one is called as it likes. */
export const labelsOfField = (label: string, several: boolean): readonly string[] | undefined =>
  label === '' ? undefined : several ? labelsIn(label) : [label];

/** Labels of a document as a person reads them. */
export const labelWords = (labels: readonly string[]): string => labels.join(', ') || 'none of them';

/** Places of the labels of a text among those that are known; undefined where a text has one label, and it is not known. */
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

/** How likely one of several labels is to be where nothing was said: above this. */
export const EVEN = 0.5;
