/**
 * Text profiles of the bundled samples for plans, computed here instead of at every first click, and written to
 * src/workers/sampleProfiles.json: `npx tsx scripts/sampleProfiles.ts`. A test compares the file with the samples.
 */
import { writeFileSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { memoryStore } from '../src/core/base/blobStore';
import { unwatched } from '../src/core/base/job';
import {
  documentsOf,
  importText,
  trainingSize,
  pastedText,
  tableFormatOf,
  type TextSource,
} from '../src/core/documents';
import { profileText } from '../src/core/plan/profile';
import type { KnownProfile } from '../src/workers/profiles';
import { buildSamples } from './samples';

/** Profile of each sample, by its hash as the page stores it. */
export async function sampleProfiles(): Promise<readonly KnownProfile[]> {
  const profiles: KnownProfile[] = [];
  for (const { sample, text } of buildSamples()) {
    const store = memoryStore();
    const table = sample.pairs && ({ format: tableFormatOf(sample.file), columns: null } as const);
    const source: TextSource = { ...pastedText(sample.file, text), ...(table && { table }) };
    const added = await importText(source, store, { addedAt: 0 }, unwatched);
    if (added.kind !== 'added') throw new Error(`${sample.file} is ${added.kind}`);
    const profile = await profileText(await documentsOf(store, added.text), unwatched);
    profiles.push({ sha256: trainingSize(added.text).sha256, profile });
  }
  return profiles;
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const out = fileURLToPath(new URL('../src/workers/sampleProfiles.json', import.meta.url));
  writeFileSync(out, `${JSON.stringify(await sampleProfiles(), null, 2)}\n`);
}
