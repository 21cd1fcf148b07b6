/** A studio whose model can be taken home: the halves of its workers that write and check, each behind a real channel. */
import { template } from '../../../scripts/templates';
import { connect, type Client } from '../../client/connect';
import type { DataApi } from '../../protocol/data';
import type { GpuApi } from '../../protocol/gpu';
import type { Api } from '../../protocol/rpc';
import type { VerifyApi } from '../../protocol/verify';
import { MetricLog } from '../../state/metrics';
import { createStudio, type StudioStore } from '../../state/studio';
import { exportModel } from '../../workers/exporting';
import { withModel } from '../../workers/models';
import { type Handlers, serve } from '../../workers/serve';
import { verifying } from '../../workers/verifying';
import { memoryStore } from '../base/blobStore';
import { unwatched } from '../base/job';
import { surveySnapshots } from '../checkpoint/checkpoint';
import type { Exported } from '../export/format';
import { huggingFaceFiles } from '../export/huggingFace';
import { importRun } from '../export/run';
import { bytesSource, gather } from '../files/byteSource';
import { readRun } from '../runs/record';
import { reference } from '../verify/reference';
import { useWasm as onWasm } from './wasm';

export interface ExportStudio {
  studio: StudioStore;
  /** What was handed over, oldest first. */
  downloads: { name: string; bytes: Uint8Array }[];
  close(): void;
}

export async function exportStudio(model: Exported): Promise<ExportStudio> {
  await onWasm();
  const store = memoryStore();
  const files = await Promise.all(
    huggingFaceFiles(model, { withOptimizer: true }).map(async (file) => ({
      name: file.name,
      source: bytesSource(await gather(file)),
    })),
  );
  await importRun(store, 'r', files, 0, unwatched);

  const ports: MessagePort[] = [];
  /** Calls that are not among these never end. */
  const behindChannel = <A extends Api<A>>(handlers: Partial<Handlers<A>>): Client<A> =>
    connect<A>(() => {
      const { port1, port2 } = new MessageChannel();
      const never = new Proxy(handlers, {
        get: (target, method) => Reflect.get(target, method) ?? (() => new Promise(() => undefined)),
      });
      serve(never as Handlers<A>, port2);
      port2.start();
      port1.start();
      ports.push(port1, port2);
      return Object.assign(port1, { terminate: () => port1.close() }) as unknown as Worker;
    });

  const downloads: ExportStudio['downloads'] = [];
  const studio = createStudio({
    data: behindChannel<DataApi>({
      exportModel: (input, job) => exportModel(store, template, input, job),
      savedSteps: ({ runId }) => surveySnapshots(store, runId),
    }),
    gpu: behindChannel<GpuApi>({
      reference: ({ runId, which }) =>
        withModel(store, runId, which, ({ network, tokenizer }) =>
          reference(network, null, [...tokenizer.encode(model.info.recipe.samplePrompt)]),
        ),
    }),
    verify: behindChannel<VerifyApi>(verifying),
    store,
    now: () => 0,
    newId: () => 'id',
    tabs: {
      announce: () => undefined,
      listen: () => undefined,
      holdTraining: () => Promise.resolve({ release: () => undefined }),
      isTraining: () => Promise.resolve(false),
    },
    wakeLock: { hold: () => undefined, release: () => undefined },
    download: (file, name) => {
      const at = downloads.push({ name, bytes: new Uint8Array() }) - 1;
      void file.arrayBuffer().then((bytes) => (downloads[at] = { name, bytes: new Uint8Array(bytes) }));
    },
  });
  const run = (await readRun(store, 'r'))!;
  const { step, bytes } = (await surveySnapshots(store, 'r')).steps.at(-1)!;
  studio.getState().change({ runId: 'r' });
  studio.setState({ model: { run, log: new MetricLog(), saved: { step, bytes, at: null } } });
  await studio.getState().listSaved();
  return { studio, downloads, close: () => ports.forEach((port) => port.close()) };
}
