/** Reads the data that the exporter put into this document. */
import { fromFailure } from '../core/base/errors';
import type { PageModel } from '../core/export/formats/html/write';
import { parseModel } from './damaged';
import type { FromEngine, Line, ToEngine } from './protocol';

export const embeddedModel = (): PageModel => parseModel(textOf('model'));

/**
 * Sends the model and its weights to the engine, a block at a time. Removes each block from the document, so that
 * memory has the weights once. Reports bytes. Resolves once the engine has verified everything.
 */
export async function handOver(
  engine: Line<ToEngine, FromEngine>,
  report: (bytes: number, of: number) => void,
): Promise<void> {
  const give = async (message: ToEngine): Promise<void> => {
    const answer = await new Promise<FromEngine>((resolve) => {
      engine.onmessage = ({ data }) => resolve(data);
      engine.postMessage(message);
    });
    if (answer.kind === 'failed') throw fromFailure(answer.failure);
    if (answer.kind === 'took') report(answer.bytes, answer.of);
  };
  await give({ kind: 'model', json: textOf('model') });
  for (const block of document.querySelectorAll('script[type="application/octet-stream;base64"]')) {
    const base64 = block.textContent;
    block.remove();
    await give({ kind: 'weights', base64 });
  }
  await give({ kind: 'checksum', crc32: textOf('crc32') });
}

const textOf = (id: string): string => document.getElementById(id)?.textContent.trim() ?? '';
