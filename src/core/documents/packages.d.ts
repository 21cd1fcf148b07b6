/** Types of the parts we use, for packages whose own types would bring the DOM or all of Node into core. */
declare module 'linkedom/worker' {
  /** Runs no scripts. */
  export function parseHTML(html: string): { document: object };
}
declare module '@mozilla/readability' {
  export class Readability {
    constructor(document: object);
    /** Null if no main text is found. */
    parse(): { content: string | null | undefined } | null;
  }
}
declare module 'eld/medium' {
  export const eld: {
    detect(text: string): { language: string; isReliable(): boolean; getScores(): Record<string, number> };
    info(): { Languages: Record<number, string> };
  };
}
declare module 'pdfjs-dist/legacy/build/pdf.worker.mjs';
declare module 'pdfjs-dist/legacy/build/pdf.mjs' {
  export interface PdfDocument {
    numPages: number;
    getPage(number: number): Promise<{
      getTextContent(options: object): Promise<{ items: readonly PdfRun[] }>;
      cleanup(): void;
    }>;
    getMetadata(): Promise<{ info: Readonly<Record<string, unknown>> }>;
    loadingTask: { destroy(): Promise<void> };
  }
  /** `transform`: text matrix; a run without `str` marks content. */
  export interface PdfRun {
    str?: string;
    width?: number;
    transform?: readonly number[];
  }
  export function getDocument(source: object): { promise: Promise<PdfDocument> };
}
declare module 'hyparquet/src/column.js' {
  interface DataPage {
    num_values: number;
    encoding: string;
  }
  export interface PageHeader {
    type: string;
    compressed_page_size: number;
    uncompressed_page_size: number;
    dictionary_page_header?: { num_values: number };
    data_page_header?: DataPage;
    data_page_header_v2?: DataPage & {
      num_nulls: number;
      repetition_levels_byte_length: number;
      definition_levels_byte_length: number;
      is_compressed: boolean;
    };
  }
  export function parquetHeader(reader: { view: DataView; offset: number }): PageHeader;
}
declare module 'hyparquet/src/delta.js' {
  export function deltaBinaryUnpack(
    reader: { view: DataView; offset: number },
    count: number,
    output: Int32Array | BigInt64Array,
  ): void;
}
declare module 'hyparquet/src/encoding.js' {
  /** @param length absent: read from the four bytes before the values */
  export function readRleBitPackedHybrid(
    reader: { view: DataView; offset: number },
    width: number,
    output: Uint16Array,
    length?: number,
  ): void;
}
declare module 'hyparquet/src/thrift.js' {
  export function readVarInt(reader: { view: DataView; offset: number }): number;
}
declare module 'hyparquet/src/metadata.js' {
  export interface ColumnChunk {
    type: string;
    path_in_schema: string[];
    codec: string;
    num_values: bigint;
    total_uncompressed_size: bigint;
    total_compressed_size: bigint;
    data_page_offset: bigint;
    dictionary_page_offset?: bigint;
  }
  export interface RowGroup {
    columns: { file_path?: string; meta_data?: ColumnChunk }[];
    num_rows: bigint;
  }
  export interface Metadata {
    num_rows: bigint;
    schema: readonly object[];
    row_groups: RowGroup[];
  }
  export interface Schema {
    children: Schema[];
    element: {
      name: string;
      type?: string;
      type_length?: number;
      converted_type?: string;
      logical_type?: { type: string };
    };
  }
  export function parquetMetadata(bytes: Uint8Array, options: { geoparquet: boolean }): Metadata;
  export function parquetSchema(metadata: Metadata): Schema;
}
declare module 'hyparquet/src/read.js' {
  import type { Metadata } from 'hyparquet/src/metadata.js';
  export function parquetRead(options: {
    file: { byteLength: number; slice(start: number, end?: number): Promise<ArrayBuffer> };
    metadata: Metadata;
    columns: string[];
    rowStart: number;
    rowEnd: number;
    rowFormat: 'object';
    utf8: boolean;
    geoparquet: boolean;
    compressors: Readonly<Record<string, (input: Uint8Array, length: number) => Uint8Array>>;
    parsers: Readonly<Record<string, (bytes: Uint8Array | undefined) => unknown>>;
    onComplete(rows: Record<string, unknown>[]): void;
  }): Promise<void>;
}
declare module 'hyparquet/src/schema.js' {
  import type { Schema } from 'hyparquet/src/metadata.js';
  export function getTreePath(schema: Schema, path: readonly string[]): Schema[];
  export function getMaxRepetitionLevel(path: readonly Schema[]): number;
  export function getMaxDefinitionLevel(path: readonly Schema[]): number;
}
declare module 'hyparquet-compressors' {
  type Decompress = (input: Uint8Array, length: number) => Uint8Array;
  export const compressors: Readonly<Record<string, Decompress>>;
  export function decompressZstd(input: Uint8Array, output: Uint8Array): Uint8Array;
}
