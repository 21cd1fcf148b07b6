import { loaded } from '../../../base/load';
import { modelSpec } from '../../../models';
import { BOUND_OF_F32, readers } from '../../../verify/check';
import { BYTES, F32, type Format, tokenizerProblem } from '../../format';

/** One page that contains the model and generates text. A double click opens it, without a server or a network. */
export const html: Format = {
  card: {
    name: 'Offline page',
    object: 'page',
    purpose: 'Send it to a friend',
    icon: 'send',
    showsSample: true,
    opensIn: 'any browser, with a double-click',
    holds: 'one HTML file: the model, ready to try without internet',
    opening: 'A double-click opens the offline page.',
  },
  precision: F32,
  kind: 'file',
  problem({ model: { id }, tokenizer }) {
    const { label, page, huggingFace: named } = modelSpec(id);
    if (!page || !named) return `The offline page can’t run ${label} models yet.`;
    return tokenizerProblem('The offline page', tokenizer);
  },
  bytes: ({ parameters, model }) => BASE64 * 4 * parameters + MERGE * Math.max(0, model.vocabulary - BYTES) + CODE,
  async files(exported, { template }) {
    const { pageFile } = await loaded('The page exporter', import('./write'));
    return [pageFile(exported, await template('page.html'))];
  },
  secondReader: 'page',
  check: { engine: 'page', opens: async (file) => (await readers()).readPage(file), bound: BOUND_OF_F32 },
};
/** Characters per byte. */
const BASE64 = 4 / 3;
/** MERGE: bytes per merge. CODE: bytes of the page's code and model description. */
const MERGE = 11;
const CODE = 135_000;
