/** Labels of the texts that are there to be told apart: counted, shown with their texts, and changed. */
import type { BlobStore } from '../core/base/blobStore';
import type { Document } from '../core/base/document';
import { type Job, yieldUntil } from '../core/base/job';
import { labelsIn } from '../core/base/labels';
import { documentsIn, textOf, type TextRecord } from '../core/documents';
import {
  changeLabelling,
  joinedLabels,
  type Labelling,
  labellingOf,
  relabelled,
} from '../core/documents/labels/labelling';
import type { DataApi, LabelChange, LabelledText, LabelsTold } from '../protocol/data';

export async function surveyed(store: BlobStore, ids: readonly string[], { signal, report }: Job): Promise<LabelsTold> {
  const texts = await Promise.all(ids.map((id) => textOf(store, id)));
  const pause = yieldUntil(signal);
  const counts = new Map<string, number>();
  let [documents, unlabelled] = [0, 0];
  const several = texts.some(({ labelled }) => labelled === 'several');
  for await (const { label } of placed(store, texts)) {
    if (++documents % A_TURN === 0) {
      await pause();
      report({ label: 'Counting labels', done: documents, unit: 'texts' });
    }
    const own = several ? labelsIn(label) : label === '' ? [] : [label];
    if (own.length === 0) unlabelled++;
    for (const one of own) counts.set(one, (counts.get(one) ?? 0) + 1);
  }
  const labels = [...counts].map(([label, count]) => ({ label, count })).sort((a, b) => b.count - a.count);
  return { documents, unlabelled, several, labels, alike: [], problems: [] };
}
/** Documents until others have a turn. */
const A_TURN = 512;

export async function labelledTexts(
  store: BlobStore,
  { texts: ids, at: wanted, characters }: DataApi['labelledTexts']['input'],
): Promise<readonly LabelledText[]> {
  const texts = await Promise.all(ids.map((id) => textOf(store, id)));
  const places = 'places' in wanted ? new Set(wanted.places) : undefined;
  const isWanted = (at: number): boolean =>
    'places' in wanted ? places!.has(at) : at >= wanted.from && at < wanted.from + wanted.count;
  const count = 'places' in wanted ? places!.size : wanted.count;
  const found: LabelledText[] = [];
  for await (const { document, textId, at, label } of placed(store, texts)) {
    if (found.length >= count) break;
    if (!isWanted(at)) continue;
    const text = await beginningOf(document, characters);
    found.push({ textId, place: document.place!, at, title: document.title ?? '', text, label });
  }
  return found;
}

async function* placed(store: BlobStore, texts: readonly TextRecord[]) {
  let at = 0;
  for (const text of texts)
    for await (const document of documentsIn(store, text))
      yield { document, textId: text.id, at: at++, label: document.fields?.['label'] ?? '' };
}

export async function beginningOf(document: Document, characters: number): Promise<string> {
  let text = '';
  for await (const piece of document.chunks()) {
    text += piece;
    if (text.length >= characters) break;
  }
  return text.slice(0, characters).toWellFormed();
}

export async function changeLabels(
  store: BlobStore,
  id: string,
  change: LabelChange,
): Promise<DataApi['changeLabels']['output']> {
  const { labelled } = await textOf(store, id);
  let before: Labelling | undefined;
  const text = await changeLabelling(store, id, (now) => {
    before = now;
    switch (change.kind) {
      case 'relabel':
        return relabelled(now, change.place, change.label);
      case 'join':
        return joinedLabels(now, change.labels, change.as, labelled);
      case 'restore':
        return change.labelling;
    }
  });
  return { text, before: before ?? labellingOf(text) };
}
