import { loaded } from '../../../base/load';
import { BOUND_OF_F16, readers } from '../../../verify/check';
import type { Format, Snippet } from '../../format';
import type { ModelChoice } from '../../../models/network';
import { kindOf, type OutKind } from '../../kinds';
import { ggufF16 } from '../gguf/format';
import { onnxF16 } from '../onnx/format';

/**
 * A folder that serves the model over HTTP with an OpenAI-compatible API: after `npm ci`, `npm start`. The server runs on
 * Node. A causal model uses llama.cpp with a GGUF file (docs/decisions/0012), others onnxruntime with the graphs of their
 * ONNX folder (docs/decisions/0064).
 */
export const service: Format = {
  card: {
    name: 'Web service',
    purpose: 'Serve it as an API',
    icon: 'server',
    opensIn: 'Node or Docker, as /v1/completions, /v1/fill-mask or /v1/classify',
    opensThis: (model) => `Node or Docker, as ${ASKED_AT[kindOf(model)]}`,
    holds: 'zip with model, server, Dockerfile and README',
    howToLoad: ({ use }) => [
      { title: 'Web service, in its folder', language: 'sh', code: 'npm ci --ignore-scripts && npm start' },
      ...(use === 'classifier' ? [ASK] : []),
    ],
  },
  precision: ggufF16.precision,
  kind: 'folder',
  problem: (info) => writtenAs(info.model).problem?.(info) ?? null,
  bytes: (known) => SERVER + ggufF16.bytes!(known),
  async files(exported, options) {
    const { serviceFiles } = await loaded('The web service exporter', import('./write'));
    return serviceFiles(exported, options);
  },
  secondReader: 'gguf',
  check: {
    engine: 'llama',
    opens: async (file) => (await readers()).fileInZip(file, '.gguf'),
    bound: BOUND_OF_F16,
  },
  checks: { encoder: onnxF16.check, 'encoder-decoder': onnxF16.check, classifier: onnxF16.check },
};

const ASKED_AT: Readonly<Record<OutKind, string>> = {
  decoder: '/v1/completions',
  encoder: '/v1/fill-mask',
  'encoder-decoder': '/v1/completions',
  classifier: '/v1/classify',
};
const ASK: Snippet = {
  title: 'Classify a text with it',
  language: 'sh',
  code: `curl http://127.0.0.1:8080/v1/classify -H 'Content-Type: application/json' -d '{ "text": "One text" }'`,
};

/** Format of the model within the service's folder. */
const writtenAs = (model: Pick<ModelChoice, 'id' | 'config'>): Format =>
  kindOf(model) === 'decoder' ? ggufF16 : onnxF16;

/** Bytes of the included server code. */
const SERVER = 108_000;
