/** Changes of a text's labels since its import; the imported text stays as it is. */
import type { BlobStore } from '../../base/blobStore';
import type { Document } from '../../base/document';
import { badSettings } from '../../base/errors';
import { sha256Hex } from '../../base/hash';
import { labelsAsOne, labelsIn, NO_LABELS } from '../../base/labels';
import { changeRecord } from '../../base/record';
import { counted } from '../../base/units';
import { noSuchText } from '../library';
import { TEXT, textKey, type TextRecord } from '../record';

export type LabelChanges = Omit<NonNullable<TextRecord['labelling']>, 'sha256'>;

export const AS_READ: LabelChanges = { renamed: {}, changed: [] };

export const labellingOf = ({ labelling }: TextRecord): LabelChanges =>
  labelling ? { renamed: labelling.renamed, changed: labelling.changed } : AS_READ;

/**
 * Returns a function from a document to its current label; empty: unlabeled.
 * @param label the original one
 */
export function labelsNow({ labelled: labelKind, labelling }: Pick<TextRecord, 'labelled' | 'labelling'>) {
  if (!labelling) return (_: number, label = ''): string => label;
  const { renamed } = labelling;
  const changed = new Map(labelling.changed.map(({ place, label }) => [place, label]));
  return (place: number, label = ''): string => changed.get(place) ?? inNames(renamed, labelKind, label);
}

/** Replaces the label of a document. */
export function withLabel(document: Document, label: string): Document {
  const { fields = {}, ...rest } = document;
  if ((fields['label'] ?? '') === label) return document;
  const { label: _, ...others } = fields;
  const now = label === '' ? others : { ...others, label };
  return { ...rest, ...(Object.keys(now).length > 0 && { fields: now }) };
}

function inNames(renamed: LabelChanges['renamed'], labelKind: TextRecord['labelled'], label: string): string {
  const name = (one: string): string => (Object.hasOwn(renamed, one) ? renamed[one]! : one);
  if (labelKind !== 'several') return name(label);
  if (label === NO_LABELS) return label;
  const names = [...new Set(labelsIn(label).map(name))].filter(Boolean);
  return names.length > 0 ? labelsAsOne(names) : name('');
}

/** Meaning of a text without a label: no label applies, or it isn't labeled yet. */
export type Unlabeled = 'none' | 'left-out';

/** The chosen meaning of texts without a label, stored as the name of the empty label; undefined: not asked. */
export function unlabeledAre({ labelling }: Pick<TextRecord, 'labelling'>): Unlabeled | undefined {
  if (!Object.hasOwn(labelling?.renamed ?? {}, '')) return undefined;
  return labelling!.renamed[''] === NO_LABELS ? 'none' : 'left-out';
}

/** Sets the meaning of texts without a label, also of those that a person left unlabeled. */
export function withUnlabeled({ renamed, changed }: LabelChanges, are: Unlabeled): LabelChanges {
  const label = are === 'none' ? NO_LABELS : '';
  const now = changed.map((each) => (each.label === '' ? { ...each, label } : each));
  return { renamed: { ...renamed, '': label }, changed: now };
}

/** Relabels a document. @param label empty: not labeled yet; null: the original label */
export function relabeled({ renamed, changed }: LabelChanges, place: number, label: string | null): LabelChanges {
  const others = changed.filter((each) => each.place !== place);
  const all = label === null ? others : [...others, { place, label }];
  return { renamed, changed: all.sort((a, b) => a.place - b.place) };
}

/** Renames labels; an empty name removes them from their documents. */
export function joinedLabels(
  { renamed, changed }: LabelChanges,
  labels: readonly string[],
  to: string,
  labelKind: TextRecord['labelled'] = 'one',
): LabelChanges {
  const names = Object.fromEntries(labels.filter((label) => label !== to).map((label) => [label, to]));
  const before = Object.entries(renamed).map(([read, now]) => [read, inNames(names, 'one', now)] as const);
  const all = { ...names, ...Object.fromEntries(before) };
  const none = Object.hasOwn(all, '') ? { '': all['']! } : {};
  return {
    renamed: all,
    changed: changed.map(({ place, label }) => ({
      place,
      label: label === '' ? label : inNames({ ...names, ...none }, labelKind, label),
    })),
  };
}

/**
 * Changes the labels of a text for every project that uses it. Calls `change` again after a concurrent change.
 * @throws HomegrownError `bad-settings` for a text without labels, or an index out of range; `storage-damaged`
 */
export async function changeLabelling(
  store: BlobStore,
  id: string,
  change: (before: LabelChanges) => LabelChanges,
): Promise<TextRecord> {
  const changed = await changeRecord(store, textKey(id), TEXT, async (text) => {
    if (!text) throw noSuchText(id);
    if (!text.labelled) throw badSettings(`${text.name} has no labels.`, 'Add it on Teach it more, with its labels.');
    const { labelling: _, ...others } = text;
    const now = change(labellingOf(text));
    const beyond = now.changed.find(({ place }) => place >= text.documents);
    if (beyond)
      throw badSettings(
        `${text.name} has ${counted(text.documents, 'document')}, so it has no document ${beyond.place}.`,
      );
    const isAsRead = Object.keys(now.renamed).length === 0 && now.changed.length === 0;
    return { record: { ...others, ...(!isAsRead && { labelling: { ...now, sha256: await hashOf(now) } }) } };
  });
  if (!changed) throw noSuchText(id);
  return changed;
}

const hashOf = ({ renamed, changed }: LabelChanges): Promise<string> =>
  sha256Hex(
    JSON.stringify([
      Object.entries(renamed).sort(([a], [b]) => (a < b ? -1 : 1)),
      changed.map(({ place, label }) => [place, label]),
    ]),
  );
