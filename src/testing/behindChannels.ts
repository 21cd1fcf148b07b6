/** The real halves of workers in Node, each behind a channel, and a studio over them, without a browser's extras. */
import { readFile } from 'node:fs/promises';
import { connect, type Client } from '../client/connect';
import type { DataApi } from '../protocol/data';
import type { GpuApi } from '../protocol/gpu';
import type { Api } from '../protocol/rpc';
import type { VerifyApi } from '../protocol/verify';
import { createStudio } from '../state/studio';
import { dataHandlers } from '../workers/dataHandlers';
import { type Handlers, serve } from '../workers/serve';
import { verifying } from '../workers/verifying';
import { type BlobStore, memoryStore } from '../core/base/blobStore';
import type { Job } from '../core/base/job';
import { inertServices } from './inertServices';
import type { Services, StudioStore } from '../state/slices/studio';

export interface TestStudio {
  studio: StudioStore;
  gpu: Client<GpuApi>;
  data: Client<DataApi>;
  verify: Client<VerifyApi>;
  /** Exported files, oldest first. */
  downloads: { name: string; bytes: Uint8Array }[];
  close(): void;
}

/** Halves of workers. A test can replace methods to watch a call, delay it, or make it fail as no half in Node can. */
export interface Halves {
  data: Handlers<DataApi>;
  gpu: Handlers<GpuApi>;
  verify: Handlers<VerifyApi>;
}

export function halvesOver(store: BlobStore): Halves {
  const blobs = Promise.resolve(store);
  return {
    data: dataHandlers(blobs, async (path) => new Response(await readFile(`public${path}`))),
    gpu: gpuHalf(blobs),
    verify: verifying,
  };
}

/** GPU half, loaded on the first call: TensorFlow.js takes seconds to load, and most pages don't need it. */
function gpuHalf(store: Promise<BlobStore>): Handlers<GpuApi> {
  let half: Promise<Handlers<GpuApi>> | undefined;
  const open = async (): Promise<Handlers<GpuApi>> => {
    const [{ gpuHandlers }, { openDevice }, { wasmFolder }] = await Promise.all([
      import('../workers/gpuHandlers'),
      import('../workers/device'),
      import('./wasm'),
    ]);
    return gpuHandlers(store, (kind) => openDevice(kind, store, wasmFolder));
  };
  const loadFirst =
    (method: keyof GpuApi) =>
    async (input: never, job: never): Promise<unknown> =>
      (await (half ??= open()))[method](input, job);
  // A method that a test replaced stays replaced.
  const replaced: Partial<Handlers<GpuApi>> = {};
  return new Proxy(replaced as Handlers<GpuApi>, {
    get: (_, method: keyof GpuApi) => replaced[method] ?? loadFirst(method),
  });
}

/** Makes a studio on WASM with its own locks (`locks`). */
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
  const data = withNames(halves.data, behindChannel);
  const [gpu, verify] = [behindChannel(halves.gpu), behindChannel(halves.verify)];
  let ids = 0;
  const studio = createStudio({
    ...inertServices(),
    data,
    gpu,
    verify,
    store,
    newId: () => `run-${++ids}`,
    download: (file, name) => {
      const index = downloads.push({ name, bytes: new Uint8Array() }) - 1;
      void file.arrayBuffer().then((bytes) => (downloads[index] = { name, bytes: new Uint8Array(bytes) }));
    },
    ...services,
  });
  return { studio, gpu, data, verify, downloads, close: () => ports.forEach((port) => port.close()) };
}

/** Passes on the names of a folder's files, because a channel of Node turns files into blobs. */
function withNames(
  half: Handlers<DataApi>,
  behindChannel: (half: Handlers<DataApi>) => Client<DataApi>,
): Client<DataApi> {
  const names: string[][] = [];
  const client = behindChannel(
    Object.assign(Object.create(half) as Handlers<DataApi>, {
      importModel: (input: DataApi['importModel']['input'], job: Job) => {
        const fileNames = names.shift()!;
        return half.importModel(
          { ...input, files: input.files.map((blob, i) => new File([blob], fileNames[i]!)) },
          job,
        );
      },
    }),
  );
  return {
    ...client,
    call(method, input, options) {
      if (method === 'importModel')
        names.push((input as DataApi['importModel']['input']).files.map(({ name }) => name));
      return client.call(method, input, options);
    },
  };
}

/** The used part of `navigator.locks`. Tabs of one browser share an instance. */
export function lonelyLocks(): object {
  const held = new Map<string, { isShared: boolean; count: number }>();
  const waiters = new Map<string, (() => void)[]>();
  interface Options {
    mode?: 'shared' | 'exclusive';
    ifAvailable?: boolean;
  }
  return {
    async request<T>(
      name: string,
      { mode, ifAvailable = false }: Options,
      work: (lock: object | null) => T,
    ): Promise<T> {
      const isShared = mode === 'shared';
      for (let by = held.get(name); by && !(isShared && by.isShared); by = held.get(name)) {
        if (ifAvailable) return work(null);
        await new Promise<void>((resolve) => waiters.set(name, [...(waiters.get(name) ?? []), resolve]));
      }
      held.set(name, { isShared, count: 1 + (held.get(name)?.count ?? 0) });
      try {
        return await work({});
      } finally {
        const { count } = held.get(name)!;
        if (count > 1) held.set(name, { isShared, count: count - 1 });
        else held.delete(name);
        for (const wake of waiters.get(name)?.splice(0) ?? []) wake();
      }
    },
    query: () => Promise.resolve({ held: [...held.keys()].map((name) => ({ name })) }),
  };
}

/** A loaded page over an empty store, with the real halves of workers. */
export async function loadedStudio(): Promise<TestStudio> {
  const page = testStudio(memoryStore());
  await page.studio.getState().load();
  return page;
}

/** A file in the form that the page receives. */
export const givenFile = (name: string, content: BlobPart) => ({ name, file: new File([content], name) });
