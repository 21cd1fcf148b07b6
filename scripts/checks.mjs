// Static checks of the sources.

/** TypeScript projects by globals: DOM, worker, or Node only. The first two build tsconfig.core.json. */
export const TYPE_PROJECTS = ['tsconfig.json', 'tsconfig.worker.json', 'tsconfig.templates.json'];

export const lint = (files = []) => ({ name: 'lint', args: ['oxlint', '--type-aware', '--deny-warnings', ...files] });
export const format = (files = ['.']) => ({ name: 'format', args: ['oxfmt', '--check', ...files] });
/** One checker: each further checker resolves shared types again (decision 145). */
export const types = () => ({ name: 'types', args: ['tsc', '-b', '--checkers', '1', ...TYPE_PROJECTS] });
export const imports = () => ({
  name: 'imports',
  args: ['depcruise', '--config', '.dependency-cruiser.cjs', 'src', 'cli', 'node'],
});

/** Files and exports that nothing uses (knip.json). */
const unused = () => ({ name: 'unused', args: ['knip', '--include', 'files,exports,types', '--no-progress'] });

/** All of them, the longest first. */
export const checks = () => [lint(), types(), imports(), unused(), format()];
