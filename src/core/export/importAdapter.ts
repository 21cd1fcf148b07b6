/** Imports an adapter without its base, in PEFT's layout, as a run on a model of the project. */
import type { Trainable } from '../adapters/trainable';
import type { BlobStore } from '../base/blobStore';
import { badFile, isBadFile, paragraph } from '../base/errors';
import type { Job } from '../base/job';
import { unlessUnreadable } from '../base/record';
import { counted } from '../base/units';
import { z } from '../base/zod';
import { baseHash, saveBase, readBase } from '../checkpoint/base';
import { claimRun, listSnapshots } from '../checkpoint/checkpoint';
import type { NamedTensors } from '../checkpoint/tensors';
import { openJournal } from '../runs/journal';
import { ownerOf } from '../runs/projects';
import { addRun, freeHue, listRuns, newRun, purgeRun, type RunRecord } from '../runs/record';
import { readTokenizer } from '../runs/tokenizer';
import { loadWhole } from '../runs/whole';
import { ownOf } from '../train/partly';
import { DEFAULT_RECIPE } from '../train/recipe';
import { ADAPTER_CONFIG } from './adapterFiles';
import { type Folder, readJson } from './importFolder';
import { readPeft, type ReadAdapter } from './formats/peft/import';

/** Run whose model has all target modules of the adapter. */
interface Candidate {
  run: RunRecord;
  adapter: ReadAdapter;
}
/** Run and step whose weights the adapter was trained on. */
interface Base {
  run: RunRecord;
  step: number;
  hash: string;
  weights: NamedTensors;
  /** Repository name in the file, where it has no hash. */
  byName?: string;
}

/**
 * Stores the adapter as a new run. Finds its base by the hash in the file. Without a hash, finds an untuned imported
 * model with the repository's name, and reports that choice. A failure leaves no record. Don't call it while unused
 * data is being deleted.
 * @param name of the file or folder
 * @throws HomegrownError `bad-file` if the adapter fits no model of the project, or several
 */
export async function storeAdapter(
  store: BlobStore,
  { runId, projectId }: { runId: string; projectId: string },
  folder: Folder,
  name: string,
  addedAt: number,
  job: Job,
): Promise<void> {
  const owner = await ownerOf(store, projectId);
  const candidates = await findCandidates(store, projectId, folder, job);
  const { run, step, hash, weights, byName } = await findBase(store, candidates, folder, job);
  const { adapter, tensors, words } = candidates.find((candidate) => candidate.run.id === run.id)!.adapter;
  const trainable: Trainable = { weights: [], adapter };
  const baseNote =
    byName === undefined ? undefined : `It has no hash of its base; the base is chosen by its name, ${byName}.`;
  const lacks = paragraph(words, baseNote);
  const record = newRun({
    id: runId,
    projectId,
    name: `${run.name} with ${name}`.slice(0, 200),
    hue: await freeHue(store, projectId),
    createdAt: addedAt,
    device: null,
    model: run.model,
    tokenizer: await readTokenizer(store, run),
    recipe: { ...DEFAULT_RECIPE, objective: run.objective },
    data: { id: null, facts: null },
    parent: { runId: run.id, step, how: 'import', name: run.name },
    origin: {
      ...run.origin,
      name: name.slice(0, 1000),
      importedAt: addedAt,
      ...(lacks !== '' && { lacks: lacks.slice(0, 1000) }),
    },
    trainable,
    base: hash,
  });
  try {
    await addRun(store, { ...record, status: 'stopped' }, owner);
    await saveBase(store, hash, weights);
    const state = { step: 0, tokensSeen: 0, activeMs: 0, best: null, frozen: hash };
    const { bytes } = await (await claimRun(store, runId)).save({ state, tensors });
    await (await openJournal(store, runId, 0)).append([{ kind: 'saved', step: 0, bytes }]);
  } catch (error) {
    await purgeRun(store, runId);
    throw error;
  }
}

/** Runs of the project whose models have all of the adapter's target modules. */
async function findCandidates(
  store: BlobStore,
  projectId: string,
  folder: Folder,
  job: Job,
): Promise<readonly [Candidate, ...Candidate[]]> {
  const runs = (await listRuns(store)).filter((run) => run.projectId === projectId && run.removedAt === undefined);
  const adapterByModel = new Map<string, ReadAdapter | Error>();
  const candidates: Candidate[] = [];
  let firstReason: Error | undefined;
  for (const run of runs) {
    const modelKey = JSON.stringify(run.model);
    if (!adapterByModel.has(modelKey))
      adapterByModel.set(
        modelKey,
        await readPeft(folder, run.model, job).catch((error: unknown) => {
          if (isBadFile(error)) return error;
          throw error;
        }),
      );
    const adapter = adapterByModel.get(modelKey)!;
    if (adapter instanceof Error) firstReason ??= adapter;
    else candidates.push({ run, adapter });
  }
  const [first, ...others] = candidates;
  if (first) return [first, ...others];
  if (!firstReason) throw badFile('The file is an adapter, but this project has no base model for it', FIRST_THE_BASE);
  throw badFile(
    `The file is an adapter, but fits none of the ${counted(runs.length, 'run')} of this project. First reason: ${firstReason.message}`,
    FIRST_THE_BASE,
  );
}

/**
 * Finds the base by its hash or, if the file has none, by its repository name.
 * @throws HomegrownError `bad-file` if none matches
 */
async function findBase(store: BlobStore, candidates: readonly Candidate[], folder: Folder, job: Job): Promise<Base> {
  const hash = candidates[0]!.adapter.base;
  const names = [...new Set(candidates.map(({ run }) => run.name))].slice(0, MAX_NAMED).join(', ');
  if (hash === undefined) {
    const statedName = configSchema.parse(await readJson(folder, ADAPTER_CONFIG)).base_model_name_or_path ?? '';
    const hasStatedName = ({ run: { origin, step } }: Candidate): boolean =>
      step === 0 && REPOSITORY.test(statedName) && origin?.title === statedName;
    const [match, secondMatch] = candidates.filter(hasStatedName);
    if (match && !secondMatch) {
      const { run } = match;
      const weights = await weightsAt(store, run, 0);
      return { run, step: 0, hash: await baseHash(weights), weights, byName: statedName };
    }
    throw badFile(
      `The adapter has no hash of its base model${statedName === '' ? '' : ` (it names ${statedName.slice(0, 100)})`}, and its shapes fit ${names}`,
      MERGED,
    );
  }
  for (const { run } of candidates) {
    job.signal.throwIfAborted();
    const storedBase = run.base === hash ? await unlessUnreadable(readBase(store, hash)) : undefined;
    if (storedBase) return { run, step: run.parent?.step ?? 0, hash, weights: storedBase };
    for (const { step, precision } of (await listSnapshots(store, run.id)).toReversed()) {
      if (precision === 'f16') continue; // rounded weights, which no run starts from
      job.report({ label: `Looking for its base in ${run.name}`, done: 0, unit: 'tensors' });
      const weights = await unlessUnreadable(weightsAt(store, run, step));
      if (weights && (await baseHash(weights)) === hash) return { run, step, hash, weights };
    }
  }
  throw badFile(
    `The adapter’s base weights have the hash ${hash.slice(0, 12)}…. Its shapes fit ${names}, but no saved step has these weights`,
    FIRST_THE_BASE,
  );
}

const weightsAt = async (store: BlobStore, run: RunRecord, step: number): Promise<NamedTensors> =>
  ownOf(run.model, (await loadWhole(store, run, step)).snapshot.tensors);

/** Matches a repository name such as `HuggingFaceTB/SmolLM2-135M`; a local path identifies nothing. */
const REPOSITORY = /^\w[\w.-]*\/[\w.-]+$/;
const configSchema = z.looseObject({ base_model_name_or_path: z.string().nullish().catch(undefined) });
const MAX_NAMED = 5;
const FIRST_THE_BASE = 'Nothing was stored. Import the adapter’s base model first, then the adapter.';
const MERGED =
  'Nothing was stored. With another base the adapter is useless, so Homegrown doesn’t guess. In a terminal, `npm run export -- --from MODEL --adapter FOLDER --format hf --out DIR` merges it into the model that you name. Then import that folder.';
