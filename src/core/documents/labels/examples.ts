import type { Document } from '../../base/document';
import { badSettings } from '../../base/errors';
import { labelsOfField } from '../../base/labels';
import type { Cut, Outline } from '../cut';
import type { TextRecord } from '../record';
import type { SplitChoice } from '../split';
import { cutLabelled } from './cutLabelled';
import { NearEqual } from './nearEqual';

/** What is known of all examples before they are cut. */
export class Examples {
  private readonly labels: (readonly string[] | undefined)[] = [];
  private readonly trainOnly: boolean[] = [];
  private readonly alike = new NearEqual();

  constructor(private readonly labelled: NonNullable<TextRecord['labelled']>) {}

  async add({ chunks, fields, trainOnly }: Pick<Document, 'chunks' | 'fields' | 'trainOnly'>): Promise<void> {
    let text = '';
    for await (const chunk of chunks()) text += chunk;
    this.alike.add(text);
    this.labels.push(ofExample(fields, this.labelled));
    this.trainOnly.push(trainOnly === true);
  }

  /** @throws HomegrownError `bad-settings` where none has a label */
  cut(outline: Outline, choice: SplitChoice): Cut {
    const names = [...new Set(this.labels.flatMap((own) => own ?? []))].sort();
    if (names.length === 0)
      throw badSettings(
        'None of the texts has a label.',
        'Give a table with a column of texts and one of labels, or a folder of texts for each label.',
      );
    const places = new Map(names.map((name, place) => [name, place]));
    // Those that have none of them are shared out as if that were a label of their own.
    const none = [names.length];
    const examples = {
      labels: this.labels.map((own) => (own?.length === 0 ? none : (own ?? []).map((name) => places.get(name)!))),
      groupOf: this.alike.groups(),
      trainOnly: this.trainOnly,
    };
    return cutLabelled(outline, examples, choice);
  }
}

/** The labels that a document is an example of, which of several may be none; undefined where nobody has said it yet. */
export function ofExample(
  fields: Document['fields'],
  labelled: NonNullable<TextRecord['labelled']>,
): readonly string[] | undefined {
  return labelsOfField(fields?.['label'] ?? '', labelled === 'several');
}
