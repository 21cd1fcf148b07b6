/** What the exporter has put into this document. */
import type { PageModel } from '../core/export/html';
import { fromFailure } from '../core/base/errors';
import type { FromEngine, Line, ToEngine } from './protocol';

export const embeddedModel = (): PageModel => JSON.parse(document.getElementById('model')!.textContent) as PageModel;

/**
 * Hands the model and its weights to the engine, a block at a time; each block leaves the document as it goes, so that
 * memory holds the weights once. Reports bytes.
 */
export async function handOver(
  model: PageModel,
  engine: Line<ToEngine, FromEngine>,
  report: (bytes: number, of: number) => void,
): Promise<void> {
  engine.postMessage({ kind: 'model', model });
  for (const block of document.querySelectorAll('script[type="application/octet-stream;base64"]')) {
    const base64 = block.textContent;
    block.remove();
    const answer = await new Promise<FromEngine>((resolve) => {
      engine.onmessage = ({ data }) => resolve(data);
      engine.postMessage({ kind: 'weights', base64 });
    });
    if (answer.kind === 'failed') throw fromFailure(answer.failure);
    if (answer.kind === 'took') report(answer.bytes, answer.of);
  }
}
