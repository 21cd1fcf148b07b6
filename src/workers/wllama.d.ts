/** Parts of wllama that it doesn't export: llama.cpp itself (scripts/llama.ts), and the format of its messages. */
declare module '@wllama/wllama/src/single-thread/wllama.js' {
  /** Emscripten's options; once `onRuntimeInitialized` is called, its module. */
  export interface LlamaModule {
    noInitialRun: true;
    wasmBinary: ArrayBuffer;
    print: (line: string) => void;
    printErr: (line: string) => void;
    onRuntimeInitialized: () => void;
    onAbort: (what: unknown) => void;
    readonly HEAPU8: Uint8Array;
    FS_createDataFile(folder: string, name: string, bytes: Uint8Array, read: true, write: true, own: true): void;
    FS_unlink(path: string): void;
    cwrap(name: 'wllama_start', returns: 'string', takes: []): () => string;
    cwrap(name: 'wllama_malloc', returns: 'bigint', takes: ['number', 'bigint']): (size: bigint, _: number) => bigint;
    cwrap(
      name: 'wllama_action',
      returns: 'bigint',
      takes: ['string', 'bigint'],
    ): (action: string, message: bigint) => bigint;
  }
  export default function llamaCpp(options: Omit<LlamaModule, 'HEAPU8' | `FS_${string}` | 'cwrap'>): void;
}
declare module '@wllama/wllama/src/glue/glue' {
  export function glueSerialize(message: object): Uint8Array;
  export function glueDeserialize(bytes: Uint8Array): unknown;
}
