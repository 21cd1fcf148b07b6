/** Files as texts, read as grow reads them. */
import { memoryStore } from '../src/core/base/blobStore';
import type { Document } from '../src/core/base/document';
import { unwatched } from '../src/core/base/job';
import { importText, openText, type Reading } from '../src/core/documents';
import { pairsFile } from './pairs';
import { readers } from './readers';
import { stderr } from './terminal';
import { refusalOf, type Refused, refusedWords, sourcesMeant } from './texts';

/** A document, and the name of the file that has it. */
export interface Named {
  name: string;
  text: string;
}

/** Of each file its documents, but for those without a character; a copy of one before is passed over. @throws HomegrownError `bad-file` */
export async function textsOf(
  paths: readonly string[],
  signal: AbortSignal,
  reading: Reading = {},
): Promise<readonly Named[]> {
  const store = memoryStore();
  const texts: Named[] = [];
  const { files, refused } = await sourcesMeant(paths);
  const tell = (one: Refused): unknown => stderr.write(`${refusedWords(one)}\n`);
  refused.forEach(tell);
  for (const [i, { source, ...file }] of files.entries()) {
    const imported = await importText(
      { ...source, reading: { ...source.reading, ...reading } },
      store,
      { addedAt: i, readers },
      { ...unwatched, signal },
    ).catch((error: unknown) => refusalOf(file, error));
    if ('reason' in imported) tell(imported);
    if ('reason' in imported || imported.kind !== 'added') continue;
    for (const words of imported.text.notes) stderr.write(`${imported.text.name}: ${words}.\n`);
    for (const document of await openText(store, imported.text.id)) {
      let text = '';
      for await (const chunk of document.chunks()) text += chunk;
      if (text !== '') texts.push({ name: imported.text.name, text });
    }
  }
  return texts;
}

/** A row of a table, and the name of the file that has it. */
interface NamedPair {
  name: string;
  input: string;
  target: string;
}

/** Those of tables, as grow takes them; a copy of one before is passed over. @throws UsageError; HomegrownError `bad-file` */
export async function pairsOf(
  meant: readonly string[],
  signal: AbortSignal,
  reading: Reading = {},
): Promise<readonly NamedPair[]> {
  const store = memoryStore();
  const pairs: NamedPair[] = [];
  for (const [i, each] of meant.entries()) {
    const { source } = await pairsFile(each);
    const imported = await importText(
      { ...source, reading: { ...source.reading, ...reading } },
      store,
      { addedAt: i, readers },
      { ...unwatched, signal },
    );
    if (imported.kind !== 'added') continue;
    for (const words of imported.text.notes) stderr.write(`${imported.text.name}: ${words}.\n`);
    for (const document of await openText(store, imported.text.id))
      pairs.push({ name: imported.text.name, ...(await pairIn(document)) });
  }
  return pairs;
}

/** What a row says that was read as a pair. */
async function pairIn({ chunks, spans }: Document): Promise<Omit<NamedPair, 'name'>> {
  let text = '';
  for await (const chunk of chunks()) text += chunk;
  const bytes = Buffer.from(text);
  const of = (name: string): string => bytes.subarray(...(spans?.[name] ?? NOTHING)).toString();
  return { input: of('input'), target: of('target') };
}
const NOTHING = [0, 0] as const;
