/** Drives the exported offline page and its engine like a person would. */
import { template } from './exports/templates';
import { serve } from '../page/engine';
import type { FromEngine, Line, ToEngine } from '../page/protocol';
import type { Exported } from '../core/export/format';
import { html } from '../core/export/formats/html/format';
import { readBytes } from '../core/files/byteSource';

/** Contents of the page's file. */
export async function writtenPage(model: Exported): Promise<string> {
  const [file] = await html.files(model, { withOptimizer: false, template });
  return new TextDecoder('utf-8', { fatal: true }).decode(await readBytes(file!));
}

/** Blocks of the page's weights, in base64. */
export const blocksOf = (page: string): string[] =>
  [...page.matchAll(/<script type="application\/octet-stream;base64">([^<]*)<\/script>/g)].map(([, text]) => text!);

/** Contents of the script element with an id. */
export const textIn = (page: string, id: string): string =>
  new RegExp(`<script [^>]*id="${id}">([^<]*)</script>`).exec(page)![1]!.trim();

/** All messages of the page's engine, from its model to the end of the text, through the page's own protocol. */
export async function answer(
  source: string,
  prompt: string,
  settings: Extract<ToEngine, { kind: 'write' }>['settings'],
): Promise<FromEngine[]> {
  const { port1, port2 } = new MessageChannel();
  // Core's own type of a port lacks transferred data.
  const page = port1 as unknown as Line<ToEngine, FromEngine>;
  const messages: FromEngine[] = [];
  let wake: () => void = () => undefined;
  page.onmessage = ({ data }) => {
    messages.push(data);
    wake();
  };
  const waitFor = async (...kinds: FromEngine['kind'][]): Promise<void> => {
    while (!messages.some(({ kind }) => kinds.includes(kind) || kind === 'failed')) {
      await new Promise<void>((resolve) => (wake = resolve));
    }
  };
  try {
    serve(port2);
    await waitFor('listening');
    page.postMessage({ kind: 'model', json: textIn(source, 'model') });
    for (const text of blocksOf(source)) page.postMessage({ kind: 'weights', base64: text });
    page.postMessage({ kind: 'checksum', crc32: textIn(source, 'crc32') });
    await waitFor('ready');
    page.postMessage({ kind: 'write', prompt, settings });
    await waitFor('done', 'filled', 'classified');
    return messages;
  } finally {
    port1.close();
    port2.close();
  }
}

/** Text in the messages. */
export const textOf = (heard: readonly FromEngine[]): string =>
  heard
    .map((message) => (message.kind === 'wrote' ? message.token.text : message.kind === 'done' ? message.rest : ''))
    .join('');
