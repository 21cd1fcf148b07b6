/**
 * Verdicts of rules that skip documents, for the oracles to compare.
 *
 *     node --import tsx oracles/judged.ts RULES DOCUMENTS
 *
 * RULES      a JSON file: [[rule, its settings that differ from the initial ones], ...]
 * DOCUMENTS  a JSON file: [text, ...], or [{ "text", "language" }, ...]
 * Prints a line per rule: { "rule", "verdicts": [{ "out"?, "scores", "text"? }, ...] }, with any changed text.
 */
import { readFileSync } from 'node:fs';
import { initialValues } from '../src/core/base/field';
import { type RuleId, ruleOf } from '../src/core/documents/clean/rules';

const read = (path: string): unknown => JSON.parse(readFileSync(path, 'utf8'));
const [rules, documents] = process.argv.slice(2) as [string, string];
const all = (read(documents) as (string | { text: string; language?: string })[]).map((each) =>
  typeof each === 'string' ? { text: each } : each,
);
for (const [id, settings] of read(rules) as [RuleId, Record<string, never>][]) {
  const rule = ruleOf(id);
  const working = await rule.start({ ...initialValues(rule.fields), ...settings });
  const survey = working.survey?.();
  for (const { text } of all) {
    survey?.see(text);
    survey?.end();
  }
  const verdicts = all.map(({ text, ...facts }) => {
    const on = working.document({ title: '', ...facts });
    on.see?.(text);
    const change = on.changes?.();
    return { ...on.verdict?.(), ...(change && { text: change(text).text }) };
  });
  console.log(JSON.stringify({ rule: id, verdicts }));
}
