/** Opens a stored run or an imported model as input for formats. */
import type { BlobStore } from '../base/blobStore';
import { HomegrownError } from '../base/errors';
import { keptBest } from '../checkpoint/checkpoint';
import type { WhichSnapshot } from '../checkpoint/snapshot';
import { listTexts } from '../documents';
import { readJournal } from '../runs/journal';
import { manifestIfKept } from '../runs/data';
import { readRun } from '../runs/record';
import { dataOf, segmentAt } from '../runs/segments';
import { tokenizerFacts } from '../runs/settings';
import { readTokenizer } from '../runs/tokenizer';
import { documentListsOf, storableRecipe } from '../runs/documentLists';
import { loadWhole } from '../runs/whole';
import { openPart } from '../shards/read';
import { createTokenizer } from '../tokenizer/byteLevel';
import { DEFAULT_RECIPE } from '../train/recipe';
import { exportName } from './exportName';
import type { Exported } from './format';
import { runInfo, type RunInfo, withMeasurements } from './homegrownJson';
import { withLicences } from './licences';
import { idFor } from './upgradeInfo';
import { type ImportedModel, saidOf } from './incoming';
import { stepMeasurements } from './stepMeasurements';
import { withTemperature } from './temperature';
import { allFormats } from './formats';

/**
 * @param withMoments also reads the optimizer state, which is twice the model. A classifier's temperature is then stored
 * apart from its weights, so that training can continue from them; otherwise it is merged into them.
 * @throws HomegrownError `bad-settings` when there is no such run
 */
export async function openExported(
  store: BlobStore,
  runId: string,
  which: WhichSnapshot,
  withMoments: boolean,
): Promise<Exported> {
  const record = await readRun(store, runId);
  if (!record) throw new HomegrownError('bad-settings', `There is no run ${runId}`);
  const { snapshot: saved } = await loadWhole(store, record, which, withMoments);
  // The best step may have been replaced or removed since this save.
  const kept = { ...saved.state, best: await keptBest(store, runId) };
  const events = await readJournal(store, runId);
  const runFacts = withLicences(runInfo(record, kept, events), await listTexts(store));
  const documents = await documentListsOf(store, dataOf(runFacts));
  const recipe = await storableRecipe(store, dataOf(runFacts));
  const tokenizer = await createTokenizer(await readTokenizer(store, record));
  const measured = await stepMeasurements(store, record, saved.state.step, tokenizer);
  const info = withMeasurements(
    { ...runFacts, ...tokenizerFacts(tokenizer.model), ...(documents.length > 0 && { documents }) },
    measured,
  );
  const snapshot = { ...saved, state: info.state };
  // Data of an earlier segment may have been removed.
  const isNewest = segmentAt(record.segments, snapshot.state.step) === record.segments.length - 1;
  const manifest = isNewest ? await manifestIfKept(store, record) : null;
  const exported: Exported = {
    name: exportName(record.name, snapshot.state.step),
    info,
    snapshot,
    tokenizer,
    events,
    ...(recipe && { recipe }),
    tokens: manifest && {
      train: openPart(store, manifest, 'train'),
      validation: openPart(store, manifest, 'validation'),
      ...(manifest.parts.test && { test: openPart(store, manifest, 'test') }),
    },
    formats: allFormats(),
  };
  return withMoments ? exported : withTemperature(exported);
}

/** An export belongs to a step, so it leaves out the run's final status. */
const ofStep = ({ status: _, ...info }: RunInfo): RunInfo => info;

/**
 * Prepares a model that was read from files.
 * @param at milliseconds since 1970, for one without a creation time
 * @param withMoments as in `openExported`
 */
export async function exportedFrom(
  imported: ImportedModel,
  name: string,
  at: number,
  withMoments = false,
): Promise<Exported> {
  const { model, tokenizer, snapshot, events, recipe, stated, adapted, mixed } = imported;
  const { state } = snapshot;
  // With an external adapter, the model is no longer that of the recorded run.
  const info = adapted ? null : imported.info && ofStep(imported.info);
  const exported: Exported = {
    name: exportName(info?.name ?? name, state.step),
    // In reading order, so that the next export is the same.
    info: info ?? {
      version: 2,
      id: await idFor(at, name, model, DEFAULT_RECIPE),
      name,
      createdAt: at,
      model,
      ...tokenizerFacts(tokenizer.model),
      segments: [{ after: 0, recipe: DEFAULT_RECIPE, data: null }],
      ...(adapted && { trainable: adapted.trainable }),
      ...(mixed && { mixed }),
      state,
      device: null,
      result: null,
      origin: { name: adapted ? `${name} with ${adapted.name}` : name, importedAt: at, ...(stated && saidOf(stated)) },
    },
    snapshot,
    tokenizer,
    events,
    ...(recipe && !adapted && { recipe }),
    tokens: null,
    formats: allFormats(),
  };
  return withMoments ? exported : withTemperature(exported);
}
