/** Comments, test titles and names of the source, for the check of the language guide. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { filesOf } from './importers.ts';
import type { ShownString } from './strings.ts';

const SOURCES = /^(?:src|cli|node|bench|scripts|e2e|oracles)\/.*\.(?:tsx?|mjs|py)$/;
/** Texts and patterns of the guide itself. */
const OWN = /^scripts\/(?:language|comments|fieldTerms)(?:\.test)?\.ts$/;

type Source = readonly [file: string, text: string];

/** Comments and test titles. Lines of one comment are one text. */
export const commentsOf = (sources: readonly Source[]): ShownString[] =>
  sources.flatMap(([file, source]) => commentsIn(file, source));

/** Names, each once per file. */
export const namesOf = (sources: readonly Source[]): ShownString[] =>
  sources.flatMap(([file, source]) => namesIn(file, source));

/** Files of a checkout that the guide binds. */
export const sourcesOf = (root: string): Source[] =>
  filesOf(root)
    .filter((file) => SOURCES.test(file) && !OWN.test(file))
    .sort()
    .map((file) => [file, readFileSync(join(root, file), 'utf8')] as const);

export function commentsIn(file: string, source: string): ShownString[] {
  const isPython = file.endsWith('.py');
  const found: ShownString[] = [];
  let isOpen = false;
  for (const [i, line] of source.split('\n').entries()) {
    const own = (isPython ? PYTHON_COMMENT : COMMENT).exec(line)?.[1];
    const text = own ?? TRAILING.exec(line)?.[1] ?? (isPython ? undefined : TITLE.exec(line)?.[2]);
    if (own !== undefined && isOpen) found.at(-1)!.text += ` ${own}`;
    else if (text !== undefined) found.push({ file, line: i + 1, text });
    isOpen = own !== undefined;
  }
  return found;
}
const COMMENT = /^\s*(?:\/\/|\/\*\*?|\*(?!\/))\s*(.*?)(?:\s*\*\/)?$/;
const PYTHON_COMMENT = /^\s*#\s*(.*)$/;
/** Comment after code. A URL has no space before its slashes. */
const TRAILING = /[;,{})\]]\s+(?:\/\/|#)\s(.*)$/;
const TITLE = /(?:\b(?:test|it|describe)(?:\.\w+)*|^\s*[\])}`].*?\))\((['"`])(.+?)\1/;

export function namesIn(file: string, source: string): ShownString[] {
  const code = source.replaceAll(/^\s*(?:\/\/|\/?\*).*$/gm, '').replaceAll(/(['"]).*?\1/g, "''");
  return [...new Set(code.match(/[A-Za-z_]\w+/g))].map((text) => ({ file, line: 1, text }));
}
