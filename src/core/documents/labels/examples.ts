import type { Document } from '../../base/document';
import { badSettings } from '../../base/errors';
import { labelsOfField } from '../../base/labels';
import type { Cut, Outline } from '../cut';
import type { TextRecord } from '../record';
import type { SplitChoice } from '../split';
import { cutLabeled } from './cutLabeled';
import { NearEqual } from './nearEqual';

/** Labels and near-duplicates of all examples, collected before the split. */
export class Examples {
  private readonly labels: (readonly string[] | undefined)[] = [];
  private readonly trainOnly: boolean[] = [];
  private readonly alike = new NearEqual();

  constructor(private readonly labelKind: NonNullable<TextRecord['labelled']>) {}

  async add({ chunks, fields, trainOnly }: Pick<Document, 'chunks' | 'fields' | 'trainOnly'>): Promise<void> {
    let text = '';
    for await (const chunk of chunks()) text += chunk;
    this.alike.add(text);
    this.labels.push(ofExample(fields, this.labelKind));
    this.trainOnly.push(trainOnly === true);
  }

  /** @throws HomegrownError `bad-settings` if no text has a label */
  cut(outline: Outline, choice: SplitChoice): Cut {
    const names = [...new Set(this.labels.flatMap((own) => own ?? []))].sort();
    if (names.length === 0)
      throw badSettings(
        'No text has a label.',
        'Add a table with a text column and a label column, or a folder for each label.',
      );
    const places = new Map(names.map((name, place) => [name, place]));
    // Texts to which no label applies are stratified like a label of their own.
    const none = [names.length];
    const examples = {
      labels: this.labels.map((own) => (own?.length === 0 ? none : (own ?? []).map((name) => places.get(name)!))),
      groupOf: this.alike.groups(),
      trainOnly: this.trainOnly,
    };
    return cutLabeled(outline, examples, choice);
  }
}

/** Labels of a document, none if several are possible and none applies; undefined if it is unlabeled. */
export function ofExample(
  fields: Document['fields'],
  labelKind: NonNullable<TextRecord['labelled']>,
): readonly string[] | undefined {
  return labelsOfField(fields?.['label'] ?? '', labelKind === 'several');
}
