// Checks of the sources that run no code of ours.

/** Projects of TypeScript by what they see: the DOM, a worker's globals, or Node's alone. The first two build tsconfig.core.json. */
export const TYPE_PROJECTS = ['tsconfig.json', 'tsconfig.worker.json', 'tsconfig.templates.json'];

export const lint = (files = []) => ({ name: 'lint', args: ['oxlint', '--type-aware', '--deny-warnings', ...files] });
export const format = (files = ['.']) => ({ name: 'format', args: ['oxfmt', '--check', ...files] });
/** One checker: each more one resolves the types that it shares with the others again (decision 145). */
export const types = () => ({ name: 'types', args: ['tsc', '-b', '--checkers', '1', ...TYPE_PROJECTS] });
export const imports = () => ({
  name: 'imports',
  args: ['depcruise', '--config', '.dependency-cruiser.cjs', 'src', 'cli', 'node'],
});

/** Files and exports that nothing uses (knip.json). */
const unused = () => ({ name: 'unused', args: ['knip', '--include', 'files,exports,types', '--no-progress'] });

/** All of them, the longest first. */
export const checks = () => [lint(), types(), imports(), unused(), format()];
