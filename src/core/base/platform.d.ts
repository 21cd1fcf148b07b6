// Web APIs that core may use: those in windows, workers and Node 20. Declares only what is used.
interface AbortSignal {
  readonly aborted: boolean;
  readonly reason: unknown;
  throwIfAborted(): void;
  addEventListener(type: 'abort', listener: () => void, options?: { once?: boolean }): void;
  removeEventListener(type: 'abort', listener: () => void): void;
}
declare class AbortController {
  readonly signal: AbortSignal;
  abort(reason?: unknown): void;
}

interface MessagePort {
  onmessage: (() => void) | null;
  postMessage(message: unknown): void;
  close(): void;
}
declare class MessageChannel {
  readonly port1: MessagePort;
  readonly port2: MessagePort;
}

/** @param ms milliseconds */
declare function setTimeout(act: () => void, ms: number): number;
declare function clearTimeout(timer: number | undefined): void;

declare class TextEncoder {
  encode(text: string): Uint8Array<ArrayBuffer>;
  encodeInto(text: string, into: Uint8Array): { read: number; written: number };
}
declare class TextDecoder {
  constructor(encoding?: string, options?: { fatal?: boolean; ignoreBOM?: boolean });
  decode(bytes?: Uint8Array, options?: { stream?: boolean }): string;
}

declare class CompressionStream {
  constructor(format: 'gzip');
  readonly writable: { getWriter(): { write(bytes: Uint8Array): Promise<void>; close(): Promise<void> } };
  readonly readable: {
    getReader(): { read(): Promise<{ done: false; value: Uint8Array } | { done: true; value?: undefined }> };
  };
}

/** Available in windows only in secure contexts. */
declare const crypto: {
  readonly subtle: { digest(algorithm: 'SHA-256', bytes: Uint8Array<ArrayBuffer>): Promise<ArrayBuffer> };
};

/** Decodes base64 to one character per byte. */
declare function atob(base64: string): string;

declare namespace WebAssembly {
  /** Whether the bytes are a module that this engine supports. Doesn't compile it. */
  function validate(bytes: Uint8Array<ArrayBuffer>): boolean;
  interface Module {
    readonly [Symbol.toStringTag]: string;
  }
  const Module: new (bytes: Uint8Array<ArrayBuffer>) => Module;
  interface Instance {
    readonly exports: Readonly<Record<string, unknown>>;
  }
  const Instance: new (module: Module, imports: Record<string, Record<string, Memory>>) => Instance;
  interface Memory {
    readonly buffer: ArrayBuffer | SharedArrayBuffer;
  }
  /** Thrown for a module that can't be compiled. */
  const CompileError: new (message: string) => Error;
  /** Thrown by a trap. */
  const RuntimeError: new (message: string) => Error;
}

/** ES2024 methods, in every browser with WebGPU and in Node 20. */
interface String {
  isWellFormed(): boolean;
  /** Replaces lone surrogates with U+FFFD. */
  toWellFormed(): string;
}
