/**
 * Replaces each `{{name}}` in a template by the value of that name. Doesn't escape values; callers must pass values
 * that are safe where they go.
 * @throws Error where a value is missing
 */
export function fill(template: string, values: Readonly<Record<string, string>>): string {
  return template.replace(/\{\{(\w+)\}\}/g, (_, name: string) => {
    if (!Object.hasOwn(values, name)) throw new Error(`A template asks for ${name}, which is not known`);
    return values[name]!;
  });
}
