import { loaded } from '../../base/load';
import { readers } from '../../verify/check';
import { type Format } from '../format';
import { ggufF16 } from './gguf';

/**
 * A folder that serves the model over HTTP, in OpenAI's style: after `npm ci`, `npm start`. The server is Node on
 * llama.cpp (docs/decisions/0012), and the model a GGUF file.
 */
export const service: Format = {
  card: {
    name: 'Web service',
    purpose: 'Call it from your own program',
    opensIn: 'Node or Docker, as /v1/completions in OpenAI’s style',
    holds: 'zip: GGUF, server, Dockerfile, README; npm start runs it',
    howToLoad: () => [{ title: 'A web service, with its folder', language: 'sh', code: 'npm ci && npm start' }],
  },
  precision: ggufF16.precision,
  kind: 'folder',
  ...(ggufF16.problem && { problem: ggufF16.problem }),
  bytes: (known) => SERVER + ggufF16.bytes!(known),
  async files(exported, options) {
    const { serviceFiles } = await loaded('The writer of web services', import('../service'));
    return serviceFiles(exported, options);
  },
  check: {
    engine: 'llama',
    opens: async (file) => (await readers()).fileInZip(file, '.gguf'),
    bound: ggufF16.check.bound,
  },
};

/** Bytes of what is carried along. */
const SERVER = 108_000;
