// Which folder may import which. This table is the architecture; docs/architecture.md tells it in words.
const base = 'core/base';
const files = 'core/files';
const nets = ['core/gpu', 'core/ops', 'core/nn', 'core/models'];
const MAY_IMPORT = {
  'core/base': [],
  'core/glossary': [base],
  // Scales, ticks and pictures of charts, without a page.
  'core/charts': [base],
  'core/files': [base],
  'core/documents': [base, files],
  'core/tokenizer': [base],
  'core/chat': [base, 'core/tokenizer'],
  'core/shards': [base, 'core/documents', 'core/tokenizer'],
  'core/metrics': [base],
  'core/objectives': [base, 'core/tokenizer', 'core/shards', 'core/metrics', ...nets, 'core/sample'],
  'core/threads': [base],
  'core/gpu': [base, 'core/threads'],
  'core/ops': [base, 'core/gpu', 'core/threads'],
  'core/nn': [base, 'core/ops'],
  'core/onnx': [base, 'core/checkpoint'],
  // An architecture says itself what it is as a graph of ONNX, in that format's operators.
  'core/models': [base, 'core/ops', 'core/nn', 'core/onnx'],
  'core/adapters': [base, 'core/ops', 'core/nn', 'core/models'],
  'core/optim': [base, 'core/ops'],
  'core/checkpoint': [base, files],
  'core/runs': [
    base,
    'core/documents',
    'core/tokenizer',
    'core/shards',
    'core/metrics',
    'core/objectives',
    'core/models',
    'core/adapters',
    'core/optim',
    'core/checkpoint',
    'core/train',
    'core/evaluate',
  ],
  'core/train': [
    base,
    'core/tokenizer',
    'core/shards',
    'core/metrics',
    'core/objectives',
    ...nets,
    'core/threads',
    'core/adapters',
    'core/optim',
    'core/checkpoint',
    'core/evaluate',
    'core/sample',
  ],
  'core/plan': [base, 'core/tokenizer', 'core/metrics', 'core/objectives', 'core/models', 'core/optim', 'core/train'],
  'core/evaluate': [base, 'core/tokenizer', 'core/shards', 'core/metrics', 'core/objectives', ...nets, 'core/sample'],
  'core/sample': [base, 'core/tokenizer', 'core/chat', ...nets, 'core/checkpoint'],
  'core/inspect': [base, 'core/tokenizer', ...nets, 'core/sample', 'core/evaluate'],
  'core/export': [
    base,
    files,
    'core/charts',
    'core/documents',
    'core/tokenizer',
    'core/chat',
    'core/shards',
    'core/checkpoint',
    'core/metrics',
    'core/objectives',
    'core/onnx',
    'core/models',
    'core/adapters',
    'core/optim',
    'core/train',
    'core/evaluate',
    'core/runs',
    'core/verify',
  ],
  'core/verify': [base, files, 'core/shards', ...nets, 'core/sample'],
  // The offline page that exports carry along: small, and without TensorFlow.js.
  page: [
    base,
    files,
    'core/charts',
    'core/tokenizer',
    'core/chat',
    'core/sample',
    'core/models',
    'core/checkpoint',
    'core/export',
  ],
  // One orchestration of each job, in Node and in workers.
  jobs: ['core'],
  protocol: ['core', 'jobs'],
  offline: ['protocol'],
  storage: [base, 'core/checkpoint'],
  // The page's forward pass is one of the engines that exports are held against.
  workers: ['core', 'jobs', 'page', 'protocol', 'storage'],
  client: ['core/base', 'protocol'],
  state: ['core', 'protocol', 'client'],
  // How numbers are written, which is one way everywhere, and what the field's terms mean.
  ui: ['core/base', 'core/glossary', 'core/charts'],
  features: ['core', 'state', 'ui', 'protocol'],
  app: ['core', 'protocol', 'state', 'client', 'storage', 'workers', 'features', 'ui'],
};
/** Folders beside `src`: they run in Node alone. */
const OUTSIDE = {
  // Bytes, streams and errors of the system; threads and Dawn.
  'node/[^/]+\\.ts$': ['src/core/', 'src/jobs/', 'scripts/bundle'],
  'node/folders/': ['src/core/', 'src/jobs/', 'node/[^/]+\\.ts$'],
  'node/texts/': ['src/core/', 'src/jobs/', 'node/[^/]+\\.ts$', 'node/folders/', 'scripts/bundle'],
  'node/runs/': ['src/core/', 'src/jobs/', 'node/'],
  // Flags in, words out.
  'cli/': ['src/core/', 'src/jobs/', 'node/', 'scripts/', 'bench/'],
};
const NODE_TESTS = ['\\.test\\.', '/testing/'];
const inside = (folder) => `^src/${folder}/`;
const only = (npm, where) => ({
  name: `${npm} stays in ${where}`,
  severity: 'error',
  from: { path: '^src/', pathNot: [`^src/(${where})`, '\\.test\\.', '^src/testing/'] },
  to: { path: `node_modules/${npm}/` },
});
/** Folders whose files can be read from the bottom up, types included. */
const WITHOUT_CYCLES = ['core/export', 'state'];
module.exports = {
  forbidden: [
    {
      name: 'no cycles',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only', 'dynamic-import'] } },
    },
    ...WITHOUT_CYCLES.map((folder) => ({
      name: `no cycles of types or dynamic imports in ${folder}`,
      severity: 'error',
      from: { path: inside(folder), pathNot: '\\.test\\.' },
      to: { circular: true },
    })),
    ...Object.entries(MAY_IMPORT).map(([from, to]) => ({
      name: `${from} may import ${to.join(', ') || 'nothing'}`,
      severity: 'error',
      from: { path: inside(from), pathNot: '\\.test\\.' },
      to: { path: '^src/', pathNot: [from, ...to].map(inside) },
    })),
    ...Object.entries(OUTSIDE).map(([from, to]) => ({
      name: `${from} may import ${to.join(', ')}`,
      severity: 'error',
      from: { path: `^${from}`, pathNot: NODE_TESTS },
      to: { path: '^(src|cli|node|scripts|bench|e2e|oracles)/', pathNot: [from, ...to].map((each) => `^${each}`) },
    })),
    {
      name: 'src does not import what runs in Node alone',
      severity: 'error',
      from: { path: '^src/', pathNot: NODE_TESTS },
      to: { path: '^(cli|node|scripts|bench)/' },
    },
    {
      name: 'only tests and the bench import test helpers',
      severity: 'error',
      from: { path: '^(src|cli|node)/', pathNot: NODE_TESTS },
      to: { path: '/testing/' },
    },
    {
      name: 'features do not import each other',
      severity: 'error',
      from: { path: '^src/features/([^/]+)/' },
      to: { path: '^src/features/', pathNot: '^src/features/$1/' },
    },
    only('react(-dom|-aria-components)?', 'app|features|ui|state|main'),
    only('@tensorflow', 'core/(gpu|ops|nn|models|adapters|objectives|optim|train|evaluate|sample|inspect)|workers'),
    only('idb-keyval', 'storage'),
    only('@huggingface/jinja', 'core/chat'),
    {
      name: 'core runs anywhere',
      severity: 'error',
      from: { path: '^src/', pathNot: '\\.test\\.|^src/testing/' },
      to: { dependencyTypes: ['core'] },
    },
  ],
  options: {
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
  },
};
