/** Texts after one cleaning rule, for ours.ts, and the matching normalization of a prompt. */
import { initialValues } from '../src/core/base/field';
import { type RuleId, ruleOf } from '../src/core/documents/clean/rules';

export interface Cleaning {
  rule: RuleId;
  /** Others are the initial ones. */
  settings?: Readonly<Record<string, string | number | boolean>>;
  /** Documents of one passage. */
  texts: readonly string[];
}

export async function cleanedBy({ rule: id, settings, texts }: Cleaning) {
  const rule = ruleOf(id);
  const used = { ...initialValues(rule.fields), ...settings };
  const working = await rule.start(used);
  return {
    texts: texts.map((text) => {
      const on = working.document({ title: '' });
      on.see?.(text);
      return on.changes?.()?.(text).text ?? text;
    }),
    normalizers: rule.normalizers?.(used) ?? [],
  };
}
