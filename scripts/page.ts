/** The offline page as one text: src/page with its styles and its script inside, and places for a model. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { fill } from '../src/core/export/fill.ts';

export async function buildPage(): Promise<string> {
  const { script, style } = await bundle();
  return fill(await readFile(fileURLToPath(new URL('page.html', FOLDER)), 'utf8'), {
    policy: policy(script, style),
    style: `<style>${style}</style>`,
    script: `<script>${script}</script>`,
    // The exporter fills this in.
    title: '{{title}}',
    curve: '{{curve}}',
    baselines: '{{baselines}}',
    model: '{{model}}',
    weights: '{{weights}}',
  });
}

const FOLDER = new URL('../src/page/', import.meta.url);

async function bundle(): Promise<{ script: string; style: string }> {
  const { build } = await import('vite'); // late: a command that builds nothing starts without it
  const result = await build({
    configFile: false,
    logLevel: 'error',
    publicDir: false,
    build: {
      write: false,
      cssCodeSplit: false, // or the script would put it into the document
      target: 'es2022',
      // As the app: older targets get light-dark() rewritten.
      cssTarget: ['chrome125', 'firefox128', 'safari17.5'],
      rolldownOptions: { input: fileURLToPath(new URL('main.ts', FOLDER)), output: { format: 'iife' } },
    },
  });
  if (!('output' in result)) throw new Error('The page was not built in one piece');
  const scripts: string[] = [];
  const styles: string[] = [];
  for (const part of result.output) {
    if (part.type === 'chunk') scripts.push(part.code.trim());
    else if (part.fileName.endsWith('.css')) styles.push(String(part.source).trim());
    else throw new Error(`The page has the part ${part.fileName}, which has no place in one file`);
  }
  const [script, style] = [scripts.join('\n'), styles.join('\n')];
  // Either would end the element early, or keep it from ending.
  if (/<\/script|<!--/i.test(script) || /<\/style/i.test(style))
    throw new Error('The page holds text that HTML would cut');
  return { script, style };
}

/** Content security policy: loads nothing, and allows only this script, its worker, and this style. */
function policy(script: string, style: string): string {
  const hash = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
  return [
    "default-src 'none'",
    `script-src ${hash(script)} 'wasm-unsafe-eval'`,
    `style-src ${hash(style)}`,
    'img-src data:',
    'worker-src blob:',
    "base-uri 'none'",
    "form-action 'none'",
    "require-trusted-types-for 'script'",
    'trusted-types homegrown-page',
  ].join('; ');
}
