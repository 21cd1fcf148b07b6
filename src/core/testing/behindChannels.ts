/** Workers' real halves in Node, each behind a channel, and a studio over them: what a browser adds is left out. */
import { readFile } from 'node:fs/promises';
import { connect, type Client } from '../../client/connect';
import type { DataApi } from '../../protocol/data';
import type { GpuApi } from '../../protocol/gpu';
import type { Api } from '../../protocol/rpc';
import type { VerifyApi } from '../../protocol/verify';
import { createStudio, type Services, type StudioStore } from '../../state/studio';
import { dataHandlers } from '../../workers/dataHandlers';
import { openDevice } from '../../workers/device';
import { gpuHandlers } from '../../workers/gpuHandlers';
import { type Handlers, serve } from '../../workers/serve';
import { verifying } from '../../workers/verifying';
import type { BlobStore } from '../base/blobStore';
import { wasmFolder } from './wasm';

export interface TestStudio {
  studio: StudioStore;
  gpu: Client<GpuApi>;
  data: Client<DataApi>;
  /** What was handed over, oldest first. */
  downloads: { name: string; bytes: Uint8Array }[];
  close(): void;
}

/** The halves, to be changed by a test that watches a call or holds it back. */
export interface Halves {
  data: Handlers<DataApi>;
  gpu: Handlers<GpuApi>;
  verify: Handlers<VerifyApi>;
}

export function halvesOver(store: BlobStore): Halves {
  const blobs = Promise.resolve(store);
  return {
    data: dataHandlers(blobs, async (path) => new Response(await readFile(`public${path}`))),
    gpu: gpuHandlers(blobs, (kind) => openDevice(kind, blobs, wasmFolder)),
    verify: verifying,
  };
}

/** On WASM. Locks are this test's own (`locks`). */
export function testStudio(
  store: BlobStore,
  halves: Halves = halvesOver(store),
  services: Partial<Services> = {},
): TestStudio {
  const ports: MessagePort[] = [];
  const behindChannel = <A extends Api<A>>(handlers: Handlers<A>): Client<A> =>
    connect<A>(() => {
      const { port1, port2 } = new MessageChannel();
      serve(handlers, port2);
      for (const port of [port1, port2]) port.start();
      ports.push(port1, port2);
      return Object.assign(port1, { terminate: () => port1.close() }) as unknown as Worker;
    });
  const downloads: TestStudio['downloads'] = [];
  const [data, gpu] = [behindChannel(halves.data), behindChannel(halves.gpu)];
  let ids = 0;
  const studio = createStudio({
    data,
    gpu,
    verify: behindChannel(halves.verify),
    store,
    now: () => 0,
    newId: () => `run-${++ids}`,
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
    ...services,
  });
  return { studio, gpu, data, downloads, close: () => ports.forEach((port) => port.close()) };
}

/** What a browser has as `navigator.locks`, as far as it is used, of a tab that is alone. */
export function lonelyLocks(): object {
  const held = new Set<string>();
  return {
    async request(name: string, _: object, work: (lock: object | null) => Promise<void> | undefined) {
      if (held.has(name)) return work(null);
      held.add(name);
      await work({});
      held.delete(name);
    },
  };
}
