import { expect, test } from 'vitest';
import { headersFor, hostFiles, metaPolicy } from '../headers.config';

const csp = (path: string): string => headersFor(path)['Content-Security-Policy']!;

test('pages reach nothing and run only our own script; workers may compile WASM and read our own files', () => {
  for (const path of [
    '/',
    '/train?run=1',
    '/assets/index-abc.js',
    '/x/workers/y',
    '/?file=/src/workers/role.worker.ts',
  ]) {
    expect(csp(path)).toContain("connect-src 'none'");
    expect(csp(path)).toContain("; font-src 'self';");
    expect(csp(path)).toContain('trusted-types homegrown-worker');
    expect(csp(path)).not.toContain('unsafe-eval');
  }
  for (const path of ['/workers/role.worker-1a2b.js', '/src/workers/role.worker.ts?worker_file&type=module']) {
    expect(csp(path)).toContain("connect-src 'self'");
    expect(csp(path)).toContain("'wasm-unsafe-eval'");
    expect(csp(path)).toContain(
      "worker-src 'self'; require-trusted-types-for 'script'; trusted-types homegrown-worker",
    );
  }
  for (const path of ['/sw.js', '/sw.js?x']) {
    expect(csp(path)).toContain("script-src 'self'; connect-src 'self'");
    expect(csp(path)).not.toContain('unsafe');
    expect(csp(path)).toContain("trusted-types 'none'");
  }
  for (const path of ['/swxjs', '/a/sw.js', '/sw.js/']) expect(csp(path)).toContain("connect-src 'none'");
  for (const path of ['/', '/workers/a.js', '/sw.js']) {
    expect(headersFor(path)['Cache-Control']).toBe('no-cache');
    expect(csp(path).startsWith("default-src 'none'; ")).toBe(true);
    expect(headersFor(path)['Connection-Allowlist']).toBe('(response-origin)');
    expect(headersFor(path)['Cross-Origin-Embedder-Policy']).toBe('require-corp');
  }
});

test('host files carry every header, and a separate worker policy', () => {
  for (const { text } of hostFiles()) {
    for (const name of Object.keys(headersFor('/'))) expect(text).toContain(name);
    expect(text).toContain(csp('/workers/a.js'));
    expect(text).toContain(csp('/sw.js'));
  }
});

test('the page carries its own policy for hosts without headers: all but the header-only parts', () => {
  expect(csp('/').replace("; frame-ancestors 'none'", '')).toBe(metaPolicy());
});
